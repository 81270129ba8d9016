using System.Runtime.InteropServices;
using FaceGrid.Search;

namespace FaceGrid.Grains.Search;

/// <summary>
/// What a shard knows: the newest revision of each person, their face ids, and the vector index. Tombstones keep a late, older entry
/// from bringing back somebody who was deleted. Belongs to a grain's turn; searches run beside it.
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

    /// <summary>Grows whenever positions of somebody's templates change their meaning.</summary>
    public int Reorderings { get; private set; }

    /// <summary>The newest revision known of a person, deleted or not; 0 when unknown.</summary>
    public long RevisionOf(string person) =>
        _heads.TryGetValue(person, out Head head) ? head.Revision
        : _tombstones.TryGetValue(person, out var tombstone) ? tombstone.Revision
        : 0;

    /// <summary>People known now, with their revisions: a copy.</summary>
    public Dictionary<string, long> Revisions() => _heads.ToDictionary(pair => pair.Key, pair => pair.Value.Revision, StringComparer.Ordinal);

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

        bool appended = !_heads.TryGetValue(entry.Person, out Head before) || entry.FaceIds.AsSpan().StartsWith(before.FaceIds);
        SetVectors(entry);
        _heads[entry.Person] = new Head(entry.Revision, entry.FaceIds);
        _tombstones.Remove(entry.Person);
        Reorderings += appended ? 0 : 1;
        return true;
    }

    /// <summary>Searches the present state; a writer may go on beside it.</summary>
    public Task<SearchHit[][]> SearchAsync(ScanPool pool, ReadOnlySpan<float> probes, int count, int limit, CancellationToken cancellationToken) => _vectors is { } vectors
        ? pool.SearchAsync(vectors, probes, count, limit, cancellationToken)
        : Task.FromResult<SearchHit[][]>([.. Enumerable.Repeat(Array.Empty<SearchHit>(), count)]);

    /// <summary>The face id of a hit, or null when the person has changed since.</summary>
    public string? FaceIdOf(SearchHit hit) =>
        _heads.TryGetValue(hit.Person, out Head head) && hit.Template < head.FaceIds.Length ? head.FaceIds[hit.Template] : null;

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
        Reorderings += _heads.Remove(entry.Person) ? 1 : 0;
        _vectors?.Remove(entry.Person);
        _tombstones[entry.Person] = (entry.Revision, time.GetTimestamp());
        if (_tombstones.Count % 1024 == 0)
        {
            foreach ((string person, var tombstone) in _tombstones)
            {
                if (time.GetElapsedTime(tombstone.BuriedAt) > TombstoneAge)
                {
                    _tombstones.Remove(person);
                }
            }
        }
    }

    private readonly record struct Head(long Revision, string[] FaceIds);
}
