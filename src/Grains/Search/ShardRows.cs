using FaceGrid.Abstractions.People;
using FaceGrid.Abstractions.Search;
using FaceGrid.Grains.Shards;
using FaceGrid.Grains.Storage;
using FaceGrid.Storage;

namespace FaceGrid.Grains.Search;

/// <summary>The rows that a shard is a projection of: loads them, compares the shard with them and mends what differs.</summary>
/// <param name="key">Which shard.</param>
/// <param name="rows">Rows of people.</param>
/// <param name="reader">Reads them.</param>
/// <param name="contents">What the shard holds.</param>
internal sealed class ShardRows(ShardKey key, IGrainRows rows, PersonRowReader reader, ShardContents contents)
{
    /// <summary>Takes everybody of the shard's range into the shard.</summary>
    /// <param name="cancellationToken">Ends the loading; the shard is incomplete then.</param>
    /// <returns>How many people were left out because their rows are damaged or do not fit.</returns>
    public async Task<int> LoadAsync(CancellationToken cancellationToken)
    {
        int unfit = 0;
        await foreach (GrainRow row in rows.ReadRangeAsync(StateNames.Person, key.FirstRow, key.EndRow, cancellationToken))
        {
            if (!reader.TryRead(row, out (PersonEntry Entry, PersonState State)? read))
            {
                unfit++;
            }
            else if (read?.Entry is { } entry && entry.Epoch == contents.Map.Epoch)
            {
                bool fits = contents.Fits(entry);
                unfit += fits ? 0 : 1;
                _ = fits && contents.Apply(entry);
            }
        }

        return unfit;
    }

    /// <summary>The people in whom rows and shard differ now.</summary>
    /// <param name="cancellationToken">Ends the comparison.</param>
    /// <param name="look">Called with each row that belongs to the shard.</param>
    /// <returns>Person ids. Many of them are writes that are between their row and the shard.</returns>
    public async Task<List<string>> DifferingAsync(CancellationToken cancellationToken, Action<PersonState>? look = null)
    {
        var differing = new List<string>();
        Dictionary<string, long> known = contents.Index.Revisions();
        await foreach (GrainRow row in rows.ReadRangeAsync(StateNames.Person, key.FirstRow, key.EndRow, cancellationToken))
        {
            if (!reader.TryRead(row, out (PersonEntry Entry, PersonState State)? read))
            {
                known.Remove(PersonKey.Parse(row.Key).Person); // A person who was found before their row was damaged still is.
                continue;
            }

            if (read is not ({ } entry, { } state) || entry.Epoch != contents.Map.Epoch || !contents.Fits(entry))
            {
                continue;
            }

            look?.Invoke(state);
            if (!known.Remove(entry.Person, out long revision) || revision != entry.Revision)
            {
                differing.Add(entry.Person);
            }
        }

        differing.AddRange(known.Keys);
        return differing;
    }

    /// <summary>
    /// Mends one person. The row is read again: only what differs still is mended, and only when nothing arrived while it was read.
    /// </summary>
    /// <param name="person">Person id.</param>
    /// <param name="cancellationToken">Ends the reading; nothing is mended then.</param>
    /// <returns>True when something was mended.</returns>
    public async Task<bool> RepairAsync(string person, CancellationToken cancellationToken)
    {
        long known = contents.Index.RevisionOf(person);
        bool present = contents.Index.Contains(person);
        GrainRow? row = await ReadAsync(person, cancellationToken);
        (PersonEntry Entry, PersonState State)? read = null;
        if (row is { } found && !reader.TryRead(found, out read))
        {
            return false;
        }

        PersonEntry? entry = read?.Entry;
        if (contents.IsRetired || contents.Index.RevisionOf(person) != known || contents.Index.Contains(person) != present)
        {
            return false;
        }

        if (entry is null || entry.Epoch != contents.Map.Epoch)
        {
            return present && contents.Apply(new PersonEntry(person, known, contents.Map.Epoch, [], [], Deleted: true));
        }

        if (!contents.Fits(entry) || (present && entry.Revision <= known))
        {
            return false;
        }

        contents.Restore(entry);
        return true;
    }

    /// <summary>One face each of some people, spread evenly over the shard.</summary>
    /// <param name="epoch">The gallery's life.</param>
    /// <param name="count">Faces at most.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>The faces; none when the shard does not serve that life.</returns>
    public async Task<ShardSample> SampleAsync(Guid epoch, int count, CancellationToken cancellationToken)
    {
        if (contents.IsRetired || epoch != contents.Map.Epoch)
        {
            return new ShardSample([], [], 0);
        }

        List<string> people = [];
        List<byte> vectors = [];
        int of = contents.Index.People;
        foreach (string person in contents.Index.Spread(count))
        {
            if (await ReadAsync(person, cancellationToken) is { } row
                && reader.TryRead(row, out (PersonEntry Entry, PersonState State)? read)
                && read?.Entry is { } whole
                && contents.Searched(whole) is { FaceIds.Length: > 0 } entry
                && entry.Epoch == epoch
                && contents.Fits(entry))
            {
                people.Add(person);
                vectors.AddRange(entry.Vectors.AsSpan(0, entry.Vectors.Length / entry.FaceIds.Length));
            }
        }

        return new ShardSample([.. people], [.. vectors], of);
    }

    private Task<GrainRow?> ReadAsync(string person, CancellationToken cancellationToken) =>
        rows.ReadAsync(StateNames.Person, PersonKey.Of(key.Gallery, person).ToString(), cancellationToken);
}
