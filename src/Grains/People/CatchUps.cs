using Microsoft.Extensions.Options;

namespace FaceGrid.Grains.People;

/// <summary>
/// Counts the people of this silo with a pending index update: each stays in memory and tries every second. When there are as many as
/// <see cref="GridOptions.CatchUpsMax"/>, writes of other people are refused before they touch a row, so that a shard that stays away does
/// not fill the memory. Safe for concurrent use.
/// </summary>
/// <param name="options">The limit.</param>
public sealed class CatchUps(IOptions<GridOptions> options)
{
    private int _people;

    /// <summary>True when the limit is reached.</summary>
    public bool IsFull => Volatile.Read(ref _people) >= options.Value.CatchUpsMax;

    /// <summary>One more, or one less.</summary>
    /// <param name="people">-1, 0 or 1.</param>
    public void Add(int people) => Interlocked.Add(ref _people, people);
}
