using System.ComponentModel.DataAnnotations;

namespace FaceGrid.Grains;

/// <summary>Settings of the grains, section <c>FaceGrid:Grid</c>.</summary>
public sealed class GridOptions
{
    /// <summary>
    /// People a shard holds, or a quarter of its templates, before its gallery doubles its shards. Range 16 to 1,000,000, default 16,384:
    /// reloads in about a second.
    /// </summary>
    [Range(16, 1_000_000)]
    public int ShardPeopleMax { get; set; } = 16_384;

    /// <summary>True when a shard is large enough for its gallery to grow.</summary>
    /// <param name="people">People it holds.</param>
    /// <param name="templates">Templates it holds.</param>
    /// <returns>True to grow.</returns>
    internal bool IsFull(long people, long templates) => people > ShardPeopleMax || templates > 4L * ShardPeopleMax;

    /// <summary>Faces one person may have. Range 1 to 1,000, default 64.</summary>
    [Range(1, 1_000)]
    public int PersonFacesMax { get; set; } = 64;

    /// <summary>How long a search waits for its shards before they count as missing. Range 0.1 s to 5 min, default 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:05:00")]
    public TimeSpan SearchDeadline { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long a write waits for its shard before it answers "durable, not yet searchable". Range 0.1 s to 5 min, default 3 s.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:05:00")]
    public TimeSpan ApplyDeadline { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>
    /// Pending index updates of one silo past which writes of other people are answered with 429. Range 1 to 1,000,000, default 10,000:
    /// some 30 MiB, and as many attempts a second.
    /// </summary>
    [Range(1, 1_000_000)]
    public int CatchUpsMax { get; set; } = 10_000;

    /// <summary>Time between two comparisons of a shard with its rows. Range 1 s to 1 day, default 5 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan SelfCheckPeriod { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Time between two measurements of how alike a gallery's people are. One searches for at most some 512 of the gallery's faces, and
    /// only when the gallery has changed by a tenth. Range 0.1 s to 1 day, default 1 min.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "1.00:00:00")]
    public TimeSpan LookAroundPeriod { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// How long a silo uses a gallery's map before it asks again. Range 0 to 1 min, default 1 s. Stale maps are caught by the shards;
    /// this only bounds how long an old threshold is used.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan MapAge { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Threads of a silo that search. Range 0 to 1,024, default 0: one less than processors, at least 1, so that everything else has a
    /// processor to itself. They use no processor while there is no search. Where searches matter more than anything else, as many
    /// threads as processors search faster: see docs/benchmarks.md.
    /// </summary>
    [Range(0, 1_024)]
    public int ScanThreads { get; set; }
}
