namespace FaceGrid.Models;

/// <summary>
/// The error rates of an embedder by distance. The command <c>facegrid calibrate</c> measures them and writes them into the profile.
/// </summary>
/// <param name="Impostor">Model of the distances between different people.</param>
/// <param name="Points">
/// Counted errors, by ascending distance. They are the evidence for the impostor model, and they are the model of mated pairs.
/// </param>
/// <param name="Source">Data and command of the measurement.</param>
public sealed record Calibration(ImpostorModel Impostor, IReadOnlyList<CalibrationPoint> Points, CalibrationSource Source)
{
    /// <summary>
    /// Computes the share of mated pairs that are further apart than a distance. Between two points it is interpolated on a straight line;
    /// outside all points it is the value of the nearest point.
    /// </summary>
    /// <param name="distance">0 to 2.</param>
    /// <returns>0 to 1.</returns>
    public double FalseNonMatchRateAt(double distance)
    {
        CalibrationPoint below = Points.LastOrDefault(point => point.Distance <= distance) ?? Points[0];
        CalibrationPoint above = Points.FirstOrDefault(point => point.Distance > distance) ?? Points[^1];
        double share = above.Distance > below.Distance ? (distance - below.Distance) / (above.Distance - below.Distance) : 0;
        return below.FalseNonMatchRate + (Math.Clamp(share, 0, 1) * (above.FalseNonMatchRate - below.FalseNonMatchRate));
    }

    /// <summary>Lists what is wrong with the calibration, in words.</summary>
    /// <returns>Empty when the calibration can be used.</returns>
    internal IEnumerable<string> Mistakes()
    {
        if (Impostor is null || Points is null || Source is null)
        {
            yield return "calibration needs impostor, points and source";
            yield break;
        }

        if (!double.IsFinite(Impostor.Intercept)
            || Impostor.Slope is not (> 0 and < 1e6)
            || Impostor.RateMin is not (> 0 and < 1)
            || !(Impostor.RateMeasured >= Impostor.RateMin))
        {
            yield return "calibration.impostor needs a finite intercept, a slope above 0 and 0 < rateMin <= rateMeasured < 1";
        }

        if (Points.Count == 0
            || Points.Any(point => point is null || point.Distance is not (>= 0 and <= 2))
            || Points.Zip(Points.Skip(1)).Any(pair => pair.First.Distance >= pair.Second.Distance))
        {
            yield return "calibration.points need ascending distances from 0 to 2";
        }
    }
}
