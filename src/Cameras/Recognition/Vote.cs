using FaceGrid.Abstractions.Embedding;

namespace FaceGrid.Cameras.Recognition;

/// <summary>The vote of one shot on who a face is.</summary>
/// <param name="Who">The nearest person within the threshold, or nobody.</param>
/// <param name="Weight">How much it counts, above 0, at most 1.</param>
/// <param name="Distance">
/// Distance to that person; for nobody, to the nearest person; null where nobody is enrolled or no gallery was asked.
/// </param>
/// <param name="Threshold">The threshold in force, or null.</param>
/// <param name="Margin">How much farther the next one is, or null.</param>
/// <param name="Liveness">Whether the shot is of a live face, or null.</param>
/// <param name="FaceConfidence">How sure the detector is that it is a face at all, 0 to 1.</param>
internal sealed record Vote(
    Identity Who,
    float Weight,
    float? Distance = null,
    float? Threshold = null,
    float? Margin = null,
    Liveness? Liveness = null,
    float FaceConfidence = 1);
