using FaceGrid.Abstractions.Cluster;
using FaceGrid.Abstractions.Embedding;
using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.Galleries;
using FaceGrid.Abstractions.Search;
using FaceGrid.Grains;
using FaceGrid.Grains.Galleries;
using FaceGrid.Grains.Shards;
using FaceGrid.Grains.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Grid;

/// <summary>
/// Goal: growth and migration change row, shards and maps in the order that keeps every answer exact. Method: a row and shards that write
/// down what is asked of them, and whether a map can be had meanwhile.
/// </summary>
public sealed class GalleryChangeTests
{
    private static readonly Contract Old = new("old@0123456789abcdef", 64), New = new("new@0123456789abcdef", 64);
    private readonly List<string> _log = [];
    private readonly FakeRow _stored;
    private readonly GalleryRow _row;
    private readonly Dictionary<ShardKey, FakeShard> _known = [];
    private readonly GalleryShards _shards;
    private readonly FakeTimeProvider _time = new();
    private readonly Passes _passes = new();
    private readonly MigrationWork _work;
    private readonly GalleryMigration _migration;
    private int _abandoned, _advanced;

    public GalleryChangeTests()
    {
        _stored = new FakeRow(Note) { State = { Epoch = Guid.NewGuid(), Contract = Old } };
        _row = new GalleryRow(_stored, () => _abandoned++);
        _row.Publish();
        _shards = new GalleryShards("g", Shard);
        var second = new EmbedderInfo("new", "d", "cpu", New, 0, null, null);
        var info = new EmbedderInfo("old", "d", "cpu", Old, 0, null, null) { Next = second };
        var embedders = new GalleryEmbedders(() => new Cluster(info), _ => throw new NotSupportedException());
        _work = new MigrationWork("g", _row, _passes, map => Note($"tidied at {map.ContractRevision}"), _time, NullLogger.Instance);
        _migration = new GalleryMigration(_row, _shards, embedders, _work, () => _advanced++, _time, Note);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Growth_ChangesRowShardsAndMapInOrder()
    {
        (await GrowAsync()).ShouldBeFalse();
        _log.ShouldBe(
        [
            "row says level 0, next 1, revision 0",
            "g/0/0 forwards to 1",
            "g/1/0 loads",
            "g/1/1 loads",
            "g/0/0 retires, map withheld, shards told level 1",
            "row says level 1, next none, revision 0, map withheld, shards told level 1",
        ]);
        (_row.Map!.Level, _row.Map.NextLevel, _row.MapOfShards).ShouldBe((1, null, _row.Map));
    }

    [Fact]
    public async Task Growth_ThatBrokeOff_GoesOnWithTheSameLevel()
    {
        _stored.State.NextLevel = 1;
        _row.Publish();
        await GrowAsync();
        _log[0].ShouldBe("g/0/0 forwards to 1");
        _row.State.Level.ShouldBe(1);
    }

    [Fact]
    public async Task Growth_NewShardIsNotWanted_LeavesTheOldLevelInForce()
    {
        Shard(new ShardKey("g", 1, 1)).People = null;
        (await Should.ThrowAsync<FaceGridException>(GrowAsync)).Code.ShouldBe(ErrorCodes.ShardsMissing);
        (_row.Map!.Level, _row.Map.NextLevel).ShouldBe((0, 1));
        _log.ShouldNotContain(line => line.Contains("retires", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Growth_NewShardIsFull_SaysSo()
    {
        Shard(new ShardKey("g", 1, 1)).People = 17;
        (await GrowAsync()).ShouldBeTrue();
    }

    [Fact]
    public async Task Row_WriteFails_MapIsThatOfBeforeAndGrainIsAbandoned()
    {
        GalleryMap before = _row.Map!;
        _stored.Failure = new InvalidOperationException("away");
        GalleryState next = _row.State.Copy();
        next.Level = 3;
        await Should.ThrowAsync<InvalidOperationException>(
            () => _row.WithholdMapAsync(before with { Level = 3 }, () => _row.SaveAsync(next)));
        (await _row.GetMapAsync(Cancel), _row.MapOfShards, _abandoned).ShouldBe((before, before, 1));
    }

    [Fact]
    public async Task Row_MapIsWithheld_WaitersGetTheNextOne()
    {
        var change = new TaskCompletionSource();
        Task changing = _row.WithholdMapAsync(_row.Map! with { Level = 1 }, async () =>
        {
            await change.Task;
            GalleryState next = _row.State.Copy();
            next.Level = 1;
            await _row.SaveAsync(next);
        });
        Task<GalleryMap?> waiting = _row.GetMapAsync(Cancel);
        (waiting.IsCompleted, _row.MapOfShards!.Level, _row.Map!.Level).ShouldBe((false, 1, 0));
        change.SetResult();
        await changing;
        (await waiting)!.Level.ShouldBe(1);
    }

    [Fact]
    public async Task Migration_EachStep_TellsTheShardsBeforeTheRow()
    {
        MigrationInfo begun = await _migration.BeginAsync(new MigrationRequest("new", null, null), 0, () => Task.FromResult(1L), Cancel);
        (begun.State, begun.From, begun.To, begun.ContractRevision).ShouldBe((MigrationState.Filling, Old, New, 1));
        _log.ShouldBe(
        [
            "g/0/0 refreshes, map withheld, shards told revision 1",
            "row says level 0, next none, revision 1, map withheld, shards told revision 1",
            "begun",
        ]);
        (_row.Map!.Contract, _row.Map.Other, _advanced).ShouldBe((Old, New, 1));

        await _migration.SwitchAsync(1, leave: false, Cancel);
        (_row.Map.Contract, _row.Map.Other, _row.Map.NamesNeeded).ShouldBe((New, Old, true));
        await _migration.RollBackAsync(2, leave: false, Cancel);
        (_row.Map.Contract, _row.Map.Other).ShouldBe((Old, New));
        await _migration.SwitchAsync(3, leave: false, Cancel);
        (await _migration.FinishAsync(4, switched: true)).State.ShouldBe(MigrationState.Finishing);
        (_row.Map.Contract, _row.Map.Other).ShouldBe((New, null));
        _passes.IsTidy = true;
        await _work.RunAsync(Cancel);
        _log[^1].ShouldBe("tidied at 5");
        await _migration.EndAsync(_row.Map);
        (_row.State.Migration, _migration.Info, _advanced).ShouldBe((null, null, 6));
    }

    [Fact]
    public async Task Migration_LateStep_IsRefused()
    {
        await BeginAsync();
        (await CodeAsync(() => _migration.SwitchAsync(0, leave: false, Cancel))).ShouldBe(ErrorCodes.MigrationConflict);
        (await CodeAsync(() => _migration.FinishAsync(1, switched: true))).ShouldBe(ErrorCodes.MigrationConflict);
        GalleryMap seen = _row.Map!;
        await _migration.FinishAsync(1, switched: false);
        await _migration.EndAsync(seen);
        _row.State.Migration.ShouldNotBeNull("the end of another revision changes nothing");
    }

    [Fact]
    public async Task Migration_PeopleLackVectors_IsSwitchedOnlyWhenTheyMayBeLeft()
    {
        await BeginAsync();
        Shard(new ShardKey("g", 0, 0)).Audit = new ShardAudit(3, 2);
        (await CodeAsync(() => _migration.SwitchAsync(1, leave: true, Cancel))).ShouldBe(ErrorCodes.MigrationNotReady);
        await _work.RunAsync(Cancel); // A pass that makes nothing: nothing more can be made.
        _migration.Info!.State.ShouldBe(MigrationState.Ready);
        (await CodeAsync(() => _migration.SwitchAsync(1, leave: false, Cancel))).ShouldBe(ErrorCodes.PeopleLacking);
        (await _migration.SwitchAsync(1, leave: true, Cancel)).State.ShouldBe(MigrationState.Switched);
    }

    [Fact]
    public async Task Migration_ShardOfAnotherLevel_IsNotSwitched()
    {
        await BeginAsync();
        Shard(new ShardKey("g", 0, 0)).Audit = null;
        (await CodeAsync(() => _migration.SwitchAsync(1, leave: true, Cancel))).ShouldBe(ErrorCodes.ShardsMissing);
        _row.Map!.Contract.ShouldBe(Old);
    }

    [Fact]
    public async Task Work_NothingMoreToMake_RestsBeforeTheNextPass()
    {
        await BeginAsync();
        _passes.Made = true;
        await _work.RunAsync(Cancel);
        _work.Report!.Complete.ShouldBeFalse();
        _passes.Made = false;
        await _work.RunAsync(Cancel);
        (_passes.Filled, _work.Report!.Complete).ShouldBe((2, true));
        _time.Advance(TimeSpan.FromSeconds(4));
        await _work.RunAsync(Cancel);
        _passes.Filled.ShouldBe(2);
        _work.Hurry();
        await _work.RunAsync(Cancel);
        _passes.Filled.ShouldBe(3);
        _time.Advance(TimeSpan.FromSeconds(6));
        await _work.RunAsync(Cancel);
        _passes.Filled.ShouldBe(4);
    }

    [Fact]
    public async Task Work_EmbedderIsMissing_SaysSoAndIsNotReady()
    {
        await BeginAsync();
        await _work.RunAsync(Cancel);
        _work.Hurry();
        _passes.Failure = new FaceGridException(ErrorCodes.ModelUnavailable, "No embedder.");
        await _work.RunAsync(Cancel);
        (_work.Report!.Progress.Problem, _work.Report.Complete).ShouldBe(("No embedder.", false));
        _migration.Info!.State.ShouldBe(MigrationState.Filling);
    }

    private Task<bool> GrowAsync() =>
        new GalleryGrowth("g", _row, _shards, new GridOptions { ShardPeopleMax = 16 }, _time, NullLogger.Instance).GrowAsync();

    private Task BeginAsync() => _migration.BeginAsync(new MigrationRequest("new", null, null), 0, () => Task.FromResult(1L), Cancel);

    private static async Task<string> CodeAsync(Func<Task> call) => (await Should.ThrowAsync<FaceGridException>(call)).Code;

    private FakeShard Shard(ShardKey key)
    {
        if (!_known.TryGetValue(key, out FakeShard? shard))
        {
            _known.Add(key, shard = new FakeShard(key, Note));
        }

        return shard;
    }

    /// <summary>Writes a line down, with what others can learn of the gallery at that moment.</summary>
    private void Note(string line)
    {
        bool withheld = _row is not null && !_row.GetMapAsync(CancellationToken.None).IsCompleted;
        string told = _row?.MapOfShards is not { } map ? ""
            : map.Level != _row.Map?.Level ? $"level {map.Level}"
            : $"revision {map.ContractRevision}";
        _log.Add(withheld ? $"{line}, map withheld, shards told {told}" : line);
    }

    private sealed class Passes : IMigrationPasses
    {
        public bool Made { get; set; }

        public bool IsTidy { get; set; }

        public Exception? Failure { get; set; }

        public int Filled { get; private set; }

        public Task<(MigrationProgress Found, bool Made)> FillAsync(
            GalleryMap map, Contract contract, Action<MigrationProgress> note, CancellationToken cancellationToken)
        {
            Filled++;
            return Failure is { } failure ? throw failure : Task.FromResult((new MigrationProgress(3, 1, 2, null), Made));
        }

        public Task<bool> TidyAsync(GalleryMap map, CancellationToken cancellationToken) => Task.FromResult(IsTidy);
    }

    private sealed class Cluster(EmbedderInfo embedder) : IClusterGrain
    {
        public Task<NodeInfo[]> GetNodesAsync() => throw new NotSupportedException();

        public Task<ClusterInfo> GetEmbeddersAsync(CancellationToken cancellationToken) =>
            Task.FromResult(new ClusterInfo([], [], new Dictionary<string, EmbedderInfo> { ["node"] = embedder }, "scalar"));

        public Task<ClusterInfo> GetAsync(CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
