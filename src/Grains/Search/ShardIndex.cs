using System.Runtime.InteropServices;
using FaceGrid.Grains.Shards;
using FaceGrid.Search;

namespace FaceGrid.Grains.Search;

/// <summary>
/// What a shard knows: the newest revision of each person, their face ids, and the vector index. Tombstones keep a late, older entry
/// from bringing back somebody who was deleted. Used on a grain's turn; searches run beside it.
/// </summary>
internal sealed class ShardIndex(TimeProvider time) : IDisposable
{
    // A message older than this is not on its way any more: the longest response timeout is one minute.
    private static readonly TimeSpan TombstoneAge = TimeSpan.FromMinutes(10);

    private readonly Dictionary<string, Head> _heads = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (long Revision, long BuriedAt)> _tombstones = new(StringComparer.Ordinal);
    private TemplateIndex? _vectors;

    /// <summary>People known, with or without faces.</summary>
    public int People => _heads.Count;

    /// <summary>Templates searched.</summary>
    public int Templates => _vectors?.Templates ?? 0;

    /// <summary>Native bytes held by the vector index.</summary>
    public long Bytes => _vectors?.Bytes ?? 0;

    /// <summary>Counts the changes that remove a person or give a person's templates other positions; see <see
    /// cref="FaceIdOf"/>.</summary>
    public long Moment { get; private set; }

    /// <summary>The newest revision known of a person, deleted or not; 0 when unknown.</summary>
    public long RevisionOf(string person) =>
        _heads.TryGetValue(person, out Head head) ? head.Revision
        : _tombstones.TryGetValue(person, out var tombstone) ? tombstone.Revision
        : 0;

    /// <summary>True when the person is known and not deleted.</summary>
    public bool Contains(string person) => _heads.ContainsKey(person);

    /// <summary>An index of the same people, deletions included, without a single template: for another contract.</summary>
    public ShardIndex Fork()
    {
        var fork = new ShardIndex(time);
        foreach ((string person, Head head) in _heads)
        {
            fork._heads.Add(person, new Head(head.Revision, [], 0));
        }

        foreach ((string person, var tombstone) in _tombstones)
        {
            fork._tombstones.Add(person, tombstone);
        }

        return fork;
    }

    /// <summary>Takes an entry, whatever is known of the person: the row is the truth.</summary>
    public void Restore(PersonEntry entry)
    {
        _tombstones.Remove(entry.Person);
        Apply(entry);
    }

    /// <summary>Forgets deletions so old that nothing older can still be on its way.</summary>
    public void DropOldTombstones()
    {
        foreach ((string person, var tombstone) in _tombstones)
        {
            if (time.GetElapsedTime(tombstone.BuriedAt) > TombstoneAge)
            {
                _tombstones.Remove(person);
            }
        }
    }

    /// <summary>People known now, with their revisions: a copy.</summary>
    public Dictionary<string, long> Revisions() =>
        _heads.ToDictionary(pair => pair.Key, pair => pair.Value.Revision, StringComparer.Ordinal);

    /// <summary>Some people, as far apart as possible in the order in which they came; the same ones as long as nothing changes.</summary>
    /// <param name="count">People at most.</param>
    public string[] Spread(int count)
    {
        int step = Math.Max(1, (_heads.Count + count - 1) / Math.Max(1, count));
        return [.. _heads.Keys.Where((_, index) => index % step == 0)];
    }

    /// <summary>Takes an entry unless a newer one is known.</summary>
    /// <returns>False when a newer revision is known.</returns>
    public bool Apply(PersonEntry entry)
    {
        if (RevisionOf(entry.Person) > entry.Revision)
        {
            return false;
        }

        if (entry.Deleted)
        {
            Bury(entry);
            return true;
        }

        bool known = _heads.TryGetValue(entry.Person, out Head before);
        bool appended = known && entry.FaceIds.AsSpan().StartsWith(before.FaceIds);
        SetVectors(entry);
        Moment += known && !appended ? 1 : 0;
        // A new person may have the id of one who was removed. A scan may still return rows of the removed person; they must not count.
        _heads[entry.Person] = new Head(entry.Revision, entry.FaceIds, appended ? before.OrderedAt : Moment);
        _tombstones.Remove(entry.Person);
        return true;
    }

    /// <summary>Searches the present state; writes may go on meanwhile.</summary>
    public Task<SearchHit[][]> SearchAsync(
        ScanPool pool, ReadOnlySpan<float> probes, int count, int limit, CancellationToken cancellationToken) => _vectors is { } vectors
            ? pool.SearchAsync(vectors, probes, count, limit, cancellationToken)
            : Task.FromResult<SearchHit[][]>([.. Enumerable.Repeat(Array.Empty<SearchHit>(), count)]);

    /// <summary>
    /// The face id of a hit of a scan that began at <paramref name="moment"/>, or null when the person has left or lost a face since.
    /// </summary>
    public string? FaceIdOf(SearchHit hit, long moment) =>
        _heads.TryGetValue(hit.Person, out Head head) && head.OrderedAt <= moment && hit.Template < head.FaceIds.Length
            ? head.FaceIds[hit.Template]
            : null;

    /// <inheritdoc/>
    public void Dispose() => _vectors?.Dispose();

    private void SetVectors(PersonEntry entry)
    {
        if (entry.FaceIds.Length == 0)
        {
            _vectors?.Remove(entry.Person);
            return;
        }

        ReadOnlySpan<float> vectors = MemoryMarshal.Cast<byte, float>(entry.Vectors);
        if (_vectors is null)
        {
            _vectors = new TemplateIndex(vectors.Length / entry.FaceIds.Length);
        }

        _vectors.Set(entry.Person, vectors);
    }

    private void Bury(PersonEntry entry)
    {
        Moment += _heads.Remove(entry.Person) ? 1 : 0;
        _vectors?.Remove(entry.Person);
        _tombstones[entry.Person] = (entry.Revision, time.GetTimestamp());
    }

    private readonly record struct Head(long Revision, string[] FaceIds, long OrderedAt);
}
