using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.Galleries;
using FaceGrid.Abstractions.People;
using FaceGrid.Abstractions.Search;
using FaceGrid.Grains.Storage;
using FaceGrid.Search;
using FaceGrid.Tests.Support;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Grid;

/// <summary>
/// Goal: galleries grow, restart, heal and vanish without a wrong answer. Method: small shards, real SQLite, answers compared with a
/// plain loop.
/// </summary>
public sealed class GalleryTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_gallery_that_grows_under_writes_and_searches_is_exact_all_the_time(int silos)
    {
        using var directory = new TemporaryDirectory();
        await using GridCluster grid = await GridCluster.StartAsync(directory.Path, options => options.ShardPeopleMax = 16, silos);
        await grid.CreateGalleryAsync();
        const int people = 400;
        float[][] vectors = [.. Enumerable.Range(0, people).Select(i => GridCluster.Unit(GridCluster.RandomUnit(new Random(i))))];

        int acknowledged = 0;
        Task writing = Task.Run(async () =>
        {
            for (int i = 0; i < people; i++)
            {
                (await grid.EnrolAsync($"p{i}", vectors[i])).Searchable.ShouldBeTrue();
                Volatile.Write(ref acknowledged, i + 1);
            }
        });
        int searches = 0;
        var random = new Random(3);
        while (!writing.IsCompleted)
        {
            int known = Volatile.Read(ref acknowledged);
            if (known == 0)
            {
                await Task.Yield();
                continue;
            }

            int pick = random.Next(known);
            IdentifyAnswer answer = await grid.IdentifyAsync(vectors[pick]);
            answer.Answers[0].Person.ShouldBe($"p{pick}");
            answer.ShardsAnswered.ShouldBe(answer.ShardsAsked);
            answer.People.ShouldBeGreaterThanOrEqualTo(known);
            searches++;
        }

        await writing;
        (await grid.GalleryGrain().GetAsync(None))!.People.ShouldBe(people);
        // Growing may have to be tried again.
        await Eventually.AssertAsync(async () => (await grid.GalleryGrain().GetAsync(None))!.Level.ShouldBeGreaterThanOrEqualTo(3));
        searches.ShouldBeGreaterThan(20);
        await ShouldEqualPlainLoopAsync(grid, vectors);
    }

    [Fact]
    public async Task A_restart_loses_nobody()
    {
        using var directory = new TemporaryDirectory();
        float[][] vectors = [.. Enumerable.Range(0, 100).Select(i => GridCluster.Unit(GridCluster.RandomUnit(new Random(i))))];
        await using (GridCluster grid = await GridCluster.StartAsync(directory.Path, options => options.ShardPeopleMax = 16))
        {
            await grid.CreateGalleryAsync();
            await Parallel.ForEachAsync(Enumerable.Range(0, 100), async (i, _) => await grid.EnrolAsync($"p{i}", vectors[i]));
            await grid.Person("p7").DeleteAsync(null, None);
        }

        await using GridCluster again = await GridCluster.StartAsync(directory.Path, options => options.ShardPeopleMax = 16);
        (await again.GalleryGrain().GetAsync(None))!.People.ShouldBe(99);
        IdentifyAnswer answer = await again.IdentifyAsync(vectors);
        for (int i = 0; i < 100; i++)
        {
            answer.Answers[i].Person.ShouldBe(i == 7 ? null : $"p{i}");
        }
    }

    [Fact]
    public async Task A_shard_that_differs_from_its_rows_mends_itself()
    {
        using var directory = new TemporaryDirectory();
        await using GridCluster grid = await GridCluster.StartAsync(
            directory.Path, options => options.SelfCheckPeriod = TimeSpan.FromSeconds(1));
        await grid.CreateGalleryAsync();
        var random = new Random(1);
        float[] stale = GridCluster.RandomUnit(random);
        await grid.EnrolAsync("kept", GridCluster.RandomUnit(random));
        await grid.EnrolAsync("stale", stale);
        string key = PersonKey.Of(GridCluster.Gallery, "stale").ToString();
        (await grid.Database.DeleteRangeAsync(StateNames.Person, key, key + "\0", None)).ShouldBe(1);

        await Eventually.AssertAsync(async () =>
        {
            IdentifyAnswer answer = await grid.IdentifyAsync(stale);
            answer.People.ShouldBe(1, "people in the shard after its row was taken away behind its back");
            answer.Answers[0].Person.ShouldBeNull();
        });
    }

    [Fact]
    public async Task A_deleted_gallery_takes_everybody_with_it_and_may_be_made_again()
    {
        using var directory = new TemporaryDirectory();
        await using GridCluster grid = await GridCluster.StartAsync(directory.Path, options => options.ShardPeopleMax = 16);
        await grid.CreateGalleryAsync();
        float[] vector = GridCluster.RandomUnit(new Random(1));
        for (int i = 0; i < 60; i++)
        {
            await grid.EnrolAsync($"p{i}", i == 0 ? vector : GridCluster.RandomUnit(new Random(100 + i)));
        }

        (await grid.GalleryGrain().DeleteAsync(null, None)).ShouldBeTrue();
        (await grid.GalleryGrain().GetAsync(None)).ShouldBeNull();
        (await grid.Database.CountAsync(StateNames.Person, "", "~", None)).ShouldBe(0);
        (await Should.ThrowAsync<FaceGridException>(grid.IdentifyAsync(vector))).Code.ShouldBe(ErrorCodes.GalleryNotFound);

        await grid.CreateGalleryAsync();
        (await grid.IdentifyAsync(vector)).Answers[0].Candidates.ShouldBeEmpty();
        (await grid.Person("p0").GetAsync(vectors: false, None)).ShouldBeNull();
        (await grid.EnrolAsync("p0", vector)).Created.ShouldBeTrue();
        (await grid.IdentifyAsync(vector)).Answers[0].Person.ShouldBe("p0");
    }

    [Fact]
    public async Task Galleries_whose_names_look_like_numbers_do_not_share_a_row()
    {
        using var directory = new TemporaryDirectory();
        await using GridCluster grid = await GridCluster.StartAsync(directory.Path);
        string[] names = ["cafe", "0cafe", "42", "042", "00000000-0000-0000-0000-000000000042"];
        for (int i = 0; i < names.Length; i++)
        {
            await grid.Grains.GetGrain<IGalleryGrain>(IGalleryGrain.KeyOf(names[i]))
                .PutAsync(new GallerySettings(new Contract("c@1", 32 + i), null, null), None);
        }

        GalleryInfo[] listed = await grid.Grains.GetGrain<IGalleryReaderGrain>(0).ListGalleriesAsync(None);
        listed.Select(gallery => gallery.Id).ShouldBe(names, ignoreOrder: true);
        listed.Select(gallery => gallery.Contract!.Dimension).Distinct().Count().ShouldBe(names.Length);
    }

    [Fact]
    public async Task A_gallery_refuses_a_second_contract()
    {
        using var directory = new TemporaryDirectory();
        await using GridCluster grid = await GridCluster.StartAsync(directory.Path);
        await grid.CreateGalleryAsync();
        var other = new GallerySettings(new Contract("other@1", GridCluster.Dimension), null, null);
        (await Should.ThrowAsync<FaceGridException>(grid.GalleryGrain().PutAsync(other, None))).Code.ShouldBe(ErrorCodes.ContractMismatch);
    }

    [Fact]
    public async Task A_policy_against_presentation_attacks_is_set_member_by_member_and_survives_a_restart()
    {
        using var directory = new TemporaryDirectory();
        await using (GridCluster grid = await GridCluster.StartAsync(directory.Path))
        {
            await grid.CreateGalleryAsync();
            (await grid.GalleryGrain().GetMapAsync(None))!.Pad.ShouldBeNull();
            await grid.GalleryGrain()
                .PutAsync(new GallerySettings(null, null, null, Pad: new GalleryPad(PadPolicy.Require, null, PadPolicy.Report)), None);
            await grid.GalleryGrain()
                .PutAsync(new GallerySettings(null, null, null, Pad: new GalleryPad(null, PadPolicy.Off, PadPolicy.Require)), None);
            await grid.GalleryGrain().PutAsync(new GallerySettings(null, 0.4f, null), None);
            (await grid.GalleryGrain().GetAsync(None))!.Pad.ShouldBe(new GalleryPad(PadPolicy.Require, PadPolicy.Off, PadPolicy.Require));
        }

        await using GridCluster again = await GridCluster.StartAsync(directory.Path);
        (await again.GalleryGrain().GetMapAsync(None))!.Pad.ShouldBe(new GalleryPad(PadPolicy.Require, PadPolicy.Off, PadPolicy.Require));
    }

    private static async Task ShouldEqualPlainLoopAsync(GridCluster grid, float[][] vectors)
    {
        var random = new Random(11);
        for (int probe = 0; probe < 50; probe++)
        {
            float[] asked = GridCluster.Unit(GridCluster.RandomUnit(random));
            var expected = vectors
                .Select((vector, i) => (Person: $"p{i}", Squared: Distance.Squared(asked, vector)))
                .OrderBy(hit => hit.Squared).ThenBy(hit => hit.Person, StringComparer.Ordinal)
                .Take(10)
                .Select(hit => (hit.Person, Distance: MathF.Sqrt(hit.Squared)));
            IdentifyAnswer answer = await grid.IdentifyAsync(10, asked);
            answer.Answers[0].Candidates.Select(candidate => (candidate.Person, candidate.Distance)).ShouldBe(expected);
        }
    }
}
