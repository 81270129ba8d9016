using System.Diagnostics.CodeAnalysis;
using FaceGrid.Abstractions.Cluster;
using FaceGrid.Abstractions.Embedding;
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
public sealed partial class ShardGrain(
    IGrainRows rows,
    PersonRowReader reader,
    ScanPool scans,
    ShardPlaces places,
    LocalShards local,
    SiloLease lease,
    ILocalSiloDetails silo,
    IOptions<GridOptions> options,
    TimeProvider time,
    ILogger<ShardGrain> logger) : Grain, IShardGrain, INeedsSiloLease, IDisposable
{
    private readonly CancellationTokenSource _leaving = new();
    private ShardKey _key;
    private GalleryMap? _map;
    private bool _retired;
    private int? _forwardTo;

    /// <summary>Loads the shard from its rows. Nothing is answered before that: a shard never answers as empty because it is new.</summary>
    /// <param name="cancellationToken">Gives up; the caller may try again.</param>
    /// <returns>When loaded.</returns>
    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _key = ShardKey.Parse(this.GetPrimaryKeyString());
        await lease.WaitForExpiredLeasesAsync(time.GetTimestamp(), cancellationToken);
        _map = await Gallery.GetShardMapAsync();
        if (!Serves(_map))
        {
            // Stays for a moment to tell callers that their map is old; leaving at once would only bring them back.
            _retired = true;
            this.RegisterGrainTimer(LeaveAsync, new GrainTimerCreationOptions(TimeSpan.FromSeconds(10), Timeout.InfiniteTimeSpan));
            return;
        }

        Adopt(_map);
        _forwardTo = _key.Level == _map.Level ? _map.NextLevel : null;
        await LoadAsync(cancellationToken);
        local.Add(_key);
        TimeSpan first = options.Value.SelfCheckPeriod * (0.5 + Random.Shared.NextDouble());
        this.RegisterGrainTimer(SelfCheckAsync, new GrainTimerCreationOptions(first, options.Value.SelfCheckPeriod) { Interleave = true });
        GrowIfFull();
    }

    /// <summary>A silo that stops hands its shards over instead of leaving them to be missed.</summary>
    /// <param name="reason">Why.</param>
    /// <param name="cancellationToken">Not heeded.</param>
    /// <returns>When done.</returns>
    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        local.Remove(_key);
        if (reason.ReasonCode == DeactivationReasonCode.ShuttingDown && !_retired && Array.Exists(places.Silos, other => !other.Equals(silo.SiloAddress)))
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

        if (!Apply(entry))
        {
            return new ApplyReply(ShardStatus.Superseded, Index.RevisionOf(entry.Person));
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
    public async Task<ShardAnswer> SearchAsync(ShardQuery query, CancellationToken cancellationToken)
    {
        if (!await IsCurrentAsync(query.Epoch, query.ContractRevision) || query.Contract != _held[0].Contract)
        {
            return new ShardAnswer(ShardStatus.WrongMap, 0, []);
        }

        HeldTemplates held = _held[0];
        float[] probes = Vectors.FromBytes(query.Vectors);
        try
        {
            while (true)
            {
                long moment = held.Index.Moment;
                SearchHit[][] hits = await held.Probes.SearchAsync(probes, query.Count, query.Limit, cancellationToken);
                if (Candidates(held.Index, hits, moment) is { } candidates)
                {
                    return new ShardAnswer(ShardStatus.Ok, held.Index.People, candidates);
                }

                cancellationToken.ThrowIfCancellationRequested(); // One of the hits left or lost a face during the scan: scan again.
            }
        }
        catch (ObjectDisposedException) when (!_held.Contains(held))
        {
            return new ShardAnswer(ShardStatus.WrongMap, 0, []); // The contract was given up while the question waited.
        }
    }

    /// <inheritdoc/>
    public Task ForwardAsync(int nextLevel)
    {
        _forwardTo = nextLevel;
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task RetireAsync()
    {
        _retired = true;
        local.Remove(_key);
        _leaving.Cancel(); // A self-check in mid-wait would hold up the calls that must learn that this shard is gone.
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<ShardInfo?> DescribeAsync() => Task.FromResult(_retired ? null : new ShardInfo(
        _key.Gallery, _key.Level, _key.Index, silo.SiloAddress.ToParsableString(), Index.People, Index.Templates, _held.Sum(held => held.Index.Bytes)));

    /// <inheritdoc/>
    public async Task<ShardSample> SampleAsync(Guid epoch, int count)
    {
        List<string> people = [];
        List<byte> vectors = [];
        bool serves = !_retired && epoch == _map!.Epoch;
        int of = serves ? Index.People : 0;
        foreach (string person in serves ? Index.Spread(count) : [])
        {
            GrainRow? row = await rows.ReadAsync(StateNames.Person, PersonKey.Of(_key.Gallery, person).ToString(), _leaving.Token);
            if (row is { } found && reader.TryRead(found, out (PersonEntry Entry, PersonState State)? read) && read?.Entry.Under(_held[0].Contract) is { FaceIds.Length: > 0 } entry && entry.Epoch == epoch && Fits(entry))
            {
                people.Add(person);
                vectors.AddRange(entry.Vectors.AsSpan(0, entry.Vectors.Length / entry.FaceIds.Length));
            }
        }

        return new ShardSample([.. people], [.. vectors], of);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (HeldTemplates held in _held)
        {
            ShardMetrics.Forget(held.Index);
            held.Index.Dispose();
        }

        _leaving.Dispose();
    }

    private Task LeaveAsync(CancellationToken cancellationToken)
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    private IGalleryGrain Gallery => GrainFactory.GetGrain<IGalleryGrain>(IGalleryGrain.KeyOf(_key.Gallery));

    /// <summary>False when this shard, or the caller, lives at another level, in another life or at another turn of the gallery.</summary>
    private async ValueTask<bool> IsCurrentAsync(Guid epoch, int contractRevision)
    {
        if (!_retired && epoch == _map!.Epoch && contractRevision == _map.ContractRevision)
        {
            return true;
        }

        GalleryMap? map = await ReadMapAsync();
        bool changed = _retired ? Serves(map) : map?.Epoch != _map!.Epoch;
        if (changed)
        {
            await RetireAsync(); // The next activation starts from the map of today.
        }

        return !_retired && epoch == _map!.Epoch && contractRevision == _map.ContractRevision;
    }

    private bool Serves([NotNullWhen(true)] GalleryMap? map) => map is not null && (_key.Level == map.Level || _key.Level == map.NextLevel);

    private static ShardCandidate[][]? Candidates(ShardIndex index, SearchHit[][] hits, long moment)
    {
        var candidates = new ShardCandidate[hits.Length][];
        for (int probe = 0; probe < hits.Length; probe++)
        {
            candidates[probe] = new ShardCandidate[hits[probe].Length];
            for (int rank = 0; rank < hits[probe].Length; rank++)
            {
                SearchHit hit = hits[probe][rank];
                if (index.FaceIdOf(hit, moment) is not { } face)
                {
                    return null;
                }

                candidates[probe][rank] = new ShardCandidate(hit.Person, face, hit.SquaredDistance);
            }
        }

        return candidates;
    }

    private async Task LoadAsync(CancellationToken cancellationToken)
    {
        long start = time.GetTimestamp();
        int unfit = 0;
        await foreach (GrainRow row in rows.ReadRangeAsync(StateNames.Person, _key.FirstRow, _key.EndRow, cancellationToken))
        {
            if (!reader.TryRead(row, out (PersonEntry Entry, PersonState State)? read))
            {
                unfit++;
            }
            else if (read?.Entry is { } entry && entry.Epoch == _map!.Epoch)
            {
                unfit += Fits(entry) ? 0 : 1;
                _ = Fits(entry) && Apply(entry);
            }
        }

        if (unfit > 0)
        {
            LogUnfit(logger, _key.ToString(), unfit);
        }

        TimeSpan took = time.GetElapsedTime(start);
        GridMetrics.ShardLoad.Record(took.TotalSeconds);
        ShardMetrics.Watch(Index);
        LogLoaded(logger, _key.ToString(), Index.People, Index.Templates, took.TotalMilliseconds);
    }

    // A row that is damaged or does not fit its gallery is left out, so that it does not take everybody else with it. Only damage from outside can make one.
    private bool Fits(PersonEntry entry) => Fits(entry, _map!.Contract) && Fits(entry, _map.Other);

    private static bool Fits(PersonEntry entry, Contract? contract) =>
        contract is null || entry.Under(contract.Id) is var under && under.Vectors.Length == under.FaceIds.Length * contract.Dimension * sizeof(float);

    private void GrowIfFull()
    {
        if (options.Value.IsFull(Index.People, Index.Templates) && _forwardTo is null && _key.Level < ShardKey.LevelMax)
        {
            Gallery.GrowAsync(_key.Level).Ignore();
        }
    }
}
