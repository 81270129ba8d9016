using FaceGrid.Abstractions.People;
using FaceGrid.Grains.Shards;
using FaceGrid.Grains.Storage;
using FaceGrid.Storage;

namespace FaceGrid.Grains.Search;

// The shard is a projection; this compares it with the truth and mends it. Its repairs are counted in a metric that should stay 0.
public sealed partial class ShardGrain
{
    // A write that is between its row and its shard looks like a difference; it settles well within this.
    private static readonly TimeSpan SettleTime = TimeSpan.FromSeconds(2);

    private async Task SelfCheckAsync(CancellationToken cancellationToken)
    {
        if (_retired)
        {
            return;
        }

        Array.ForEach(_held, held => held.Index.DropOldTombstones());
        try
        {
            List<string> differing = await DifferingAsync(cancellationToken);
            GridMetrics.SelfChecks.AddOne(differing.Count == 0 ? "same" : "differed");
            GridMetrics.SelfCheckDifferences.Add(differing.Count);
            if (differing.Count == 0)
            {
                return;
            }

            await Task.Delay(SettleTime, time, _leaving.Token);
            int repaired = 0;
            foreach (string person in differing)
            {
                repaired += await RepairAsync(person, cancellationToken) ? 1 : 0;
            }

            if (repaired > 0)
            {
                GridMetrics.SelfCheckRepairs.Add(repaired);
                LogRepaired(logger, _key.ToString(), repaired);
            }
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            GridMetrics.SelfChecks.AddOne("failed");
            LogCheckFailed(logger, _key.ToString(), failure);
        }
    }

    private async Task<List<string>> DifferingAsync(CancellationToken cancellationToken, Action<string, PersonState>? look = null)
    {
        var differing = new List<string>();
        Dictionary<string, long> known = Index.Revisions();
        await foreach (GrainRow row in rows.ReadRangeAsync(StateNames.Person, _key.FirstRow, _key.EndRow, cancellationToken))
        {
            if (!reader.TryRead(row, out (PersonEntry Entry, PersonState State)? read))
            {
                known.Remove(PersonKey.Parse(row.Key).Person); // Whoever was found before their row was damaged still is.
                continue;
            }

            if (read is not ({ } entry, { } state) || entry.Epoch != _map!.Epoch || !Fits(entry))
            {
                continue;
            }

            look?.Invoke(entry.Person, state);

            if (!known.Remove(entry.Person, out long revision) || revision != entry.Revision)
            {
                differing.Add(entry.Person);
            }
        }

        differing.AddRange(known.Keys);
        return differing;
    }

    // The row is read again: only what differs still is mended, and only when nothing arrived while it was read.
    private async Task<bool> RepairAsync(string person, CancellationToken cancellationToken)
    {
        long known = Index.RevisionOf(person);
        bool present = Index.Contains(person);
        GrainRow? row = await rows.ReadAsync(StateNames.Person, PersonKey.Of(_key.Gallery, person).ToString(), cancellationToken);
        (PersonEntry Entry, PersonState State)? read = null;
        if (row is { } found && !reader.TryRead(found, out read))
        {
            return false;
        }

        PersonEntry? entry = read?.Entry;
        if (_retired || Index.RevisionOf(person) != known || Index.Contains(person) != present)
        {
            return false;
        }

        if (entry is null || entry.Epoch != _map!.Epoch)
        {
            return present && Apply(new PersonEntry(person, known, _map!.Epoch, [], [], Deleted: true));
        }

        if (!Fits(entry) || (present && entry.Revision <= known))
        {
            return false;
        }

        Array.ForEach(_held, held => held.Index.Restore(entry.Under(held.Contract)));
        return true;
    }
}
