using FaceGrid.Abstractions.Embedding;
using FaceGrid.Abstractions.People;

namespace FaceGrid.Abstractions.Galleries;

/// <summary>What is worth a look about one face.</summary>
/// <param name="FaceId">The face.</param>
/// <param name="Findings">
/// <c>quarantined</c>; <c>unchecked</c> (enrolled while it could not be compared with everybody); <c>poor</c> (its measured quality
/// misses the gallery's limits, or the standard ones where it has none); <c>lonely</c> (verify would not accept it by the person's
/// other faces).
/// </param>
/// <param name="Reasons">For a poor face: what is wrong, as <see cref="QualityLimits.ReasonsAgainst"/>; else empty.</param>
/// <param name="LookAlike">For a face in quarantine: who is nearer; else null.</param>
/// <param name="OwnDistance">Distance to the nearest other searched face of the person, or null when there is none.</param>
[GenerateSerializer, Immutable]
[Alias("fg.face-report")]
public sealed record FaceReport(
    [property: Id(0)] string FaceId,
    [property: Id(1)] string[] Findings,
    [property: Id(2)] string[] Reasons,
    [property: Id(3)] LookAlike? LookAlike,
    [property: Id(4)] float? OwnDistance);

/// <summary>What is worth a look about one person.</summary>
/// <param name="Person">Person id.</param>
/// <param name="Faces">Faces with findings.</param>
/// <param name="LookAlikes">Others at or below the identify threshold, nearest first, at most 8, without those declared different.</param>
/// <param name="MergingInto">The person into whom a merge broke off: repeat it or undo it. Null for none.</param>
[GenerateSerializer, Immutable]
[Alias("fg.person-report")]
public sealed record PersonReport(
    [property: Id(0)] string Person,
    [property: Id(1)] FaceReport[] Faces,
    [property: Id(2)] LookAlike[] LookAlikes,
    [property: Id(3)] string? MergingInto);

/// <summary>One page of a gallery's report.</summary>
/// <param name="People">Only people with findings.</param>
/// <param name="Looked">People looked at for this page.</param>
/// <param name="Complete">False when look-alikes were asked for and shards were missing, or no threshold is known.</param>
/// <param name="Next">Pass as <c>after</c> to get the next page; null at the end.</param>
[GenerateSerializer, Immutable]
[Alias("fg.report-page")]
public sealed record ReportPage(
    [property: Id(0)] PersonReport[] People,
    [property: Id(1)] int Looked,
    [property: Id(2)] bool Complete,
    [property: Id(3)] string? Next);
