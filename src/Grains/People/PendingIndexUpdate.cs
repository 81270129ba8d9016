using FaceGrid.Grains.Shards;

namespace FaceGrid.Grains.People;

/// <summary>
/// What of a person is durable and not yet searchable: the newest entry that the shard must still learn. Counted for the silo while there
/// is one. Belongs to the turns of one grain.
/// </summary>
/// <param name="catchUps">The silo's count.</param>
internal sealed class PendingIndexUpdate(CatchUps catchUps)
{
    /// <summary>The entry, or null when the shard knows everything.</summary>
    public PersonEntry? Entry { get; private set; }

    /// <summary>When the row became durable, as <see cref="TimeProvider.GetTimestamp"/> gave it.</summary>
    public long Since { get; private set; }

    /// <summary>Attempts in the background since <see cref="Set"/>.</summary>
    public int Attempts { get; private set; }

    /// <summary>Remembers an entry in place of an older one.</summary>
    /// <param name="entry">What the shard must learn.</param>
    /// <param name="since">When the row became durable.</param>
    public void Set(PersonEntry entry, long since)
    {
        (Since, Attempts) = (since, 0);
        Put(entry);
    }

    /// <summary>Counts an attempt.</summary>
    public void Try() => Attempts++;

    /// <summary>The shard knows everything, or learns it in another way.</summary>
    public void Clear() => Put(null);

    private void Put(PersonEntry? entry)
    {
        int people = (entry is null ? 0 : 1) - (Entry is null ? 0 : 1);
        catchUps.Add(people);
        GridMetrics.AddUnsearchable(people);
        Entry = entry;
    }
}
