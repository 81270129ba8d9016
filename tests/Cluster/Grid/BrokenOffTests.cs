using FaceGrid.Abstractions.Embedding;
using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.Galleries;
using FaceGrid.Abstractions.People;
using FaceGrid.Abstractions.Search;
using FaceGrid.Grains.Storage;
using FaceGrid.Storage;
using FaceGrid.Tests.Support;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Grid;

/// <summary>
/// Goal: what takes more than one write loses nothing and leaves nothing behind wherever a crash breaks it off, whether it is repeated,
/// taken back or begun anew afterwards. Method: every operation is broken off at each of its writes in turn, before the write and behind
/// it, with cut-outs and vectors of two models in the rows; then who is there, what they hold and which cut-outs are kept is compared
/// exactly.
/// </summary>
public sealed class BrokenOffTests : IAsyncLifetime
{
    private const int WritesMax = 60;
    private static readonly CancellationToken None = CancellationToken.None;
    private readonly TemporaryDirectory _directory = new();
    private readonly FakeEmbedders _models = new(96);
    private GridCluster _grid = null!;

    private ICurationGrain Curation => _grid.Grains.GetGrain<ICurationGrain>(0);

    public async ValueTask InitializeAsync()
    {
        _grid = await GridCluster.StartAsync(
            _directory.Path, options => options.MapAge = TimeSpan.FromMilliseconds(20), embedders: _models);
        await CreateAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _grid.DisposeAsync();
        _directory.Dispose();
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task A_merge_and_its_undoing_may_be_repeated_or_turned_round_wherever_they_broke_off(bool undoing, bool after)
    {
        foreach (bool turn in new[] { false, true })
        {
            await EverywhereAsync(after, async (at, run) =>
            {
                (string a, string b) = ($"a{turn}{at}", $"b{turn}{at}");
                await WriteAsync(a, null, $"{a}-1", $"{a}-shared");
                await WriteAsync(b, "Ben", $"{a}-shared", $"{b}-1");
                (PersonInfo A, PersonInfo B) before = (await PersonAsync(a), await PersonAsync(b));
                if (undoing)
                {
                    await Curation.MergeAsync(GridCluster.Gallery, a, b, None);
                }

                bool caught = await run(() => undoing
                    ? Curation.UnmergeAsync(GridCluster.Gallery, a, b, None)
                    : Curation.MergeAsync(GridCluster.Gallery, a, b, None));
                await ShouldBeFoundAsync([a, b], $"{a}-1", $"{a}-shared", $"{b}-1");
                if (undoing == turn)
                {
                    await Curation.MergeAsync(GridCluster.Gallery, a, b, None);
                    (await PersonAsync(a)).ShouldSatisfyAllConditions(
                        merged => merged.Name.ShouldBe("Ben"),
                        merged => merged.Merged.ShouldBe([b]),
                        merged => Faces(merged).ShouldBe([.. Faces(before.A), .. Faces(before.B)[1..]]));
                    (await _grid.Person(b).GetAsync(vectors: false, None)).ShouldBeNull();
                    (await CropsAsync(a)).ShouldBe([.. Ids($"{a}-1", $"{a}-shared", $"{b}-1")], ignoreOrder: true);
                    (await CropsAsync(b)).ShouldBeEmpty();
                    await ShouldBeFoundAsync([a], $"{a}-1", $"{a}-shared", $"{b}-1");
                }

                await UnmergeAsync(a, b);
                await ShouldBeAsync(a, before.A, $"{a}-1", $"{a}-shared");
                await ShouldBeAsync(b, before.B, $"{a}-shared", $"{b}-1");
                await ShouldBeFoundAsync([b], $"{b}-1");
                await ShouldBeFoundAsync([a], $"{a}-1");
                return caught;
            });
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Whoever_is_erased_during_a_migration_is_gone_wherever_that_broke_off(bool after)
    {
        await BeginAsync();
        await EverywhereAsync(after, async (at, run) =>
        {
            string person = $"p{at}";
            await WriteAsync(person, null, $"{person}-1", $"{person}-2");
            await ReadyAsync();
            bool caught = await run(() => _grid.Person(person).DeleteAsync(null, None));
            await _grid.Person(person).DeleteAsync(null, None);
            (await RowsAsync(StateNames.Person, person), await RowsAsync(StateNames.Crop, person)).ShouldBe((0, 0));
            await ShouldBeFoundAsync([], $"{person}-1", $"{person}-2");
            return caught;
        });
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_face_removed_during_a_migration_is_gone_under_both_models_wherever_that_broke_off(bool after)
    {
        await BeginAsync();
        var people = new List<string>();
        await EverywhereAsync(after, async (at, run) =>
        {
            string person = $"p{at}";
            people.Add(person);
            await WriteAsync(person, null, $"{person}-1", $"{person}-2");
            await ReadyAsync();
            bool caught = await run(() => _grid.Person(person).RemoveFaceAsync(Id($"{person}-1"), null, None));
            await _grid.Person(person).RemoveFaceAsync(Id($"{person}-1"), null, None); // Also where the first attempt had come so far.
            (await CropsAsync(person)).ShouldBe(Ids($"{person}-2"));
            await ShouldBeFoundAsync([], $"{person}-1");
            return caught;
        });
        await StepAsync((migration, turn) => migration.SwitchAsync(turn, leave: false, None));
        foreach (string person in people)
        {
            await ShouldBeFoundAsync([], $"{person}-1");
            await ShouldBeFoundAsync([person], $"{person}-2");
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_enrolment_during_a_migration_that_broke_off_is_finished_by_a_repeat_and_erased_with_the_person(bool after)
    {
        await BeginAsync();
        foreach (bool repeats in new[] { true, false })
        {
            await EverywhereAsync(after, async (at, run) =>
            {
                string person = $"p{repeats}{at}";
                bool caught = await run(() => WriteAsync(person, null, $"{person}-1", $"{person}-2"));
                if (repeats)
                {
                    await WriteAsync(person, null, $"{person}-1", $"{person}-2");
                    (await CropsAsync(person)).ShouldBe(Ids($"{person}-1", $"{person}-2"), ignoreOrder: true);
                    await ShouldBeFoundAsync([person], $"{person}-1", $"{person}-2");
                }

                await _grid.Person(person).DeleteAsync(null, None);
                (await RowsAsync(StateNames.Person, person), await RowsAsync(StateNames.Crop, person)).ShouldBe((0, 0));
                await ShouldBeFoundAsync([], $"{person}-1", $"{person}-2");
                return caught;
            });
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_gallery_deleted_in_the_middle_of_its_move_is_gone_wherever_that_broke_off(bool after) =>
        await EverywhereAsync(after, async (at, run) =>
    {
        await CreateAsync();
        await WriteAsync("ada", null, "ada-1");
        await BeginAsync();
        await ReadyAsync();
        bool caught = await run(() => _grid.GalleryGrain().DeleteAsync(null, None));
        await _grid.GalleryGrain().DeleteAsync(null, None);
        foreach (string state in new[] { StateNames.Person, StateNames.Crop, StateNames.Gallery })
        {
            (await _grid.Database.CountAsync(state, "", "~", None)).ShouldBe(0, state);
        }

        // Made again it knows nothing of all that.
        await CreateAsync();
        (await _grid.GalleryGrain().GetAsync(None))!.ShouldSatisfyAllConditions(
            made => made.Migration.ShouldBeNull(), made => made.Contract.ShouldBe(FakeEmbedders.Old), made => made.People.ShouldBe(0));
        await ShouldBeFoundAsync([], "ada-1");
        return caught;
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Steps_of_a_migration_that_broke_off_are_repeated_and_who_is_found_is_right_all_the_time(bool after)
    {
        await WriteAsync("ada", null, "ada-1");
        await WriteAsync("ben", null, "ben-1");
        await EverywhereAsync(after, async (at, run) =>
        {
            // Breaks the first step off at its first write, then the second, and so on; those that came through are taken.
            bool caught = await run(async () =>
            {
                await BeginAsync();
                await ReadyOrStuckAsync();
                await StepOnceAsync((migration, turn) => migration.SwitchAsync(turn, leave: false, None));
                await StepOnceAsync((migration, turn) => migration.RollBackAsync(turn, leave: false, None));
                await ReadyOrStuckAsync();
                await StepOnceAsync((migration, turn) => migration.FinishAsync(turn, switched: false, None));
            });
            await ShouldBeFoundAsync(["ada"], "ada-1");
            await ShouldBeFoundAsync(["ben"], "ben-1");
            if (await _grid.MigrationGrain().GetMigrationAsync() is { State: MigrationState.Switched })
            {
                await StepAsync((migration, turn) => migration.RollBackAsync(turn, leave: false, None));
            }

            if (await _grid.MigrationGrain().GetMigrationAsync() is not null)
            {
                await StepAsync((migration, turn) => migration.FinishAsync(turn, switched: false, None));
            }

            await Eventually.AssertAsync(async () => (await _grid.MigrationGrain().GetMigrationAsync()).ShouldBeNull());
            await ShouldBeFoundAsync(["ada"], "ada-1");
            await ShouldBeFoundAsync(["ben"], "ben-1");
            return caught;
        });
    }

    /// <summary>Breaks an operation off at its first write, at its second, and so on, until it comes through.</summary>
    private async Task EverywhereAsync(bool after, Func<int, Func<Func<Task>, Task<bool>>, Task<bool>> round)
    {
        int at = 0;
        while (await round(at, RunAsync))
        {
            at++;
            at.ShouldBeLessThan(WritesMax);
        }

        at.ShouldBeGreaterThan(0, "or nothing was ever caught");

        async Task<bool> RunAsync(Func<Task> act)
        {
            _grid.Trap.Set(at, after);
            try
            {
                await act();
            }
            catch (FaceGridException broken) when (broken.Code == ErrorCodes.StorageUnavailable)
            {
                // As wished.
            }

            return _grid.Trap.Remove();
        }
    }

    private Task CreateAsync() =>
        _grid.GalleryGrain().PutAsync(
            new GallerySettings(FakeEmbedders.Old, 0.5f, 0.5f) { Enrolment = EnrolmentPolicy.None with { Crops = true } }, None);

    private Task WriteAsync(string person, string? name, params string[] faces) =>
        _grid.Person(person).WriteAsync(
            new PersonWrite(name, null, [.. faces.Select(face => _models.Face(face, crop: true))], Bulk: false), None);

    private async Task BeginAsync() =>
        await _grid.MigrationGrain()
            .BeginAsync(
                new MigrationRequest("new-model", 0.5f, 0.5f), (await _grid.GalleryGrain().GetMapAsync(None))!.ContractRevision, None);

    private Task ReadyAsync() =>
        Eventually.AssertAsync(async () => (await _grid.MigrationGrain().GetMigrationAsync())!.State.ShouldBe(MigrationState.Ready));

    private async Task ReadyOrStuckAsync()
    {
        MigrationInfo? migration = null;
        await Eventually.AssertAsync(async () =>
        {
            migration = await _grid.MigrationGrain().GetMigrationAsync();
            (migration!.State == MigrationState.Ready || migration.Progress?.Problem is not null).ShouldBeTrue();
        });
        if (migration!.State != MigrationState.Ready)
        {
            throw new FaceGridException(ErrorCodes.StorageUnavailable, migration.Progress!.Problem!);
        }
    }

    private async Task StepOnceAsync(Func<IMigrationGrain, int, Task> step) =>
        await step(_grid.MigrationGrain(), (await _grid.GalleryGrain().GetMapAsync(None))!.ContractRevision);

    // What was enrolled a moment before may be waited for.
    private Task StepAsync(Func<IMigrationGrain, int, Task> step) => Eventually.AssertAsync(() => StepOnceAsync(step));

    private async Task UnmergeAsync(string a, string b)
    {
        try
        {
            await Curation.UnmergeAsync(GridCluster.Gallery, a, b, None);
        }
        catch (FaceGridException nothing) when (nothing.Code == ErrorCodes.NotMerged)
        {
            // It had not even begun.
        }
    }

    private async Task<PersonInfo> PersonAsync(string person) => (await _grid.Person(person).GetAsync(vectors: true, None))!;

    private async Task ShouldBeAsync(string person, PersonInfo before, params string[] faces)
    {
        PersonInfo now = await PersonAsync(person);
        (now.Name, now.Merged, now.MergingInto).ShouldBe((before.Name, null, null));
        Faces(now).ShouldBe(Faces(before));
        (await CropsAsync(person)).ShouldBe(Ids(faces), ignoreOrder: true);
    }

    /// <summary>
    /// Who is found by faces, under the model that is searched, must be somebody out of those named, and only they; nobody, when none is
    /// named.
    /// </summary>
    private async Task ShouldBeFoundAsync(string[] people, params string[] faces)
    {
        Contract contract = (await _grid.GalleryGrain().GetMapAsync(None))!.Contract!;
        Probe[] probes = [.. faces.Select(
            face => new Probe(Vectors.ToBytes(
                FakeEmbedders.VectorOf(contract == FakeEmbedders.Old ? FakeEmbedders.Old : _models.New, face)), contract.Id))];
        IdentifyAnswer answer = await _grid.Grains.GetGrain<IIdentifyGrain>(0)
            .IdentifyAsync(new IdentifyRequest(GridCluster.Gallery, probes, 5, null, AllowPartial: false), None);
        foreach ((ProbeAnswer one, string face) in answer.Answers.Zip(faces))
        {
            string[] found = [.. one.Candidates.Where(candidate => candidate.Distance < 0.5f).Select(candidate => candidate.Person)];
            found.Except(people, StringComparer.Ordinal).ShouldBeEmpty(face);
            found.Length.ShouldBeGreaterThanOrEqualTo(Math.Min(people.Length, 1), face);
        }
    }

    private string Id(string face) => _models.Face(face).Id;

    private string[] Ids(params string[] faces) => [.. faces.Select(Id)];

    private static (string, string)[] Faces(PersonInfo person) =>
        [.. person.Faces.Select(face => (face.Id, Convert.ToHexString(face.Vector!)))];

    private async Task<long> RowsAsync(string state, string person) =>
        await _grid.Database.CountAsync(
            state, PersonKey.Of(GridCluster.Gallery, person).ToString(), PersonKey.Of(GridCluster.Gallery, person) + "0", None);

    private async Task<string[]> CropsAsync(string person)
    {
        string first = PersonKey.Of(GridCluster.Gallery, person) + "/";
        var ids = new List<string>();
        await foreach (GrainRow row in _grid.Database.ReadRangeAsync(
            StateNames.Crop, first, PersonKey.Of(GridCluster.Gallery, person) + "0", None))
        {
            ids.Add(row.Key[first.Length..]);
        }

        return [.. ids];
    }
}
