using FaceGrid.Abstractions.Cluster;
using FaceGrid.Abstractions.Galleries;
using FaceGrid.Abstractions.Search;
using Orleans.Concurrency;

namespace FaceGrid.Grains.Search;

/// <summary>Whether a shard could do what was asked.</summary>
[GenerateSerializer]
[Alias("fg.shard-status")]
public enum ShardStatus
{
    /// <summary>Done.</summary>
    Ok = 0,

    /// <summary>The caller's map is old: read it again and ask the shards that it names.</summary>
    WrongMap = 1,

    /// <summary>The shard knows a newer revision of the person.</summary>
    Superseded = 2,
}

/// <summary>The state of a person as a shard needs it.</summary>
/// <param name="Person">Person id.</param>
/// <param name="Revision">Revision of the row; older ones are ignored.</param>
/// <param name="Epoch">The gallery's life.</param>
/// <param name="FaceIds">Face ids; empty takes the person out of the search.</param>
/// <param name="Vectors">Their vectors one after the other, little-endian float32.</param>
/// <param name="Deleted">True when the person's row is gone.</param>
[GenerateSerializer, Immutable]
[Alias("fg.person-entry")]
public sealed record PersonEntry(
    [property: Id(0)] string Person,
    [property: Id(1)] long Revision,
    [property: Id(2)] Guid Epoch,
    [property: Id(3)] string[] FaceIds,
    [property: Id(4)] byte[] Vectors,
    [property: Id(5)] bool Deleted)
{
    /// <summary>Contract of <see cref="Vectors"/>; null for somebody without any.</summary>
    [Id(6)]
    public string? Contract { get; init; }

    /// <summary>The same faces under a second contract, as far as they have vectors of it; null for none.</summary>
    [Id(7)]
    public TemplateSet? Other { get; init; }

    /// <summary>The <see cref="GalleryMap.ContractRevision"/> that the sender knows.</summary>
    [Id(8)]
    public int ContractRevision { get; init; }

    /// <summary>The entry as far as it concerns one contract.</summary>
    /// <param name="contract">Contract id.</param>
    /// <returns>An entry whose vectors are all of that contract.</returns>
    public PersonEntry Under(string contract) =>
        Contract == contract ? this
        : Other?.Contract == contract ? this with { Contract = contract, FaceIds = Other.FaceIds, Vectors = Other.Vectors }
        : this with { Contract = contract, FaceIds = [], Vectors = [] };
}

/// <summary>Templates of one person under one contract.</summary>
/// <param name="Contract">Contract id.</param>
/// <param name="FaceIds">Face ids.</param>
/// <param name="Vectors">Their vectors one after the other, little-endian float32.</param>
[GenerateSerializer, Immutable]
[Alias("fg.template-set")]
public sealed record TemplateSet(
    [property: Id(0)] string Contract,
    [property: Id(1)] string[] FaceIds,
    [property: Id(2)] byte[] Vectors);

/// <summary>What a shard made of an entry.</summary>
/// <param name="Status">Outcome.</param>
/// <param name="Revision">The newest revision that the shard knows.</param>
[GenerateSerializer, Immutable]
[Alias("fg.apply-reply")]
public readonly record struct ApplyReply(
    [property: Id(0)] ShardStatus Status,
    [property: Id(1)] long Revision);

/// <summary>Probes for a shard.</summary>
/// <param name="Epoch">The gallery's life.</param>
/// <param name="Vectors">Unit vectors one after the other, little-endian float32.</param>
/// <param name="Count">Number of probes.</param>
/// <param name="Limit">Candidates per probe.</param>
[GenerateSerializer, Immutable]
[Alias("fg.shard-query")]
public sealed record ShardQuery(
    [property: Id(0)] Guid Epoch,
    [property: Id(1)] byte[] Vectors,
    [property: Id(2)] int Count,
    [property: Id(3)] int Limit)
{
    /// <summary>Contract of the probes.</summary>
    [Id(4)]
    public string Contract { get; init; } = "";

    /// <summary>The <see cref="GalleryMap.ContractRevision"/> that the asker knows.</summary>
    [Id(5)]
    public int ContractRevision { get; init; }
}

/// <summary>What a shard found when it compared itself with its rows.</summary>
/// <param name="People">People in the rows.</param>
/// <param name="Lacking">Of these, people with a face that has no vector under the contract asked about.</param>
[GenerateSerializer, Immutable]
[Alias("fg.shard-audit")]
public readonly record struct ShardAudit(
    [property: Id(0)] long People,
    [property: Id(1)] long Lacking);

/// <summary>A candidate of a shard. Order is by the squared distance, which is what the kernels compute; its root could make two different distances equal.</summary>
/// <param name="Person">Person id.</param>
/// <param name="FaceId">Nearest face.</param>
/// <param name="SquaredDistance">Squared Euclidean distance, 0 to 4.</param>
[GenerateSerializer, Immutable]
[Alias("fg.shard-candidate")]
public readonly record struct ShardCandidate(
    [property: Id(0)] string Person,
    [property: Id(1)] string FaceId,
    [property: Id(2)] float SquaredDistance);

/// <summary>Answer of a shard.</summary>
/// <param name="Status">Outcome; without <see cref="ShardStatus.Ok"/> the rest is empty.</param>
/// <param name="People">People searched.</param>
/// <param name="Candidates">Per probe, ascending by squared distance, then person id (ordinal).</param>
[GenerateSerializer, Immutable]
[Alias("fg.shard-answer")]
public sealed record ShardAnswer(
    [property: Id(0)] ShardStatus Status,
    [property: Id(1)] long People,
    [property: Id(2)] ShardCandidate[][] Candidates);

/// <summary>Some faces of a shard.</summary>
/// <param name="People">Whose they are.</param>
/// <param name="Vectors">Their vectors one after the other, little-endian float32.</param>
/// <param name="Of">How many people the shard held when they were chosen.</param>
[GenerateSerializer, Immutable]
[Alias("fg.shard-sample")]
public sealed record ShardSample(
    [property: Id(0)] string[] People,
    [property: Id(1)] byte[] Vectors,
    [property: Id(2)] int Of);

/// <summary>A partition of a gallery, held in memory and searched. Key: <see cref="ShardKey"/>. A projection of rows: it loads before it serves.</summary>
[Alias("fg.IShardGrain")]
public interface IShardGrain : IGrainWithStringKey
{
    /// <summary>Takes the newest state of a person; older ones are ignored, so retries and late arrivals are harmless.</summary>
    /// <param name="entry">The state.</param>
    /// <param name="cancellationToken">Cancelled when the caller has stopped waiting: an entry that has not begun by then must not arrive later.</param>
    /// <returns>Outcome.</returns>
    [Alias("Apply")]
    Task<ApplyReply> ApplyAsync(PersonEntry entry, CancellationToken cancellationToken);

    /// <summary>Searches the shard.</summary>
    /// <param name="query">Probes.</param>
    /// <param name="cancellationToken">Gives up.</param>
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
    /// <returns>What was found: everybody who is in the rows is in the shard now. Null when the gallery is not, or no longer, at this shard's level.</returns>
    [Alias("Audit")]
    [ResponseTimeout("00:10:00")]
    [AlwaysInterleave]
    Task<ShardAudit?> AuditAsync(string contract);

    /// <summary>Leaves this silo when the shard belongs on another one; it is loaded there at once.</summary>
    /// <returns>When the move is arranged.</returns>
    [Alias("Move")]
    Task MoveAsync();

    /// <summary>Some faces of the shard, spread evenly over its people: what the gallery asks itself about to see how alike they are.</summary>
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
