using System.Text.Json.Serialization;

namespace FaceGrid.Abstractions.Policies;

/// <summary>An error rate that a threshold has to keep; exactly one of the two is set.</summary>
/// <param name="Fmr">False match rate: share of comparisons with another person that match, for verify. Above 0, at most 0.01.</param>
/// <param name="Fpir">
/// False positive identification rate: share of searches of people who are not enrolled that find somebody, for identify. Above 0, at
/// most 0.5.
/// </param>
[GenerateSerializer, Immutable]
[Alias("fg.promise")]
public sealed record Promise(
    [property: Id(0), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? Fmr = null,
    [property: Id(1), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? Fpir = null);
