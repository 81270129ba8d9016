namespace FaceGrid.Models;

/// <summary>What errors an embedder makes at which distance: made by <c>facegrid calibrate</c>, kept in its profile.</summary>
/// <param name="Impostor">Different people.</param>
/// <param name="Points">Errors counted, by ascending distance: the evidence, and the model of mated pairs.</param>
/// <param name="Source">What it was made from.</param>
public sealed record Calibration(ImpostorModel Impostor, IReadOnlyList<CalibrationPoint> Points, CalibrationSource Source)
{
    /// <summary>
    /// The share of mated pairs further apart than a distance: between two points on a straight line, outside them that of the nearest.
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

    /// <summary>What is wrong with it, in words.</summary>
    /// <returns>Nothing when it can be used.</returns>
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
