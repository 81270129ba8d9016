using FaceGrid.Abstractions.People;

namespace FaceGrid.Abstractions.Search;

/// <summary>A vector asked about.</summary>
/// <param name="Vector">Little-endian float32, any length above zero norm; normalised by the receiver.</param>
/// <param name="Contract">Contract it was made under, or null when the caller vouches for the gallery's own.</param>
[GenerateSerializer, Immutable]
[Alias("fg.probe")]
public sealed record Probe(
    [property: Id(0)] byte[] Vector,
    [property: Id(1)] string? Contract);

/// <summary>A question to a whole gallery.</summary>
/// <param name="Gallery">Gallery id.</param>
/// <param name="Probes">1 to 4,096 probes.</param>
/// <param name="Limit">Candidates per probe, 1 to 1,000.</param>
/// <param name="Threshold">Distance to use instead of the gallery's, 0 to 2, or null.</param>
/// <param name="AllowPartial">True to accept an answer without the shards that did not answer.</param>
[GenerateSerializer, Immutable]
[Alias("fg.identify-request")]
public sealed record IdentifyRequest(
    [property: Id(0)] string Gallery,
    [property: Id(1)] Probe[] Probes,
    [property: Id(2)] int Limit,
    [property: Id(3)] float? Threshold,
    [property: Id(4)] bool AllowPartial);

/// <summary>A person near a probe.</summary>
/// <param name="Person">Person id.</param>
/// <param name="FaceId">The nearest face of the person.</param>
/// <param name="Distance">Smallest Euclidean distance over the person's faces, 0 to 2.</param>
[GenerateSerializer, Immutable]
[Alias("fg.candidate")]
public readonly record struct Candidate(
    [property: Id(0)] string Person,
    [property: Id(1)] string FaceId,
    [property: Id(2)] float Distance);

/// <summary>Answer for one probe.</summary>
/// <param name="Person">The nearest person at or below the threshold, or null: nobody enrolled.</param>
/// <param name="Candidates">
/// Nearest people in ascending order of distance, ties by person id (ordinal); also those above the threshold.
/// </param>
/// <param name="RunnerUp">Distance of the second nearest person, 0 to 2; null when there is none.</param>
[GenerateSerializer, Immutable]
[Alias("fg.probe-answer")]
public sealed record ProbeAnswer(
    [property: Id(0)] string? Person,
    [property: Id(1)] Candidate[] Candidates,
    [property: Id(2)] float? RunnerUp = null);

/// <summary>Answer to "who is this, or nobody?".</summary>
/// <param name="Answers">One per probe, in the order asked.</param>
/// <param name="Threshold">The threshold in force.</param>
/// <param name="ShardsAsked">Shards that the gallery has.</param>
/// <param name="ShardsAnswered">
/// Shards whose candidates are in the answer; equal to <paramref name="ShardsAsked"/> in a complete answer.
/// </param>
/// <param name="People">People searched.</param>
[GenerateSerializer, Immutable]
[Alias("fg.identify-answer")]
public sealed record IdentifyAnswer(
    [property: Id(0)] ProbeAnswer[] Answers,
    [property: Id(1)] Threshold Threshold,
    [property: Id(2)] int ShardsAsked,
    [property: Id(3)] int ShardsAnswered,
    [property: Id(4)] long People);
