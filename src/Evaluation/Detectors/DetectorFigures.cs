using FaceGrid.Evaluation.Faces;

namespace FaceGrid.Evaluation.Detectors;

/// <summary>How far a detector agrees with another one.</summary>
/// <param name="Name">The picture, or what the pictures are.</param>
/// <param name="Pictures">Pictures.</param>
/// <param name="ReferenceFaces">Faces that the reference reports.</param>
/// <param name="Found">Of these, faces that overlap a reported one by half (intersection over union).</param>
/// <param name="Surplus">
/// Reported faces that overlap no face of the reference by 0.3 or more. Unsure faces of the reference count, too.
/// </param>
/// <param name="MainFaces">Pictures in which the reference has a main face; see <see cref="MainFace"/>.</param>
/// <param name="MainFound">Of these, pictures whose main face was found.</param>
internal sealed record DetectorFigures(string Name, int Pictures, int ReferenceFaces, int Found, int Surplus, int MainFaces, int MainFound)
{
    /// <summary>Adds up.</summary>
    /// <param name="name">What the sum is called.</param>
    /// <param name="parts">What is added.</param>
    public static DetectorFigures Sum(string name, IReadOnlyCollection<DetectorFigures> parts) => new(
        name, parts.Sum(part => part.Pictures), parts.Sum(
            part => part.ReferenceFaces), parts.Sum(part => part.Found), parts.Sum(part => part.Surplus),
        parts.Sum(part => part.MainFaces), parts.Sum(part => part.MainFound));
}
