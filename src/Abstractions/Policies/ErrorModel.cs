namespace FaceGrid.Abstractions.Policies;

/// <summary>
/// How often different people are at most a distance apart, as an embedder's calibration says. The normal deviate of the false match rate
/// is a line over the similarity.
/// </summary>
/// <param name="Intercept">Deviate at similarity 0.</param>
/// <param name="Slope">Deviates per unit of similarity.</param>
/// <param name="RateMeasured">
/// The smallest false match rate that the calibration data showed; below it the line is an extrapolation.
/// </param>
/// <param name="RateMin">The smallest false match rate that may be promised.</param>
[GenerateSerializer, Immutable]
[Alias("fg.error-model")]
public sealed record ErrorModel(
    [property: Id(0)] double Intercept,
    [property: Id(1)] double Slope,
    [property: Id(2)] double RateMeasured,
    [property: Id(3)] double RateMin);
