namespace FaceGrid.Abstractions.Policies;

/// <summary>
/// How much more alike the people of a gallery are than those of the calibration. It is measured by searching for some of the gallery's
/// own faces.
/// </summary>
/// <param name="Shift">By how much similarity, 0 or more: thresholds are stricter by it.</param>
/// <param name="Sampled">Faces asked about.</param>
/// <param name="People">People in the gallery then.</param>
[GenerateSerializer, Immutable]
[Alias("fg.alikeness")]
public sealed record Alikeness(
    [property: Id(0)] double Shift,
    [property: Id(1)] int Sampled,
    [property: Id(2)] long People);
