using System.Diagnostics.CodeAnalysis;
using FaceGrid.Abstractions.Cluster;
using FaceGrid.Abstractions.Galleries;
using FaceGrid.Abstractions.People;
using FaceGrid.Abstractions.Search;
using FaceGrid.Grains.Cluster;
using FaceGrid.Grains.Placement;
using FaceGrid.Grains.Shards;
using FaceGrid.Grains.Storage;
using FaceGrid.Search;
using FaceGrid.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Placement;

namespace FaceGrid.Grains.Search;

/// <inheritdoc cref="IShardGrain"/>
[KeepAlive]
[Immovable]
[ShardPlacement]
[RequireRole(Roles.Shards)]
[GrainType("shard")]
public sealed class ShardGrain : Grain, IShardGrain, INeedsSiloLease, IDisposable
{
    // How long a shard that is not wanted stays to tell callers that their map is old; leaving at once would only bring them back.
    private static readonly TimeSpan RefusingTime = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource _leaving = new();
    private readonly ShardPlaces _places;
    private readonly LocalShards _local;
    private readonly SiloLease _lease;
    private readonly SiloAddress _silo;
    private readonly GridOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ShardKey _key;
    private readonly ShardContents _contents;
    private readonly ShardRows _rows;
    private readonly ShardSelfCheck _selfCheck;
    private int? _forwardTo;
    private long _asked, _adopted;

    /// <summary>Made by Orleans, once per activation.</summary>
    /// <param name="rows">Rows of people.</param>
    /// <param name="reader">Reads them.</param>
    /// <param name="scans">Scans memory.</param>
    /// <param name="places">Where shards belong.</param>
    /// <param name="local">The shards of this silo.</param>
    /// <param name="lease">Whether this silo may speak.</param>
    /// <param name="silo">This silo.</param>
    /// <param name="options">Settings.</param>
    /// <param name="time">Clock.</param>
    /// <param name="logger">Log.</param>
    public ShardGrain(
        IGrainRows rows,
        PersonRowReader reader,
        ScanPool scans,
        ShardPlaces places,
        LocalShards local,
        SiloLease lease,
        ILocalSiloDetails silo,
        IOptions<GridOptions> options,
        TimeProvider time,
        ILogger<ShardGrain> logger)
    {
        (_places, _local, _lease, _silo) = (places, local, lease, silo.SiloAddress);
        (_options, _time, _logger) = (options.Value, time, logger);
        _key = ShardKey.Parse(this.GetPrimaryKeyString());
        _contents = new ShardContents(scans, time);
        _rows = new ShardRows(_key, rows, reader, _contents);
        _selfCheck = new ShardSelfCheck(_key.ToString(), _rows, _contents, _leaving.Token, time, logger);
    }

    private IGalleryGrain Gallery => GrainFactory.GetGrain<IGalleryGrain>(IGalleryGrain.KeyOf(_key.Gallery));

    /// <summary>Loads the shard from its rows. Nothing is answered before that: a shard never answers as empty because it is new.</summary>
    /// <param name="cancellationToken">Ends the loading; the next call activates the shard anew.</param>
    /// <returns>When loaded.</returns>
    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        await _lease.WaitForExpiredLeasesAsync(_time.GetTimestamp(), cancellationToken);
        GalleryMap? map = await Gallery.GetShardMapAsync();
        if (!Serves(map))
        {
            _contents.Retire();
            this.RegisterGrainTimer(LeaveAsync, new GrainTimerCreationOptions(RefusingTime, Timeout.InfiniteTimeSpan));
            return;
        }

        _contents.Adopt(map);
        _forwardTo = _key.Level == map.Level ? map.NextLevel : null;
        await LoadAsync(cancellationToken);
        _local.Add(_key);
        TimeSpan first = _options.SelfCheckPeriod * (0.5 + Random.Shared.NextDouble());
        this.RegisterGrainTimer(_selfCheck.RunAsync, new GrainTimerCreationOptions(first, _options.SelfCheckPeriod) { Interleave = true });
        GrowIfFull();
    }

    /// <summary>A silo that stops hands its shards over instead of leaving them to be missed.</summary>
    /// <param name="reason">Why.</param>
    /// <param name="cancellationToken">Not used.</param>
    /// <returns>When done.</returns>
    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _local.Remove(_key);
        if (reason.ReasonCode == DeactivationReasonCode.ShuttingDown && !_contents.IsRetired
            && Array.Exists(_places.Silos, other => !other.Equals(_silo)))
        {
            this.MigrateOnIdle();
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task MoveAsync()
    {
        this.MigrateOnIdle();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task<ApplyReply> ApplyAsync(PersonEntry entry, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!await IsCurrentAsync(entry.Epoch, entry.ContractRevision))
        {
            return new ApplyReply(ShardStatus.WrongMap, 0);
        }

        if (!_contents.Apply(entry))
        {
            return new ApplyReply(ShardStatus.Superseded, _contents.Index.RevisionOf(entry.Person));
        }

        GrowIfFull();
        if (_forwardTo is { } level)
        {
            ShardKey child = ShardKey.Of(_key.Gallery, level, PersonKey.Of(_key.Gallery, entry.Person).Slot);
            return await GrainFactory.GetGrain<IShardGrain>(child.ToString()).ApplyAsync(entry, cancellationToken);
        }

        return new ApplyReply(ShardStatus.Ok, entry.Revision);
    }

    /// <inheritdoc/>
    public async Task<ShardAnswer> SearchAsync(ShardQuery query, CancellationToken cancellationToken) =>
        await IsCurrentAsync(query.Epoch, query.ContractRevision)
            ? await _contents.SearchAsync(query, cancellationToken)
            : ShardAnswer.WrongMap;

    /// <inheritdoc/>
    public Task ForwardAsync(int nextLevel)
    {
        _forwardTo = nextLevel;
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task RetireAsync()
    {
        _contents.Retire();
        _local.Remove(_key);
        _leaving.Cancel(); // A self-check in mid-wait would hold up the calls that must learn that this shard is gone.
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task RefreshAsync() => ReadMapAsync();

    /// <inheritdoc/>
    public async Task<ShardAudit?> AuditAsync(string contract)
    {
        if (_contents.IsRetired)
        {
            return null;
        }

        long people = 0, lacking = 0;
        List<string> differing = await _rows.DifferingAsync(_leaving.Token, state =>
        {
            people++;
            lacking += state.Faces.Exists(face => state.VectorOf(face, contract) is null) ? 1 : 0;
        });
        foreach (string person in differing)
        {
            // Mostly a write between its row and this shard, which arrives as well and changes nothing then.
            await _rows.RepairAsync(person, _leaving.Token);
        }

        return _contents.IsRetired ? null : new ShardAudit(people, lacking);
    }

    /// <inheritdoc/>
    public Task<ShardInfo?> DescribeAsync() => Task.FromResult(_contents.IsRetired ? null : new ShardInfo(
        _key.Gallery,
        _key.Level,
        _key.Index,
        _silo.ToParsableString(),
        _contents.Index.People,
        _contents.Index.Templates,
        _contents.Bytes));

    /// <inheritdoc/>
    public Task<ShardSample> SampleAsync(Guid epoch, int count) => _rows.SampleAsync(epoch, count, _leaving.Token);

    /// <inheritdoc/>
    public void Dispose()
    {
        _contents.Dispose();
        _leaving.Dispose();
    }

    private async Task LoadAsync(CancellationToken cancellationToken)
    {
        long start = _time.GetTimestamp();
        int unfit = await _rows.LoadAsync(cancellationToken);
        if (unfit > 0)
        {
            ShardLog.Unfit(_logger, _key.ToString(), unfit);
        }

        TimeSpan took = _time.GetElapsedTime(start);
        GridMetrics.ShardLoad.Record(took.TotalSeconds);
        ShardMetrics.Watch(_contents.Index);
        ShardLog.Loaded(_logger, _key.ToString(), _contents.Index.People, _contents.Index.Templates, took.TotalMilliseconds);
    }

    /// <summary>Whether this shard and the caller live at the same level, in the same life and contract revision of the gallery.</summary>
    private async ValueTask<bool> IsCurrentAsync(Guid epoch, int contractRevision)
    {
        if (Agrees())
        {
            return true;
        }

        GalleryMap? map = await ReadMapAsync();
        bool changed = _contents.IsRetired ? Serves(map) : map?.Epoch != _contents.Map.Epoch;
        if (changed)
        {
            await RetireAsync(); // The next activation starts from the map of today.
        }

        return Agrees();

        bool Agrees() => !_contents.IsRetired && epoch == _contents.Map.Epoch && contractRevision == _contents.Map.ContractRevision;
    }

    /// <summary>Asks the gallery for its map and follows it. Of several answers the one to the latest question counts.</summary>
    private async Task<GalleryMap?> ReadMapAsync()
    {
        long asked = ++_asked;
        GalleryMap? map = await Gallery.GetShardMapAsync();
        if (!_contents.IsRetired && asked > _adopted && map is not null && map.Epoch == _contents.Map.Epoch)
        {
            _adopted = asked;
            _contents.Adopt(map);
        }

        return map;
    }

    private bool Serves([NotNullWhen(true)] GalleryMap? map) =>
        map is not null && (_key.Level == map.Level || _key.Level == map.NextLevel);

    private void GrowIfFull()
    {
        if (_options.IsFull(_contents.Index.People, _contents.Index.Templates) && _forwardTo is null && _key.Level < ShardKey.LevelMax)
        {
            Gallery.GrowAsync(_key.Level).Ignore();
        }
    }

    private Task LeaveAsync(CancellationToken cancellationToken)
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }
}
