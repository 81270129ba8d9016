using FaceGrid.Abstractions.Embedding;
using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.Galleries;
using FaceGrid.Abstractions.People;
using FaceGrid.Abstractions.Policies;
using FaceGrid.Abstractions.Search;
using FaceGrid.Grains.Storage;
using FaceGrid.Search;
using FaceGrid.Storage;
using FaceGrid.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Grid;

/// <summary>
/// Goal: a gallery migrates to another model while it is used, and no answer is ever wrong, incomplete, or a comparison of vectors of two
/// models. Method: embedders whose vectors are random directions, different ones for each model, so that a comparison across models finds
/// nobody; maps that silos keep for a minute, so that only what shards refuse keeps answers right; answers compared with a plain loop.
/// </summary>
public sealed class MigrationTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Theory]
    [InlineData(1, 96)]
    [InlineData(2, GridCluster.Dimension)]
    public async Task A_gallery_that_migrates_under_writes_and_searches_is_exact_all_the_time(int silos, int dimension)
    {
        using var directory = new TemporaryDirectory();
        var models = new FakeEmbedders(dimension);
        await using GridCluster grid = await StartAsync(directory.Path, models, silos);
        int people = 0;
        await EnrolAsync(grid, Enumerable.Range(0, 120).Select(i => models.Face($"p{i}", crop: true)), first: 0);
        Volatile.Write(ref people, 120);

        using var stop = new CancellationTokenSource();
        int searches = 0;
        Task searching = Task.Run(async () =>
        {
            var random = new Random(5);
            while (!stop.IsCancellationRequested)
            {
                int known = Volatile.Read(ref people), pick = random.Next(known);
                IdentifyAnswer answer = await AskAsync(grid, models, $"p{pick}");
                answer.Answers[0].Person.ShouldBe($"p{pick}");
                answer.Answers[0].Candidates[0].Distance.ShouldBeLessThan(1e-3f);
                answer.ShardsAnswered.ShouldBe(answer.ShardsAsked);
                answer.People.ShouldBeGreaterThanOrEqualTo(known);
                searches++;
            }
        });
        Task writing = Task.Run(async () =>
        {
            for (int i = 120; !stop.IsCancellationRequested; i++)
            {
                // As a gateway does: under the contracts that the gallery holds as this writer knows it, which may be a moment ago.
                GalleryMap map = (await grid.GalleryGrain().GetMapAsync(None))!;
                WriteResult written = await WriteAsync(grid, models, $"p{i}", map);
                written.Searchable.ShouldBeTrue();
                Volatile.Write(ref people, i + 1);
            }
        });

        try
        {
            await grid.MigrationGrain()
                .BeginAsync(new MigrationRequest("new-model", 0.5f, 0.5f), await AdvanceContractRevisionAsync(grid), None);
            await ReadyAsync(grid);
            await StepAsync(grid, (migration, turn) => migration.SwitchAsync(turn, leave: false, None));
            await StepAsync(grid, (migration, turn) => migration.RollBackAsync(turn, leave: false, None));
            await StepAsync(grid, (migration, turn) => migration.SwitchAsync(turn, leave: false, None));
            await StepAsync(grid, (migration, turn) => migration.FinishAsync(turn, switched: true, None));
            await EndedAsync(grid);
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(searching, writing).WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
        }

        searches.ShouldBeGreaterThan(20);
        GalleryInfo gallery = (await grid.GalleryGrain().GetAsync(None))!;
        (gallery.Contract, gallery.Migration, gallery.People).ShouldBe((models.New, null, people));
        await ShouldEqualPlainLoopAsync(grid, models.New, people);
        await foreach (PersonState state in RowsAsync(grid))
        {
            (state.Contract, state.OtherContract).ShouldBe((models.New.Id, null));
            state.Faces.ShouldAllBe(face => face.Vector.Length == dimension * sizeof(float) && face.OtherVector == null);
        }
    }

    [Fact]
    public async Task Before_the_switch_and_after_a_roll_back_the_old_model_answers_and_whoever_came_in_between_is_there()
    {
        using var directory = new TemporaryDirectory();
        var models = new FakeEmbedders(96);
        await using GridCluster grid = await StartAsync(directory.Path, models);
        await EnrolAsync(grid, Enumerable.Range(0, 40).Select(i => models.Face($"p{i}", crop: true)), first: 0);
        await BeginAsync(grid);
        await ReadyAsync(grid);
        await ShouldEqualPlainLoopAsync(grid, FakeEmbedders.Old, 40);

        await StepAsync(grid, (migration, turn) => migration.SwitchAsync(turn, leave: false, None));
        await ShouldEqualPlainLoopAsync(grid, models.New, 40);
        (await grid.MigrationGrain().GetMigrationAsync())!.State.ShouldBe(MigrationState.Switched);
        (await grid.Person("p40").WriteAsync(new PersonWrite(null, null, [models.Face("p40", old: false, both: true)], false), None))
            .Searchable.ShouldBeTrue();
        await ShouldEqualPlainLoopAsync(grid, models.New, 41);

        await StepAsync(grid, (migration, turn) => migration.RollBackAsync(turn, leave: false, None));
        await ShouldEqualPlainLoopAsync(grid, FakeEmbedders.Old, 41);
        (await grid.Person("p40")
            .VerifyAsync(new Probe(Vectors.ToBytes(FakeEmbedders.VectorOf(FakeEmbedders.Old, "p40")), FakeEmbedders.Old.Id), None))
                .Match.ShouldBeTrue();

        // Given up: nothing of the new model stays.
        await StepAsync(grid, (migration, turn) => migration.FinishAsync(turn, switched: false, None));
        await EndedAsync(grid);
        (await grid.GalleryGrain().GetAsync(None))!.Contract.ShouldBe(FakeEmbedders.Old);
        await ShouldEqualPlainLoopAsync(grid, FakeEmbedders.Old, 41);
        await foreach (PersonState state in RowsAsync(grid))
        {
            (state.Contract, state.OtherContract).ShouldBe((FakeEmbedders.Old.Id, null));
            state.Faces.ShouldAllBe(face => face.Vector.Length > 0 && face.OtherVector == null);
        }
    }

    [Fact]
    public async Task Vectors_of_two_models_of_one_dimension_never_meet()
    {
        using var directory = new TemporaryDirectory();
        var models = new FakeEmbedders(GridCluster.Dimension);
        await using GridCluster grid = await StartAsync(directory.Path, models);
        // What one model makes of ada is what the other makes of ben.
        byte[] a = Vectors.ToBytes(FakeEmbedders.VectorOf(FakeEmbedders.Old, "x")),
            b = Vectors.ToBytes(FakeEmbedders.VectorOf(FakeEmbedders.Old, "y"));
        await BeginAsync(grid);
        await EnrolBothAsync("ada", a, b);
        await EnrolBothAsync("ben", b, a);
        await ReadyAsync(grid);

        (await IdentifyAsync(a, FakeEmbedders.Old)).Answers[0].Person.ShouldBe("ada");
        (await Should.ThrowAsync<FaceGridException>(IdentifyAsync(a, models.New))).Code.ShouldBe(ErrorCodes.ContractMismatch);
        (await VerifyAsync("ada", a, FakeEmbedders.Old.Id)).Match.ShouldBeTrue();
        (await VerifyAsync("ada", a, contract: null)).Match.ShouldBeTrue();

        await StepAsync(grid, (migration, turn) => migration.SwitchAsync(turn, leave: false, None));
        (await IdentifyAsync(a, models.New)).Answers[0].Person.ShouldBe("ben");
        (await Should.ThrowAsync<FaceGridException>(IdentifyAsync(a, FakeEmbedders.Old))).Code.ShouldBe(ErrorCodes.ContractMismatch);
        (await VerifyAsync("ada", b, models.New.Id)).Match.ShouldBeTrue();
        (await VerifyAsync("ada", a, models.New.Id)).Match.ShouldBeFalse();

        // Since then nobody can tell under which model a nameless vector was made, so none is taken, whatever becomes of the migration.
        await Eventually.AssertAsync(
            async () => (await Should.ThrowAsync<FaceGridException>(grid.IdentifyAsync(Vectors.FromBytes(a))))
                .Code.ShouldBe(ErrorCodes.ContractMismatch));
        var nameless = new PersonWrite(null, null, [new NewFace(new string('0', 32), a, null, null)], Bulk: false);
        await Eventually.AssertAsync(
            async () => (await Should.ThrowAsync<FaceGridException>(grid.Person("nobody").WriteAsync(nameless, None)))
                .Code.ShouldBe(ErrorCodes.ContractMismatch));

        Task<WriteResult> EnrolBothAsync(string person, byte[] old, byte[] other) => grid.Person(person).WriteAsync(
            new PersonWrite(null, null,
                [GridCluster.Face(Vectors.FromBytes(old)) with { Contract = FakeEmbedders.Old.Id, OtherVector = other,
                    OtherContract = models.New.Id }], false), None);

        Task<IdentifyAnswer> IdentifyAsync(byte[] vector, Contract contract) =>
            grid.Grains.GetGrain<IIdentifyGrain>(0)
                .IdentifyAsync(new IdentifyRequest(GridCluster.Gallery, [new Probe(vector, contract.Id)], 5, null, false), None);

        Task<VerifyResult> VerifyAsync(string person, byte[] vector, string? contract) =>
            grid.Person(person).VerifyAsync(new Probe(vector, contract), None);
    }

    [Fact]
    public async Task A_move_that_a_crash_interrupts_goes_on_by_itself_and_makes_little_twice()
    {
        using var directory = new TemporaryDirectory();
        var models = new FakeEmbedders(96);
        var reached = new TaskCompletionSource();
        await using (GridCluster grid = await StartAsync(directory.Path, models))
        {
            await EnrolAsync(grid, Enumerable.Range(0, 100).Select(i => models.Face($"p{i}", crop: true)), first: 0);
            models.Before = async _ =>
            {
                if (models.Made == 50)
                {
                    reached.TrySetResult();
                    await Task.Delay(Timeout.Infinite, TestContext.Current.CancellationToken);
                }
            };
            await BeginAsync(grid);
            await reached.Task.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
            await grid.KillSiloAsync(0);
        }

        var again = new FakeEmbedders(96);
        await using GridCluster after = await StartAsync(directory.Path, again, create: false);
        await ReadyAsync(after);
        again.Made.ShouldBeInRange(50, 70, "what was durable is not made again");
        await StepAsync(after, (migration, turn) => migration.SwitchAsync(turn, leave: false, None));
        await ShouldEqualPlainLoopAsync(after, again.New, 100);

        // The end is interrupted as well.
        after.Calls.Failing.Add(nameof(FaceGrid.Grains.People.IPersonPeerGrain.TidyAsync));
        await StepAsync(after, (migration, turn) => migration.FinishAsync(turn, switched: true, None));
        (await after.MigrationGrain().GetMigrationAsync())!.State.ShouldBe(MigrationState.Finishing);
        await ShouldEqualPlainLoopAsync(after, again.New, 100);
        after.Calls.Failing.Clear();
        await EndedAsync(after);
    }

    [Fact]
    public async Task People_without_cut_outs_are_listed_hold_up_the_switch_and_are_never_lost()
    {
        using var directory = new TemporaryDirectory();
        var models = new FakeEmbedders(96);
        await using GridCluster grid = await StartAsync(directory.Path, models);
        await EnrolAsync(grid, [models.Face("p0", crop: true), models.Face("p1"), models.Face("broken", crop: true)], first: 0);
        await grid.Person("p3").WriteAsync(new PersonWrite(null, null, [models.Face("p3", crop: true), models.Face("p3b")], false), None);
        await BeginAsync(grid);
        MigrationInfo ready = await ReadyAsync(grid);
        ready.Progress.ShouldBe(new MigrationProgress(4, 1, 3, null));
        LackingPage lacking = await LackingAsync();
        lacking.People.OrderBy(person => person.Person, StringComparer.Ordinal)
            .ShouldBe([new LackingPerson("p1", 1, 1, false), new LackingPerson("p2", 1, 1, false), new LackingPerson("p3", 2, 1, true)]);

        (await Should.ThrowAsync<FaceGridException>(grid.MigrationGrain().SwitchAsync(ready.ContractRevision, leave: false, None)))
            .Code.ShouldBe(ErrorCodes.PeopleLacking);
        await StepAsync(grid, (migration, turn) => migration.SwitchAsync(turn, leave: true, None));
        await StepAsync(grid, (migration, turn) => migration.FinishAsync(turn, switched: true, None));
        await EndedAsync(grid);

        (await AskAsync(grid, models, "p1")).Answers[0].Person.ShouldBeNull();
        (await AskAsync(grid, models, "p3")).Answers[0].Person.ShouldBe("p3");
        (await grid.Person("p1").GetAsync(vectors: true, None))!.Faces.ShouldHaveSingleItem().Vector.ShouldBeNull();
        (await Should.ThrowAsync<FaceGridException>(
            grid.Person("p1").VerifyAsync(new Probe(Vectors.ToBytes(FakeEmbedders.VectorOf(models.New, "p1")), models.New.Id), None)))
                .Code.ShouldBe(ErrorCodes.FaceNotFound);
        (await LackingAsync()).People.Length.ShouldBe(3);
        ReportPage report = await grid.Grains.GetGrain<ICurationGrain>(0)
            .ReportAsync(GridCluster.Gallery, null, 100, lookAlikes: true, None);
        report.People.Single(person => person.Person == "p1").Faces[0].Findings.ShouldBe(["no-template"]);

        // The same picture again makes them whole.
        WriteResult mended = await grid.Person("p1").WriteAsync(new PersonWrite(null, null, [models.Face("p1", old: false)], false), None);
        (mended.Searchable, mended.Person.Faces.Length).ShouldBe((true, 1));
        (await AskAsync(grid, models, "p1")).Answers[0].Person.ShouldBe("p1");
        (await LackingAsync()).People.Length.ShouldBe(2);

        Task<LackingPage> LackingAsync() =>
            grid.Grains.GetGrain<IGalleryReaderGrain>(0).ListLackingAsync(GridCluster.Gallery, null, 100, None);
    }

    [Fact]
    public async Task A_merge_that_broke_off_does_not_hold_a_move_up_and_can_be_undone_after_it()
    {
        using var directory = new TemporaryDirectory();
        var models = new FakeEmbedders(96);
        await using GridCluster grid = await StartAsync(directory.Path, models);
        await EnrolAsync(grid, [models.Face("p0", crop: true), models.Face("p1", crop: true)], first: 0);
        ICurationGrain curation = grid.Grains.GetGrain<ICurationGrain>(0);
        grid.Calls.Failing.Add("CompleteMergeAsync");
        await Should.ThrowAsync<TimeoutException>(curation.MergeAsync(GridCluster.Gallery, "p0", "p1", None));
        grid.Calls.Failing.Clear();
        await BeginAsync(grid);
        (await ReadyAsync(grid)).Progress.ShouldBe(new MigrationProgress(2, 2, 0, null));
        await StepAsync(grid, (migration, turn) => migration.SwitchAsync(turn, leave: false, None));
        await StepAsync(grid, (migration, turn) => migration.FinishAsync(turn, switched: true, None));
        await EndedAsync(grid);
        await curation.UnmergeAsync(GridCluster.Gallery, "p0", "p1", None);
        (await AskAsync(grid, models, "p0")).Answers[0].Person.ShouldBe("p0");
        (await AskAsync(grid, models, "p1")).Answers[0].Person.ShouldBe("p1");
        await ShouldEqualPlainLoopAsync(grid, models.New, 2);
    }

    [Fact]
    public async Task Steps_that_do_not_fit_are_refused_and_repeated_ones_change_nothing()
    {
        using var directory = new TemporaryDirectory();
        var models = new FakeEmbedders(96) { HoldsNew = false };
        await using GridCluster grid = await StartAsync(directory.Path, models);
        await EnrolAsync(grid, [models.Face("p0", crop: true)], first: 0);
        int turn = await AdvanceContractRevisionAsync(grid);
        var request = new MigrationRequest("new-model", 0.5f, 0.5f);
        IMigrationGrain migration = grid.MigrationGrain();
        (await migration.GetMigrationAsync()).ShouldBeNull();
        await RefusedAsync(migration.SwitchAsync(turn, false, None), ErrorCodes.NoMigration);
        await RefusedAsync(migration.BeginAsync(request, turn, None), ErrorCodes.ModelUnavailable);
        await RefusedAsync(migration.BeginAsync(request with { Embedder = "old-model" }, turn, None), ErrorCodes.MigrationConflict);
        models.HoldsNew = true;
        await RefusedAsync(migration.BeginAsync(request with { VerifyThreshold = null }, turn, None), ErrorCodes.InvalidParameter);
        await RefusedAsync(migration.BeginAsync(request with { IdentifyThreshold = 3 }, turn, None), ErrorCodes.InvalidParameter);
        await RefusedAsync(migration.BeginAsync(request, turn + 1, None), ErrorCodes.MigrationConflict);

        MigrationInfo begun = await migration.BeginAsync(request, turn, None);
        (await migration.BeginAsync(request, turn, None)).ContractRevision.ShouldBe(begun.ContractRevision);
        await RefusedAsync(migration.BeginAsync(request with { Embedder = "third" }, begun.ContractRevision, None),
            ErrorCodes.MigrationConflict);
        await RefusedAsync(migration.FinishAsync(begun.ContractRevision, switched: true, None), ErrorCodes.MigrationConflict);
        await ReadyAsync(grid);
        MigrationInfo switched = await migration.SwitchAsync(begun.ContractRevision, false, None);
        ((await migration.SwitchAsync(begun.ContractRevision, false, None)) with { Progress = null })
            .ShouldBe(switched with { Progress = null });
        await RefusedAsync(migration.FinishAsync(switched.ContractRevision, switched: false, None), ErrorCodes.MigrationConflict);
        await RefusedAsync(migration.RollBackAsync(begun.ContractRevision, false, None), ErrorCodes.MigrationConflict);
        MigrationInfo back = await migration.RollBackAsync(switched.ContractRevision, false, None);

        // A call that was given up before the roll back and arrives after it.
        await RefusedAsync(migration.SwitchAsync(begun.ContractRevision, false, None), ErrorCodes.MigrationConflict);
        await migration.FinishAsync(back.ContractRevision, switched: false, None);
        await EndedAsync(grid);
        await RefusedAsync(migration.RollBackAsync(back.ContractRevision, false, None), ErrorCodes.NoMigration);
    }

    [Fact]
    public async Task Promises_are_kept_by_the_calibration_of_the_model_that_is_searched()
    {
        using var directory = new TemporaryDirectory();
        var models = new FakeEmbedders(96);
        await using GridCluster grid = await GridCluster.StartAsync(directory.Path, embedders: models);
        await grid.GalleryGrain()
            .PutAsync(new GallerySettings(FakeEmbedders.Old, null, null) { Enrolment = EnrolmentPolicy.None with { Crops = true } }, None);
        await EnrolAsync(grid, [models.Face("p0", crop: true)], first: 0);
        (await grid.GalleryGrain().GetAsync(None))!.Verify!.Origin.ShouldBe("profile");
        models.Errors = new ErrorModel(0, Math.Sqrt(96), 1e-6, 1e-9);
        await grid.MigrationGrain()
            .BeginAsync(new MigrationRequest("new-model", null, null), await AdvanceContractRevisionAsync(grid), None);
        await ReadyAsync(grid);
        (await grid.GalleryGrain().GetAsync(None))!.Verify!.Origin.ShouldBe("profile");
        await StepAsync(grid, (migration, turn) => migration.SwitchAsync(turn, leave: false, None));
        GalleryInfo after = (await grid.GalleryGrain().GetAsync(None))!;
        (after.Verify!.Origin, after.Identify!.Origin, after.Identify.Promise)
            .ShouldBe(("promise", "promise", GalleryPolicy.Default.Identify));
        await StepAsync(grid, (migration, turn) => migration.RollBackAsync(turn, leave: false, None));
        (await grid.GalleryGrain().GetAsync(None))!.Verify!.Origin.ShouldBe("profile");

        // A promise that somebody asked for is not dropped on the way.
        await StepAsync(grid, (migration, turn) => migration.SwitchAsync(turn, leave: false, None));
        await grid.GalleryGrain().PutAsync(new GallerySettings(null, null, null, new GalleryPolicy(new Promise(Fmr: 1e-4), null)), None);
        await StepAsync(grid, (migration, turn) => migration.FinishAsync(turn, switched: true, None));
        await EndedAsync(grid);
        await RefusedAsync(grid.MigrationGrain()
            .BeginAsync(new MigrationRequest("old-model", null, null), await AdvanceContractRevisionAsync(grid), None),
                ErrorCodes.NotCalibrated);
    }

    [Fact]
    public async Task A_model_that_no_node_runs_any_more_stops_the_move_says_so_and_loses_nothing()
    {
        using var directory = new TemporaryDirectory();
        var models = new FakeEmbedders(96);
        await using GridCluster grid = await StartAsync(directory.Path, models);
        await EnrolAsync(grid, [models.Face("p0", crop: true)], first: 0);
        int turn = await AdvanceContractRevisionAsync(grid);
        models.Before = _ => throw new FaceGridException(ErrorCodes.ModelUnavailable, "Gone.");
        await grid.MigrationGrain().BeginAsync(new MigrationRequest("new-model", 0.5f, 0.5f), turn, None);
        models.HoldsNew = false;
        await Eventually.AssertAsync(async () => (await grid.MigrationGrain().GetMigrationAsync())!.Progress!.Problem.ShouldNotBeNull());
        MigrationInfo stuck = (await grid.MigrationGrain().GetMigrationAsync())!;
        (await Should.ThrowAsync<FaceGridException>(grid.MigrationGrain().SwitchAsync(stuck.ContractRevision, leave: true, None)))
            .Code.ShouldBe(ErrorCodes.MigrationNotReady);
        models.Before = static _ => Task.CompletedTask;
        models.HoldsNew = true;
        (await ReadyAsync(grid)).Progress.ShouldBe(new MigrationProgress(1, 1, 0, null));
    }

    private static async Task<GridCluster> StartAsync(string directory, FakeEmbedders models, int silos = 1, bool create = true)
    {
        GridCluster grid = await GridCluster.StartAsync(
            directory,
            options =>
            {
                options.ShardPeopleMax = 16;
                options.MapAge = TimeSpan.FromMinutes(1);
            },
            silos,
            embedders: models);
        if (create)
        {
            await grid.GalleryGrain()
                .PutAsync(new GallerySettings(FakeEmbedders.Old, 0.5f, 0.5f) { Enrolment = EnrolmentPolicy.None with { Crops = true } },
                    None);
        }

        return grid;
    }

    private static Task EnrolAsync(GridCluster grid, IEnumerable<NewFace> faces, int first) => Parallel.ForEachAsync(
        faces.Index(), async (face, _) =>
            (await grid.Person($"p{first + face.Index}").WriteAsync(new PersonWrite(null, null, [face.Item], false), None))
                .Searchable.ShouldBeTrue());

    private static async Task<int> AdvanceContractRevisionAsync(GridCluster grid) =>
        (await grid.GalleryGrain().GetMapAsync(None))!.ContractRevision;

    private static async Task BeginAsync(GridCluster grid) =>
        await grid.MigrationGrain()
            .BeginAsync(new MigrationRequest("new-model", 0.5f, 0.5f), await AdvanceContractRevisionAsync(grid), None);

    private static async Task<MigrationInfo> ReadyAsync(GridCluster grid)
    {
        await Eventually.AssertAsync(async () => (await grid.MigrationGrain().GetMigrationAsync())!.State.ShouldBe(MigrationState.Ready));
        return (await grid.MigrationGrain().GetMigrationAsync())!;
    }

    private static Task EndedAsync(GridCluster grid) =>
        Eventually.AssertAsync(async () => (await grid.MigrationGrain().GetMigrationAsync()).ShouldBeNull());

    // What was enrolled a moment before may be waited for.
    private static Task StepAsync(GridCluster grid, Func<IMigrationGrain, int, Task<MigrationInfo>> step) =>
        Eventually.AssertAsync(async () => await step(grid.MigrationGrain(), await AdvanceContractRevisionAsync(grid)));

    private static async Task RefusedAsync(Task step, string code) =>
        (await Should.ThrowAsync<FaceGridException>(step)).Code.ShouldBe(code);

    /// <summary>Asks as a gateway does: under the contract that the gallery searches, and again when that has changed meanwhile.</summary>
    private static async Task<IdentifyAnswer> AskAsync(GridCluster grid, FakeEmbedders models, string face)
    {
        while (true)
        {
            GalleryMap map = (await grid.GalleryGrain().GetMapAsync(None))!;
            Contract contract = map.Contract!;
            try
            {
                var probe = new Probe(
                    Vectors.ToBytes(FakeEmbedders.VectorOf(contract == models.New ? models.New : FakeEmbedders.Old, face)), contract.Id);
                return await grid.Grains.GetGrain<IIdentifyGrain>(0)
                    .IdentifyAsync(new IdentifyRequest(GridCluster.Gallery, [probe], 5, null, AllowPartial: false), None);
            }
            catch (FaceGridException mismatch) when (mismatch.Code == ErrorCodes.ContractMismatch)
            {
                // Then once more, under what is searched now.
                (await AdvanceContractRevisionAsync(grid)).ShouldBeGreaterThan(map.ContractRevision);
            }
        }
    }

    private static async Task<WriteResult> WriteAsync(GridCluster grid, FakeEmbedders models, string person, GalleryMap map)
    {
        while (true)
        {
            try
            {
                NewFace face = models.Face(person, old: map.Contract == FakeEmbedders.Old, both: map.Other is not null, crop: true);
                WriteResult written = await grid.Person(person).WriteAsync(new PersonWrite(null, null, [face], false), None);
                if (written.Searchable)
                {
                    return written;
                }

                // The gallery turned while it was on its way: the answer is 202, and a repeat brings what is wanted now.
                map = (await grid.GalleryGrain().GetMapAsync(None))!;
            }
            catch (FaceGridException mismatch) when (mismatch.Code == ErrorCodes.ContractMismatch)
            {
                map = (await grid.GalleryGrain().GetMapAsync(None))!;
            }
        }
    }

    private static async Task ShouldEqualPlainLoopAsync(GridCluster grid, Contract contract, int people)
    {
        (string Person, float[] Vector)[] all = [.. Enumerable.Range(0, people)
            .Select(i => ($"p{i}", FakeEmbedders.VectorOf(contract, $"p{i}")))];
        for (int probe = 0; probe < 20; probe++)
        {
            float[] asked = FakeEmbedders.VectorOf(contract, $"stranger {probe}");
            var expected = all.Select(one => (one.Person, Squared: Distance.Squared(asked, one.Vector)))
                .OrderBy(hit => hit.Squared).ThenBy(hit => hit.Person, StringComparer.Ordinal).Take(10)
                    .Select(hit => (hit.Person, MathF.Sqrt(hit.Squared)));
            var request = new IdentifyRequest(
                GridCluster.Gallery, [new Probe(Vectors.ToBytes(asked), contract.Id)], 10, null, AllowPartial: false);
            IdentifyAnswer answer = await grid.Grains.GetGrain<IIdentifyGrain>(0).IdentifyAsync(request, None);
            answer.Answers[0].Candidates.Select(candidate => (candidate.Person, candidate.Distance)).ShouldBe(expected);
            answer.People.ShouldBe(people);
        }
    }

    private static async IAsyncEnumerable<PersonState> RowsAsync(GridCluster grid)
    {
        await using ServiceProvider services = new ServiceCollection()
            .AddSerializer(serializer => serializer.AddAssembly(typeof(PersonState).Assembly)).BuildServiceProvider();
        var serializer = services.GetRequiredService<Serializer<PersonState>>();
        await foreach (GrainRow row in grid.Database.ReadRangeAsync(StateNames.Person, "", "~", None))
        {
            yield return serializer.Deserialize(row.Payload)!;
        }
    }
}
