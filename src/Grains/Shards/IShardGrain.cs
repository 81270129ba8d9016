using FaceGrid.Abstractions.Cluster;
using FaceGrid.Abstractions.Search;
using Orleans.Concurrency;

namespace FaceGrid.Grains.Shards;

/// <summary>
/// A partition of a gallery, held in memory and searched. Key: <see cref="ShardKey"/>. A projection of rows: it loads before it serves.
/// </summary>
[Alias("fg.IShardGrain")]
public interface IShardGrain : IGrainWithStringKey
{
    /// <summary>Takes the newest state of a person; older ones are ignored, so retries and late arrivals are harmless.</summary>
    /// <param name="entry">The state.</param>
    /// <param name="cancellationToken">
    /// Cancelled when the caller has stopped waiting: an entry that has not begun by then must not arrive later.
    /// </param>
    /// <returns>Outcome.</returns>
    [Alias("Apply")]
    Task<ApplyReply> ApplyAsync(PersonEntry entry, CancellationToken cancellationToken);

    /// <summary>Searches the shard.</summary>
    /// <param name="query">Probes.</param>
    /// <param name="cancellationToken">Ends the call; it changes nothing.</param>
    /// <returns>Candidates.</returns>
    [Alias("Search")]
    [AlwaysInterleave]
    Task<ShardAnswer> SearchAsync(ShardQuery query, CancellationToken cancellationToken);

    /// <summary>From now on every applied entry also goes to the shard of the next level that owns it.</summary>
    /// <param name="nextLevel">The level that is being filled.</param>
    /// <returns>When it is in force.</returns>
    [Alias("Forward")]
    [ResponseTimeout("00:10:00")]
    Task ForwardAsync(int nextLevel);

    /// <summary>Refuses everything from now on and leaves memory: another level, or nobody, answers.</summary>
    /// <returns>When it is in force; entries under way are finished.</returns>
    [Alias("Retire")]
    [ResponseTimeout("00:10:00")]
    Task RetireAsync();

    /// <summary>Reads the gallery's map again: which contracts are held, and which of them is searched, has changed.</summary>
    /// <returns>When it is in force; entries under way are finished.</returns>
    [Alias("Refresh")]
    [ResponseTimeout("00:10:00")]
    Task RefreshAsync();

    /// <summary>Compares the shard with its rows, mends what differs at once, and counts who lacks vectors of a contract.</summary>
    /// <param name="contract">Contract id.</param>
    /// <returns>
    /// What was found: everybody who is in the rows is in the shard now. Null when the gallery is not, or no longer, at this shard's
    /// level.
    /// </returns>
    [Alias("Audit")]
    [ResponseTimeout("00:10:00")]
    [AlwaysInterleave]
    Task<ShardAudit?> AuditAsync(string contract);

    /// <summary>Leaves this silo when the shard belongs on another one; it is loaded there at once.</summary>
    /// <returns>When the move is arranged.</returns>
    [Alias("Move")]
    Task MoveAsync();

    /// <summary>
    /// Some faces of the shard, spread evenly over its people: what the gallery asks itself about to see how alike they are.
    /// </summary>
    /// <param name="epoch">The gallery's life.</param>
    /// <param name="count">Faces at most.</param>
    /// <returns>One face per person; empty when the shard does not serve that life of the gallery.</returns>
    [Alias("Sample")]
    [AlwaysInterleave]
    Task<ShardSample> SampleAsync(Guid epoch, int count);

    /// <summary>What the shard holds; also a way to have it loaded.</summary>
    /// <returns>Counts and place, or null when the gallery is not, or no longer, at this shard's level.</returns>
    [Alias("Describe")]
    [ResponseTimeout("00:10:00")]
    [AlwaysInterleave]
    Task<ShardInfo?> DescribeAsync();
}
