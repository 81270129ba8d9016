using System.Diagnostics;
using FaceGrid.Abstractions.Embedding;
using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.Galleries;
using FaceGrid.Abstractions.People;
using FaceGrid.Abstractions.Search;
using FaceGrid.Grains.Shards;
using FaceGrid.Grains.Storage;
using FaceGrid.Tests.Support;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Grid;

/// <summary>
/// Goal: whatever fails in between, nothing acknowledged is lost and nothing deleted stays. Method: rows and calls that fail when told
/// to.
/// </summary>
public sealed class FailureTests : IDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly float[] Ada = GridCluster.Unit(GridCluster.RandomUnit(new Random(1)));
    private static readonly float[] Ben = GridCluster.Unit(GridCluster.RandomUnit(new Random(2)));
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("EraseFreePagesAsync")]
    [InlineData("DeleteRangeAsync")]
    public async Task A_deletion_of_a_gallery_that_fails_half_way_is_not_reported_as_done_and_goes_on_by_itself(string failing)
    {
        await using GridCluster grid = await StartAsync();
        await grid.EnrolAsync("ada", Ada);
        grid.Rows.Failing.Add(failing);
        for (int attempt = 0; attempt < 2; attempt++)
        {
            (await Should.ThrowAsync<FaceGridException>(grid.GalleryGrain().DeleteAsync(null, None)))
                .Code.ShouldBe(ErrorCodes.StorageUnavailable);
        }

        grid.Rows.Failing.Clear();
        await UntilAsync(async () => await GalleryRowsAsync(grid) == 0);
        (await PeopleRowsAsync(grid)).ShouldBe(0);
        (await grid.GalleryGrain().DeleteAsync(null, None)).ShouldBeFalse();
    }

    [Fact]
    public async Task A_deletion_of_a_gallery_that_a_crash_broke_off_goes_on_after_the_start()
    {
        await using (GridCluster grid = await StartAsync())
        {
            await grid.EnrolAsync("ada", Ada);
            grid.Rows.Failing.Add("DeleteRangeAsync");
            await Should.ThrowAsync<FaceGridException>(grid.GalleryGrain().DeleteAsync(null, None));
        }

        await using GridCluster again = await GridCluster.StartAsync(_directory.Path);
        (await again.Grains.GetGrain<IGalleryReaderGrain>(0).ListGalleriesAsync(None)).ShouldBeEmpty();
        await UntilAsync(async () => await GalleryRowsAsync(again) == 0);
        (await PeopleRowsAsync(again)).ShouldBe(0);
    }

    [Fact]
    public async Task Nobody_is_verified_or_written_after_the_gallery_is_deleted()
    {
        await using GridCluster grid = await StartAsync(silos: 2);
        await grid.EnrolAsync("ada", Ada);
        await grid.GalleryGrain().DeleteAsync(null, None);

        (await Should.ThrowAsync<FaceGridException>(grid.Person("ada").VerifyAsync(new Probe(Vectors.ToBytes(Ada), null), None)))
            .Code.ShouldBe(ErrorCodes.GalleryNotFound);
        (await Should.ThrowAsync<FaceGridException>(grid.EnrolAsync("ben", Ben))).Code.ShouldBe(ErrorCodes.GalleryNotFound);
        (await PeopleRowsAsync(grid)).ShouldBe(0);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4096)]
    public async Task A_vector_that_no_gallery_can_hold_does_not_bind_it(int dimension)
    {
        await using GridCluster grid = await GridCluster.StartAsync(_directory.Path);
        await grid.GalleryGrain().PutAsync(new GallerySettings(null, null, 0.5f), None);
        var face = new NewFace(new string('0', 32), Vectors.ToBytes([.. Enumerable.Repeat(1f, dimension)]), "odd@1", null);

        (await Should.ThrowAsync<FaceGridException>(
            grid.Person("ada").WriteAsync(new PersonWrite(null, null, [face], Bulk: false), None)))
                .Code.ShouldBe(ErrorCodes.WrongDimension);

        await grid.Person("ada")
            .WriteAsync(new PersonWrite(null, null, [GridCluster.Face(Ada) with { Contract = "test@1" }], Bulk: false), None);
        (await grid.IdentifyAsync(Ada)).Answers[0].Person.ShouldBe("ada");
    }

    [Fact]
    public async Task The_first_enrolment_is_found_at_once_on_every_silo()
    {
        await using GridCluster grid = await GridCluster.StartAsync(_directory.Path, silos: 2);
        for (int round = 0; round < 10; round++)
        {
            await grid.GalleryGrain().PutAsync(new GallerySettings(null, null, 0.5f), None);
            for (int i = 0; i < 8; i++)
            {
                (await grid.IdentifyAsync(Ada)).Answers[0].Person.ShouldBeNull();
            }

            await grid.Person("ada")
                .WriteAsync(new PersonWrite(null, null, [GridCluster.Face(Ada) with { Contract = "test@1" }], Bulk: false), None);
            for (int i = 0; i < 8; i++)
            {
                (await grid.IdentifyAsync(Ada)).Answers[0].Person.ShouldBe("ada", $"round {round}");
            }

            await grid.GalleryGrain().DeleteAsync(null, None);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_person_whose_shard_is_away_is_durable_and_found_later(bool callerLeaves)
    {
        await using GridCluster grid = await StartAsync(options => options.ApplyDeadline = TimeSpan.FromSeconds(0.5));
        await grid.EnrolAsync("ben", Ben);
        // The shard is in memory: a load would find the row.
        await UntilAsync(async () => (await grid.IdentifyAsync(Ben)).Answers[0].Person == "ben");
        grid.Calls.Failing.Add(nameof(IShardGrain.ApplyAsync));
        using var caller = new CancellationTokenSource();
        Task<WriteResult> writing = grid.Person("ada")
            .WriteAsync(new PersonWrite(null, null, [GridCluster.Face(Ada)], Bulk: true), caller.Token);
        if (callerLeaves)
        {
            await UntilAsync(async () => await grid.Database.CountAsync(StateNames.Person, "", "~", None) == 2);
            caller.Cancel();
        }

        try
        {
            (await writing).Searchable.ShouldBeFalse();
        }
        catch (OperationCanceledException) when (callerLeaves)
        {
            // Orleans answers a caller who has left in its own words.
        }

        (await grid.Person("ada").GetAsync(vectors: false, None)).ShouldNotBeNull();
        (await grid.IdentifyAsync(Ada)).Answers[0].Person.ShouldBeNull();
        grid.Calls.Failing.Clear();
        await UntilAsync(async () => (await grid.IdentifyAsync(Ada)).Answers[0].Person == "ada");
    }

    [Fact]
    public async Task A_deletion_that_the_shard_missed_is_refused_and_caught_up()
    {
        await using GridCluster grid = await StartAsync(options => options.ApplyDeadline = TimeSpan.FromSeconds(0.5));
        await grid.EnrolAsync("ada", Ada);
        grid.Calls.Failing.Add(nameof(IShardGrain.ApplyAsync));
        (await Should.ThrowAsync<FaceGridException>(grid.Person("ada").DeleteAsync(null, None))).Code.ShouldBe(ErrorCodes.ShardsMissing);
        (await grid.Person("ada").GetAsync(vectors: false, None)).ShouldBeNull(); // Does not make the grain forget what it owes.
        grid.Calls.Failing.Clear();
        await UntilAsync(async () => (await grid.IdentifyAsync(Ada)).Answers[0].Person is null);
    }

    [Fact]
    public async Task A_removed_face_that_the_shard_missed_is_refused_and_caught_up()
    {
        await using GridCluster grid = await StartAsync(options => options.ApplyDeadline = TimeSpan.FromSeconds(3));
        await grid.EnrolAsync("ada", Ada);
        await grid.EnrolAsync("ada", Ben);
        string face = GridCluster.Face(Ada).Id;
        grid.Calls.Failing.Add(nameof(IShardGrain.ApplyAsync));
        (await Should.ThrowAsync<FaceGridException>(grid.Person("ada").RemoveFaceAsync(face, null, None)))
            .Code.ShouldBe(ErrorCodes.ShardsMissing);
        grid.Calls.Failing.Clear();
        (await grid.Person("ada").RemoveFaceAsync(face, null, None)).Person.Faces.Length.ShouldBe(1);
        (await grid.IdentifyAsync(Ada)).Answers[0].Person.ShouldBeNull();
        (await grid.IdentifyAsync(Ben)).Answers[0].Person.ShouldBe("ada");
    }

    [Fact]
    public async Task Self_check_brings_back_who_was_buried_by_mistake_and_removes_who_has_no_row()
    {
        await using GridCluster grid = await StartAsync(options => options.SelfCheckPeriod = TimeSpan.FromSeconds(1));
        WriteResult enrolled = await grid.EnrolAsync("ada", Ada);
        GalleryMap map = (await grid.GalleryGrain().GetMapAsync(None))!;
        IShardGrain shard = grid.Grains.GetGrain<IShardGrain>(new ShardKey(GridCluster.Gallery, 0, 0).ToString());
        (await shard.ApplyAsync(new PersonEntry("ada", enrolled.Person.Revision, map.Epoch, [], [], Deleted: true), None))
            .Status.ShouldBe(ShardStatus.Ok);
        (await shard.ApplyAsync(
            new PersonEntry("ghost", 1, map.Epoch, ["f"], Vectors.ToBytes(Ben), Deleted: false) { Contract = map.Contract!.Id }, None))
                .Status.ShouldBe(ShardStatus.Ok);

        await UntilAsync(async () => (await grid.IdentifyAsync(Ada, Ben)).Answers.Select(answer => answer.Person)
            .SequenceEqual(["ada", null]));
    }

    [Fact]
    public async Task A_shard_that_cannot_load_is_missing_and_comes_back()
    {
        await using (GridCluster grid = await StartAsync())
        {
            await grid.EnrolAsync("ada", Ada);
        }

        await using GridCluster again = await GridCluster.StartAsync(
            _directory.Path, options => options.SearchDeadline = TimeSpan.FromSeconds(1), failing: "ReadRangeAsync");
        (await Should.ThrowAsync<FaceGridException>(again.IdentifyAsync(Ada))).Code.ShouldBe(ErrorCodes.ShardsMissing);
        again.Rows.Failing.Clear();
        await UntilAsync(async () =>
        {
            try
            {
                return (await again.IdentifyAsync(Ada)).Answers[0].Person == "ada";
            }
            catch (FaceGridException)
            {
                return false;
            }
        });
    }

    [Fact]
    public async Task Deletions_and_enrolments_during_growth_are_all_seen()
    {
        await using GridCluster grid = await StartAsync(options => options.ShardPeopleMax = 16, silos: 2);
        float[][] vectors = [.. Enumerable.Range(0, 300).Select(i => GridCluster.Unit(GridCluster.RandomUnit(new Random(i))))];
        await Parallel.ForEachAsync(Enumerable.Range(0, vectors.Length), async (i, _) =>
        {
            await grid.EnrolAsync($"p{i}", vectors[i]);
            if (i % 3 == 0)
            {
                await grid.Person($"p{i}").DeleteAsync(null, None);
                (await grid.IdentifyAsync(vectors[i])).Answers[0].Person.ShouldBeNull();
            }
        });

        IdentifyAnswer answer = await grid.IdentifyAsync(vectors);
        answer.Answers.Select(found => found.Person).ShouldBe(Enumerable.Range(0, vectors.Length).Select(i => i % 3 == 0 ? null : $"p{i}"));
        await UntilAsync(async () => (await grid.GalleryGrain().GetAsync(None))!.Level > 1);
    }

    [Fact]
    public async Task While_too_many_wait_for_their_shards_others_are_refused_before_their_row_is_written()
    {
        await using GridCluster grid = await StartAsync(
            options => (options.CatchUpsMax, options.ApplyDeadline) = (1, TimeSpan.FromMilliseconds(200)));
        grid.Calls.Failing.Add(nameof(IShardGrain.ApplyAsync));
        (await grid.EnrolAsync("ada", Ada)).Searchable.ShouldBeFalse();
        (await Should.ThrowAsync<FaceGridException>(grid.EnrolAsync("ben", Ben))).Code.ShouldBe(ErrorCodes.Busy);
        (await PeopleRowsAsync(grid)).ShouldBe(1);
        (await grid.EnrolAsync("ada", Ben)).Searchable.ShouldBeFalse("who waits already takes no more room");
        grid.Calls.Failing.Clear();
        await UntilAsync(async () => (await grid.IdentifyAsync(Ada)).People == 1);
        await UntilAsync(async () => await TryEnrolAsync(grid, "ben", Ben));
    }

    private static async Task<bool> TryEnrolAsync(GridCluster grid, string person, float[] vector)
    {
        try
        {
            return (await grid.EnrolAsync(person, vector)).Searchable;
        }
        catch (FaceGridException busy) when (busy.Code == ErrorCodes.Busy)
        {
            return false;
        }
    }

    [Fact]
    public async Task A_grain_with_a_full_queue_refuses_as_busy()
    {
        await using GridCluster grid = await StartAsync();
        await grid.EnrolAsync("ada", GridCluster.RandomUnit(new Random(1))); // A grain of nobody leaves memory after each call.
        var release = new TaskCompletionSource();
        grid.Calls.Held = (nameof(IPersonGrain.GetAsync), release.Task);
        IPersonGrain person = grid.Person("ada");
        Task<PersonInfo?>[] calls = [.. Enumerable.Range(0, Grains.GridHosting.RequestsPerGrainMax + 100)
            .Select(_ => person.GetAsync(vectors: false, None))];
        await UntilAsync(() => Task.FromResult(Array.Exists(calls, call => call.IsFaulted)));
        release.SetResult();
        await Task.WhenAll(calls).ContinueWith(static _ => { }, TaskScheduler.Default);
        AggregateException?[] failures = [.. calls.Select(call => call.Exception)];
        failures.OfType<AggregateException>().ShouldAllBe(failure => failure.InnerException is LimitExceededException);
        failures.Count(failure => failure is null).ShouldBeGreaterThanOrEqualTo(Grains.GridHosting.RequestsPerGrainMax);
    }

    private async Task<GridCluster> StartAsync(Action<Grains.GridOptions>? configure = null, int silos = 1)
    {
        GridCluster grid = await GridCluster.StartAsync(_directory.Path, configure, silos);
        await grid.CreateGalleryAsync();
        return grid;
    }

    private static Task<long> PeopleRowsAsync(GridCluster grid) => grid.Database.CountAsync(StateNames.Person, "", "~", None);

    private static Task<long> GalleryRowsAsync(GridCluster grid) => grid.Database.CountAsync(StateNames.Gallery, "", "~", None);

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        var limit = Stopwatch.StartNew();
        while (!await condition())
        {
            limit.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(60));
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }
}
