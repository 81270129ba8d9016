using FaceGrid.Abstractions.Cluster;
using FaceGrid.Abstractions.Embedding;
using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.Galleries;
using FaceGrid.Abstractions.People;
using FaceGrid.Abstractions.Search;
using FaceGrid.Grains.Cluster;
using FaceGrid.Grains.Maps;
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
public sealed partial class GalleryGrain(
    [PersistentState(StateNames.Gallery, StateNames.Provider)] IPersistentState<GalleryState> row,
    SiloLease lease,
    IGrainRows rows,
    ISightingRows sightings,
    CropRows crops,
    PersonRowReader reader,
    IOptions<GridOptions> options,
    TimeProvider time,
    ILogger<GalleryGrain> logger) : Grain, IGalleryGrain, IMigrationGrain, INeedsSiloLease
{
    private readonly long _made = time.GetTimestamp(); // Before the row is read.
    private string _gallery = "";
    private GalleryMap? _map;
    private TaskCompletionSource? _switching;
    private GalleryMap? _switchingTo;
    private bool _wantsToGrow;
    private IGrainTimer? _growth;
    private IGrainTimer? _deletion;

    /// <inheritdoc/>
    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _gallery = this.GetPrimaryKeyString()[IGalleryGrain.KeyOf("").Length..];
        if (await lease.WaitForExpiredLeasesAsync(_made, cancellationToken))
        {
            await row.ReadStateAsync(cancellationToken);
        }

        Publish();
        LookAround();
        if (IsDeleting)
        {
            // On a turn of its own: the shards ask this grain for its map, which it cannot give before it is active.
            ResumeDeletionLater(TimeSpan.Zero);
        }

        if (row.State.NextLevel is not null)
        {
            await GrowAsync(row.State.Level);
        }

        MoveOn();
    }

    /// <inheritdoc/>
    public async Task<(GalleryInfo Gallery, bool Created)> PutAsync(GallerySettings settings, CancellationToken cancellationToken)
    {
        Check(settings);
        Check(settings.Enrolment, options.Value.PersonFacesMax);
        await FinishDeletionAsync(cancellationToken);
        GalleryState now = row.State;
        bool created = _map is null;
        GalleryState next = created
            ? new GalleryState { Epoch = Guid.NewGuid(), CreatedAt = time.GetUtcNow() }
            : now.Copy();
        if (settings.Contract is not null && next.Contract is not null && next.Contract != settings.Contract)
        {
            throw new FaceGridException(ErrorCodes.ContractMismatch, $"The gallery is bound to contract '{next.Contract.Id}'.");
        }

        if (settings.Contract is not null && next.Contract is null)
        {
            await BindAsync(next, settings.Contract, cancellationToken);
        }

        Decide(next, settings);
        if (settings.Policy is { } policy)
        {
            await RequireCarriedAsync(next, policy, cancellationToken);
        }

        next.Pad = settings.Pad?.Over(next.Pad) ?? next.Pad;
        next.Enrolment = settings.Enrolment?.Over(next.Enrolment) ?? next.Enrolment;
        await SaveAsync(next);
        if (settings.Enrolment?.Crops == false)
        {
            await EraseCropsAsync(cancellationToken);
        }

        return (Info(null, null), created);
    }

    /// <inheritdoc/>
    public async Task<GalleryInfo?> GetAsync(CancellationToken cancellationToken)
    {
        long start = time.GetTimestamp();
        while (await GetMapAsync(cancellationToken) is { } map)
        {
            ShardInfo?[] shards = await Task.WhenAll(ShardsOf(map.Level).Select(shard => shard.DescribeAsync().WaitAsync(options.Value.SearchDeadline, time, cancellationToken)));
            if (!Array.Exists(shards, shard => shard is null))
            {
                return Info(shards.Sum(shard => shard!.People), shards.Sum(shard => shard!.Templates));
            }

            // A shard of a level that has just been left.
            if (time.GetElapsedTime(start) > options.Value.SearchDeadline)
            {
                throw new FaceGridException(ErrorCodes.ShardsMissing, "The gallery is being rearranged; try again.");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), time, cancellationToken);
        }

        return null;
    }

    /// <inheritdoc/>
    public async Task<bool> DeleteAsync(Guid? life, CancellationToken cancellationToken)
    {
        if (!row.RecordExists)
        {
            await rows.EraseFreePagesAsync(cancellationToken); // An earlier delete may have ended between its rows and this.
            return false;
        }

        if (life is { } meant && meant != row.State.Epoch)
        {
            return false;
        }

        if (!IsDeleting)
        {
            GalleryState next = row.State.Copy();
            next.Deleting = true;
            await SaveAsync(next);
            // Until then other silos may answer from their copies of the map; after that nobody reads or writes a person.
            await Task.Delay(options.Value.MapAge, time, CancellationToken.None);
        }

        try
        {
            await FinishDeletionAsync(CancellationToken.None);
        }
        catch
        {
            ResumeDeletionLater(TimeSpan.FromSeconds(5));
            throw;
        }

        return true;
    }

    /// <inheritdoc/>
    public async Task<GalleryMap?> GetMapAsync(CancellationToken cancellationToken)
    {
        // Between "old shards refuse" and "new level is durable" nobody may read a map.
        while (_switching is { } switching)
        {
            await switching.Task.WaitAsync(cancellationToken);
        }

        return _map;
    }

    /// <inheritdoc/>
    public Task<GalleryMap?> GetShardMapAsync() => Task.FromResult(_switchingTo ?? _map);

    /// <inheritdoc/>
    public async Task<GalleryMap> BindAsync(Contract contract, CancellationToken cancellationToken)
    {
        if (_map is null)
        {
            throw new FaceGridException(ErrorCodes.GalleryNotFound, "There is no such gallery.");
        }

        if (_map.Contract is null)
        {
            if (!Fits(contract))
            {
                throw new FaceGridException(ErrorCodes.WrongDimension, "A gallery holds vectors of 32 to 2,048 numbers, under a contract id of at most 128 characters.");
            }

            GalleryState next = row.State.Copy();
            await BindAsync(next, contract, cancellationToken);
            await SaveAsync(next);
        }

        return _map;
    }

    private static void Check(GallerySettings settings)
    {
        bool fits = settings.VerifyThreshold is null or (>= 0 and <= 2) && settings.IdentifyThreshold is null or (>= 0 and <= 2);
        fits &= settings.Contract is null || (settings.Contract.Id.Length > 0 && Fits(settings.Contract));
        if (!fits)
        {
            throw new FaceGridException(ErrorCodes.InvalidParameter, "Thresholds are distances from 0 to 2; a contract has an id of 1 to 128 characters and a dimension from 32 to 2,048.");
        }

        CheckPolicy(settings);
    }

    private static void Check(EnrolmentPolicy? policy, int facesMax)
    {
        bool fits = policy?.Quality is null or { IsValid: true } && policy?.Duplicates is null or (>= DuplicateRule.Allow and <= DuplicateRule.Reject);
        fits &= policy?.Consistency is null or (>= ConsistencyRule.Off and <= ConsistencyRule.Quarantine) && (policy?.FacesMax is null || (policy.FacesMax >= 0 && policy.FacesMax <= facesMax));
        if (!fits)
        {
            throw new FaceGridException(ErrorCodes.InvalidParameter, $"The enrolment policy is out of range: facesMax is 0 to {facesMax}, and quality limits are those of docs/api.md.");
        }
    }

    private static bool Fits(Contract contract) => contract is { Id.Length: <= 128, Dimension: >= 32 and <= 2048 };

    /// <summary>Binds a contract and takes over the thresholds of the embedder that produces it. An empty id means "the embedder's own".</summary>
    private async Task BindAsync(GalleryState next, Contract wanted, CancellationToken cancellationToken)
    {
        ClusterInfo cluster = await GrainFactory.GetGrain<IClusterGrain>(0).GetEmbeddersAsync(cancellationToken);
        EmbedderInfo? embedder = wanted.Id.Length == 0
            ? cluster.Embedders.Values.FirstOrDefault(info => info.Contract.Dimension == wanted.Dimension)
            : cluster.Embedders.Values.SelectMany(info => info.All).FirstOrDefault(info => info.Contract == wanted);
        if (embedder is null && wanted.Id.Length == 0)
        {
            throw new FaceGridException(
                ErrorCodes.ContractUnknown,
                $"The gallery has no contract yet and no embedder makes vectors of {wanted.Dimension} numbers: name the contract when you create the gallery.");
        }

        next.Contract = embedder?.Contract ?? wanted;
        next.ContractRevision = _map is null ? next.ContractRevision : next.ContractRevision + 1; // Shards that were loaded without a contract learn of it by that.
        next.ProfileVerify = embedder?.Verify;
        next.ProfileIdentify = embedder?.Identify;
        next.Errors = embedder?.Errors;
        if (next.Policy is { } policy)
        {
            RequireCarried(next.Errors, policy, people: 0);
        }
    }

    private async Task SaveAsync(GalleryState next)
    {
        row.State = next;
        try
        {
            await row.WriteStateAsync(CancellationToken.None);
        }
        catch
        {
            DeactivateOnIdle(); // Nobody knows what the row holds; the next call reads it again.
            throw;
        }

        Publish();
    }

    private void Publish() => _map = row is { RecordExists: true, State.Deleting: false } ? MapOf(row.State) : null;

    private GalleryInfo Info(long? people, long? faces) => InfoOf(_gallery, row.State, people) with { Faces = faces, Migration = MigrationOf(row.State, _progress) };

    /// <summary>A gallery's row as callers see it.</summary>
    /// <param name="gallery">Gallery id.</param>
    /// <param name="state">The row.</param>
    /// <param name="people">People counted, or null: then thresholds are for as many as there were when the gallery last looked.</param>
    internal static GalleryInfo InfoOf(string gallery, GalleryState state, long? people = null)
    {
        GalleryMap map = MapOf(state);
        Threshold identify = Promises.Identify(map, requested: null, people ?? state.Alikeness?.People ?? 0);
        return new GalleryInfo(
            gallery,
            state.Contract,
            map.Verify,
            identify.IsNone ? null : identify,
            state.Level,
            state.NextLevel is not null,
            people,
            Faces: null,
            state.CreatedAt,
            PolicyOf(state),
            state.Alikeness,
            state.Pad)
        {
            Enrolment = state.Enrolment,
            Migration = MigrationOf(state, null),
        };
    }

    private IEnumerable<IShardGrain> ShardsOf(int level) =>
        Enumerable.Range(0, 1 << level).Select(index => GrainFactory.GetGrain<IShardGrain>(new ShardKey(_gallery, level, index).ToString()));

    private bool IsDeleting => row is { RecordExists: true, State.Deleting: true };

    private async Task FinishDeletionAsync(CancellationToken cancellationToken)
    {
        if (!IsDeleting)
        {
            return;
        }

        GalleryState state = row.State;
        IEnumerable<IShardGrain> shards = ShardsOf(state.Level).Concat(state.NextLevel is { } next ? ShardsOf(next) : []);
        await Task.WhenAll(shards.Select(shard => shard.RetireAsync()));
        await crops.DeleteAllAsync(_gallery, cancellationToken);
        long people = await rows.DeleteAllAsync(StateNames.Person, _gallery + "/", cancellationToken);
        await sightings.ErasePeopleAsync(_gallery, person: null, upTo: null, cancellationToken); // After their rows, without which nobody is named any more.
        // The gallery's own row goes last: while it is there, the work is remembered.
        await rows.EraseFreePagesAsync(cancellationToken);
        await row.ClearStateAsync(cancellationToken);
        MoveOn();
        LogDeleted(logger, _gallery, people);
    }

    /// <summary>Erases every kept cut-out, also from what the database has freed.</summary>
    private async Task EraseCropsAsync(CancellationToken cancellationToken)
    {
        // Until then silos may go on keeping them by their copies of the map.
        await Task.Delay(options.Value.MapAge, time, cancellationToken);
        await crops.DeleteAllAsync(_gallery, cancellationToken);
        await rows.EraseFreePagesAsync(cancellationToken);
    }

    private void ResumeDeletionLater(TimeSpan wait) =>
        _deletion ??= this.RegisterGrainTimer(ResumeDeletionAsync, new GrainTimerCreationOptions(wait, TimeSpan.FromSeconds(5)) { KeepAlive = true });

    private async Task ResumeDeletionAsync(CancellationToken cancellationToken)
    {
        try
        {
            await row.ReadStateAsync(cancellationToken); // What broke off before may have changed the row.
            Publish();
            await FinishDeletionAsync(cancellationToken);
            _deletion?.Dispose();
            _deletion = null;
        }
        catch (Exception failure)
        {
            LogDeletionFailed(logger, _gallery, failure);
        }
    }
}
