using FaceGrid.Abstractions.Embedding;
using FaceGrid.Abstractions.Galleries;
using FaceGrid.Grains.Shards;
using FaceGrid.Search;

namespace FaceGrid.Grains.Search;

/// <summary>
/// What a shard holds in memory, under one contract or two: while a gallery migrates to another model the shard holds its people twice, and
/// the gallery's map says which of the two is searched. Used on the grain's scheduler only; scans run beside it.
/// </summary>
/// <param name="scans">Scans memory.</param>
/// <param name="time">Clock.</param>
internal sealed class ShardContents(ScanPool scans, TimeProvider time) : IDisposable
{
    private HeldTemplates[] _held = [];

    /// <summary>The map that the contents follow. There is none before <see cref="Adopt"/>.</summary>
    public GalleryMap Map { get; private set; } = null!;

    /// <summary>True from the moment when the shard must not answer any more, or when it never may.</summary>
    public bool IsRetired { get; private set; }

    /// <summary>What is searched.</summary>
    public ShardIndex Index => _held[0].Index;

    /// <summary>Native bytes of all contracts.</summary>
    public long Bytes => _held.Sum(held => held.Index.Bytes);

    /// <summary>Follows a map: what it names is held, what it does not name is dropped.</summary>
    /// <param name="map">The map.</param>
    public void Adopt(GalleryMap map)
    {
        Map = map;
        HeldTemplates[] before = _held;
        string[] wanted = map.Other is null ? [map.Contract?.Id ?? ""] : [map.Contract!.Id, map.Other.Id];
        _held = Array.ConvertAll(wanted, contract => Array.Find(before, held => held.Contract == contract) ?? Hold(contract, before));
        foreach (HeldTemplates dropped in before.Except(_held))
        {
            dropped.Index.Dispose();
        }

        if (before.Length > 0 && before[0].Index != Index)
        {
            ShardMetrics.Forget(before[0].Index);
            ShardMetrics.Watch(Index);
        }
    }

    /// <summary>Ends the service, for good.</summary>
    public void Retire() => IsRetired = true;

    /// <summary>Takes an entry into each index unless a newer one is known.</summary>
    /// <param name="entry">The entry.</param>
    /// <returns>False when a newer one is known.</returns>
    public bool Apply(PersonEntry entry)
    {
        if (Index.RevisionOf(entry.Person) > entry.Revision)
        {
            return false;
        }

        Array.ForEach(_held, held => held.Index.Apply(entry.Under(held.Contract)));
        return true;
    }

    /// <summary>Takes an entry into each index, whatever is known of the person: the row is the truth.</summary>
    /// <param name="entry">The row's entry.</param>
    public void Restore(PersonEntry entry) => Array.ForEach(_held, held => held.Index.Restore(entry.Under(held.Contract)));

    /// <summary>Forgets deletions so old that nothing older can still be on its way.</summary>
    public void DropOldTombstones() => Array.ForEach(_held, held => held.Index.DropOldTombstones());

    /// <summary>
    /// Whether an entry fits the gallery. A row that is damaged or does not fit its gallery is left out, so that it does not take
    /// everybody else with it. Only damage from outside can make one.
    /// </summary>
    /// <param name="entry">The entry.</param>
    public bool Fits(PersonEntry entry) => Fits(entry, Map.Contract) && Fits(entry, Map.Other);

    /// <summary>The entry as far as it concerns the contract that is searched.</summary>
    /// <param name="entry">The entry.</param>
    public PersonEntry Searched(PersonEntry entry) => entry.Under(_held[0].Contract);

    /// <summary>Searches. A scan whose hits include somebody who left, or lost a face, while it ran is made again.</summary>
    /// <param name="query">The probes.</param>
    /// <param name="cancellationToken">Leaves the queue of probes.</param>
    /// <returns>The answer; <see cref="ShardStatus.WrongMap"/> when another contract is searched here.</returns>
    public async Task<ShardAnswer> SearchAsync(ShardQuery query, CancellationToken cancellationToken)
    {
        HeldTemplates held = _held[0];
        if (query.Contract != held.Contract)
        {
            return ShardAnswer.WrongMap;
        }

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

                cancellationToken.ThrowIfCancellationRequested();
            }
        }
        catch (ObjectDisposedException) when (!_held.Contains(held))
        {
            return ShardAnswer.WrongMap; // The contract was given up while the question waited.
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (HeldTemplates held in _held)
        {
            ShardMetrics.Forget(held.Index);
            held.Index.Dispose();
        }
    }

    private static bool Fits(PersonEntry entry, Contract? contract) =>
        contract is null
        || (entry.Under(contract.Id) is var under && under.Vectors.Length == under.FaceIds.Length * contract.Dimension * sizeof(float));

    /// <summary>Hits as candidates; null when a person of them has left or lost a face since the scan began.</summary>
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

    private HeldTemplates Hold(string contract, HeldTemplates[] before)
    {
        ShardIndex index = before.Length > 0 ? before[0].Index.Fork() : new ShardIndex(time);
        return new HeldTemplates(
            contract,
            index,
            new ProbeCoalescer((probes, count, limit, nobody) => index.SearchAsync(scans, probes, count, limit, nobody)));
    }
}
