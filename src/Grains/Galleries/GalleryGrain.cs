using FaceGrid.Abstractions.Cluster;
using FaceGrid.Abstractions.Embedding;
using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.Galleries;
using FaceGrid.Abstractions.Search;
using FaceGrid.Grains.Cluster;
using FaceGrid.Grains.People;
using FaceGrid.Grains.Placement;
using FaceGrid.Grains.Shards;
using FaceGrid.Grains.Storage;
using FaceGrid.Storage;
using FaceGrid.Storage.Sightings;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FaceGrid.Grains.Galleries;

/// <inheritdoc cref="IGalleryGrain"/>
[RequireRole(Roles.People)]
[GrainType("gallery")]
public sealed class GalleryGrain : Grain, IGalleryGrain, IMigrationGrain, INeedsSiloLease
{
    private static readonly TimeSpan GrowthRetry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan DeletionRetry = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan MigrationPeriod = TimeSpan.FromSeconds(1);

    private readonly SiloLease _lease;
    private readonly IGrainRows _rows;
    private readonly GridOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly long _madeAt; // Before the row is read.
    private readonly string _gallery;
    private readonly GalleryRow _row;
    private readonly GalleryShards _shards;
    private readonly GalleryBinding _binding;
    private readonly GalleryGrowth _growth;
    private readonly GalleryAlikeness _alikeness;
    private readonly GalleryDeletion _deletion;
    private readonly MigrationWork _migrationWork;
    private readonly GalleryMigration _migration;
    private bool _wantsToGrow;
    private IGrainTimer? _growthTimer, _deletionTimer, _migrationTimer;

    /// <summary>Made by Orleans, once per activation.</summary>
    /// <param name="row">The gallery's row.</param>
    /// <param name="lease">Whether this silo may speak.</param>
    /// <param name="rows">Rows of the people.</param>
    /// <param name="sightings">Sightings of the people.</param>
    /// <param name="crops">Kept cut-outs.</param>
    /// <param name="reader">Reads rows of people.</param>
    /// <param name="options">Settings.</param>
    /// <param name="time">Clock.</param>
    /// <param name="logger">Log.</param>
    public GalleryGrain(
        [PersistentState(StateNames.Gallery, StateNames.Provider)] IPersistentState<GalleryState> row,
        SiloLease lease,
        IGrainRows rows,
        ISightingRows sightings,
        CropRows crops,
        PersonRowReader reader,
        IOptions<GridOptions> options,
        TimeProvider time,
        ILogger<GalleryGrain> logger)
    {
        (_lease, _rows, _options, _time, _logger, _madeAt) = (lease, rows, options.Value, time, logger, time.GetTimestamp());
        _gallery = this.GetPrimaryKeyString()[IGalleryGrain.KeyOf("").Length..];
        _row = new GalleryRow(row, this.DeactivateOnIdle);
        _shards = new GalleryShards(_gallery, key => GrainFactory.GetGrain<IShardGrain>(key.ToString()));
        var embedders = new GalleryEmbedders(
            () => GrainFactory.GetGrain<IClusterGrain>(0), node => GrainFactory.GetGrain<IEmbedderGrain>(node));
        _binding = new GalleryBinding(embedders);
        _growth = new GalleryGrowth(_gallery, _row, _shards, _options, time, logger);
        _alikeness = new GalleryAlikeness(_gallery, _row, _shards, embedders, () => IIdentifyGrain.Any(GrainFactory), OnTurn, logger);
        _deletion = new GalleryDeletion(_gallery, _row, _shards, rows, sightings, crops, _options.MapAge, time, logger);
        var passes = new MigrationPasses(
            _gallery, rows, reader, crops, embedders.EmbedAsync, key => GrainFactory.GetGrain<IPersonPeerGrain>(key));
        _migrationWork = new MigrationWork(_gallery, _row, passes, EndMigrationOnTurn, time, logger);
        _migration = new GalleryMigration(
            _row, _shards, embedders, _migrationWork, ResumeMigration, time, step => GalleryLog.Migration(logger, _gallery, step));
    }

    /// <inheritdoc/>
    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        if (await _lease.WaitForExpiredLeasesAsync(_madeAt, cancellationToken))
        {
            await _row.ReadAsync(cancellationToken);
        }

        _row.Publish();
        TimeSpan period = _options.LookAroundPeriod;
        this.RegisterGrainTimer(_alikeness.RunAsync, new GrainTimerCreationOptions(period, period) { Interleave = true });
        if (_row.IsDeleting)
        {
            // On a turn of its own: the shards ask this grain for its map, which it cannot give before it is active.
            ResumeDeletionLater(TimeSpan.Zero);
        }

        if (_row.State.NextLevel is not null)
        {
            await GrowAsync(_row.State.Level);
        }

        ResumeMigration();
    }

    /// <inheritdoc/>
    public async Task<(GalleryInfo Gallery, bool Created)> PutAsync(GallerySettings settings, CancellationToken cancellationToken)
    {
        GalleryRules.Check(settings, _options.PersonFacesMax);
        await FinishDeletionAsync(cancellationToken);
        bool created = _row.Map is null;
        GalleryState next = created ? new GalleryState { Epoch = Guid.NewGuid(), CreatedAt = _time.GetUtcNow() } : _row.State.Copy();
        if (settings.Contract is not null && next.Contract is not null && next.Contract != settings.Contract)
        {
            throw new FaceGridException(ErrorCodes.ContractMismatch, $"The gallery is bound to contract '{next.Contract.Id}'.");
        }

        if (settings.Contract is not null && next.Contract is null)
        {
            await _binding.BindAsync(next, settings.Contract, isNew: created, cancellationToken);
        }

        GalleryRules.Decide(next, settings);
        if (settings.Policy is { } policy)
        {
            await _binding.RequireCarriedAsync(
                next, policy, async () => created ? 0 : await CountPeopleAsync(cancellationToken), cancellationToken);
        }

        next.Pad = settings.Pad?.Over(next.Pad) ?? next.Pad;
        next.Enrolment = settings.Enrolment?.Over(next.Enrolment) ?? next.Enrolment;
        await _row.SaveAsync(next);
        if (settings.Enrolment?.Crops == false)
        {
            await _deletion.EraseCropsAsync(cancellationToken);
        }

        return (Info(people: null, faces: null), created);
    }

    /// <inheritdoc/>
    public async Task<GalleryInfo?> GetAsync(CancellationToken cancellationToken)
    {
        long start = _time.GetTimestamp();
        while (await GetMapAsync(cancellationToken) is { } map)
        {
            ShardInfo?[] shards = await Task.WhenAll(_shards.At(map.Level).Select(shard =>
                shard.DescribeAsync().WaitAsync(_options.SearchDeadline, _time, cancellationToken)));
            if (!Array.Exists(shards, shard => shard is null))
            {
                return Info(shards.Sum(shard => shard!.People), shards.Sum(shard => shard!.Templates));
            }

            // A shard of a level that has just been left.
            if (_time.GetElapsedTime(start) > _options.SearchDeadline)
            {
                throw new FaceGridException(ErrorCodes.ShardsMissing, "The gallery is being rearranged; try again.");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), _time, cancellationToken);
        }

        return null;
    }

    /// <inheritdoc/>
    public async Task<bool> DeleteAsync(Guid? life, CancellationToken cancellationToken)
    {
        if (!_row.RecordExists)
        {
            await _rows.EraseFreePagesAsync(cancellationToken); // An earlier delete may have ended between its rows and this.
            return false;
        }

        if (life is { } meant && meant != _row.State.Epoch)
        {
            return false;
        }

        if (!_row.IsDeleting)
        {
            await _deletion.BeginAsync();
        }

        try
        {
            await FinishDeletionAsync(CancellationToken.None);
        }
        catch
        {
            ResumeDeletionLater(DeletionRetry);
            throw;
        }

        return true;
    }

    /// <inheritdoc/>
    public Task<GalleryMap?> GetMapAsync(CancellationToken cancellationToken) => _row.GetMapAsync(cancellationToken);

    /// <inheritdoc/>
    public Task<GalleryMap?> GetShardMapAsync() => Task.FromResult(_row.MapOfShards);

    /// <inheritdoc/>
    public async Task<GalleryMap> BindAsync(Contract contract, CancellationToken cancellationToken)
    {
        GalleryMap map = _row.Map ?? throw new FaceGridException(ErrorCodes.GalleryNotFound, "There is no such gallery.");
        if (map.Contract is not null)
        {
            return map;
        }

        if (!GalleryRules.Fits(contract))
        {
            throw new FaceGridException(
                ErrorCodes.WrongDimension,
                "A gallery holds vectors of 32 to 2,048 numbers, under a contract id of at most 128 characters.");
        }

        GalleryState next = _row.State.Copy();
        await _binding.BindAsync(next, contract, isNew: false, cancellationToken);
        await _row.SaveAsync(next);
        return _row.Map!;
    }

    /// <inheritdoc/>
    public Task GrowAsync(int fromLevel)
    {
        if (_row.Map is not null && fromLevel == _row.State.Level && !_wantsToGrow)
        {
            _wantsToGrow = true;
            _growthTimer ??= this.RegisterGrainTimer(
                GrowOnTurnAsync, new GrainTimerCreationOptions(TimeSpan.Zero, GrowthRetry) { KeepAlive = true });
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<MigrationInfo> BeginAsync(MigrationRequest request, int contractRevision, CancellationToken cancellationToken) =>
        _migration.BeginAsync(request, contractRevision, () => CountPeopleAsync(cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public Task<MigrationInfo?> GetMigrationAsync() => Task.FromResult(_row.Map is null ? null : _migration.Info);

    /// <inheritdoc/>
    public Task<MigrationInfo> SwitchAsync(int contractRevision, bool leave, CancellationToken cancellationToken) =>
        _migration.SwitchAsync(contractRevision, leave, cancellationToken);

    /// <inheritdoc/>
    public Task<MigrationInfo> RollBackAsync(int contractRevision, bool leave, CancellationToken cancellationToken) =>
        _migration.RollBackAsync(contractRevision, leave, cancellationToken);

    /// <inheritdoc/>
    public Task<MigrationInfo> FinishAsync(int contractRevision, bool switched, CancellationToken cancellationToken) =>
        _migration.FinishAsync(contractRevision, switched);

    private async Task<long> CountPeopleAsync(CancellationToken cancellationToken) => (await GetAsync(cancellationToken))?.People ?? 0;

    private GalleryInfo Info(long? people, long? faces) =>
        GalleryViews.InfoOf(_gallery, _row.State, people) with { Faces = faces, Migration = _migration.Info };

    // Not interleaved: changes of settings wait, maps and counts do not.
    private async Task GrowOnTurnAsync(CancellationToken cancellationToken)
    {
        try
        {
            // A gallery that was deleted meanwhile wants nothing, and neither does another that gets its name.
            while (_row.Map is not null && await _growth.GrowAsync())
            {
            }

            _wantsToGrow = false;
            _growthTimer?.Dispose();
            _growthTimer = null;
        }
        catch (Exception failure)
        {
            GridMetrics.GrowthFailures.Add(1);
            GalleryLog.GrowthFailed(_logger, _gallery, failure);
        }
    }

    private void ResumeMigration()
    {
        if (_row.State.Migration is null || _row.IsDeleting)
        {
            _migrationTimer?.Dispose();
            _migrationTimer = null;
            _migrationWork.Forget();
            return;
        }

        _migrationWork.Hurry();
        _migrationTimer ??= this.RegisterGrainTimer(
            _migrationWork.RunAsync,
            new GrainTimerCreationOptions(TimeSpan.Zero, MigrationPeriod) { Interleave = true, KeepAlive = true });
    }

    private void EndMigrationOnTurn(GalleryMap seen) => OnTurn(() => _migration.EndAsync(seen));

    /// <summary>Runs something on a turn of its own: nothing else is writing the row then.</summary>
    private void OnTurn(Func<Task> run) => this.RegisterGrainTimer(
        _ => run(), new GrainTimerCreationOptions(TimeSpan.Zero, Timeout.InfiniteTimeSpan));

    private async Task FinishDeletionAsync(CancellationToken cancellationToken)
    {
        if (await _deletion.FinishAsync(cancellationToken))
        {
            ResumeMigration(); // Ends its work: there is nobody left to migrate.
        }
    }

    private void ResumeDeletionLater(TimeSpan wait) => _deletionTimer ??= this.RegisterGrainTimer(
        ResumeDeletionAsync, new GrainTimerCreationOptions(wait, DeletionRetry) { KeepAlive = true });

    private async Task ResumeDeletionAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _row.ReadAsync(cancellationToken); // What broke off before may have changed the row.
            await FinishDeletionAsync(cancellationToken);
            _deletionTimer?.Dispose();
            _deletionTimer = null;
        }
        catch (Exception failure)
        {
            GalleryLog.DeletionFailed(_logger, _gallery, failure);
        }
    }
}
