using FaceGrid.Evaluation.Faces;

namespace FaceGrid.Evaluation.Grids;

/// <summary>A running grid, compared with a plain loop.</summary>
/// <param name="Gallery">The gallery.</param>
/// <param name="People">People in it.</param>
/// <param name="Templates">Templates in it.</param>
/// <param name="Probes">Pictures identified.</param>
/// <param name="WithoutFace">Pictures in which the grid found no usable face.</param>
/// <param name="NotEnrolled">Pictures of people who are not in the gallery. They are compared, too, but rank-1 leaves them out.</param>
/// <param name="RankOne">Share of the probes of enrolled people whose nearest person is the right one, 0 to 1.</param>
/// <param name="Mismatches">Probes whose answer differs. Any value but 0 is a defect.</param>
/// <param name="Tolerance">Two distances count as equal when they differ by no more than this.</param>
/// <param name="DifferenceMax">Largest difference of two distances seen.</param>
/// <param name="Seconds">Time for all probes.</param>
/// <param name="ProbesPerSecond">Throughput, embedding for the comparison included.</param>
/// <param name="MedianMilliseconds">Median time of an identify request.</param>
/// <param name="Percentile99Milliseconds">Time that 99 of 100 identify requests stay below.</param>
/// <param name="Examples">The first mismatches, in words.</param>
/// <param name="Failures">Pictures that the grid refused.</param>
internal sealed record GalleryFigures(
    string Gallery,
    int People,
    int Templates,
    int Probes,
    int WithoutFace,
    int NotEnrolled,
    double RankOne,
    int Mismatches,
    double Tolerance,
    double DifferenceMax,
    double Seconds,
    double ProbesPerSecond,
    double MedianMilliseconds,
    double Percentile99Milliseconds,
    IReadOnlyList<string> Examples,
    IReadOnlyList<FaceMissing> Failures);
