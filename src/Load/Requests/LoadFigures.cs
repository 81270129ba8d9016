namespace FaceGrid.Load.Requests;

/// <summary>What was measured.</summary>
/// <param name="Seconds">The measured time, until the last answer.</param>
/// <param name="Operations">Each operation.</param>
/// <param name="All">All of them together.</param>
/// <param name="Lateness">How late requests were sent.</param>
/// <param name="Wrong">Wrong answers, those of the warm-up included.</param>
/// <param name="WrongExamples">The first few of them.</param>
/// <param name="OverTime">Second by second.</param>
internal sealed record LoadFigures(
    double Seconds,
    IReadOnlyList<LoadOperationFigures> Operations,
    LoadOperationFigures All,
    LoadLateness Lateness,
    long Wrong,
    IReadOnlyList<string> WrongExamples,
    IReadOnlyList<LoadSecond> OverTime)
{
    /// <summary>How an operation is called in reports.</summary>
    /// <param name="operation">Which.</param>
    /// <returns>Its name in small letters.</returns>
    public static string NameOf(LoadOperation operation) => operation.ToString().ToLowerInvariant();
}

/// <summary>One operation.</summary>
/// <param name="Operation">Its name, or <c>all</c>.</param>
/// <param name="Requests">Requests that were due within the measured time.</param>
/// <param name="Answered">Complete answers to them.</param>
/// <param name="PerSecond">Complete answers per second.</param>
/// <param name="Wrong">Answers that were wrong.</param>
/// <param name="NotSent">Requests for which there was no place until the run ended.</param>
/// <param name="Errors">Requests without a complete answer, by code.</param>
/// <param name="Latency">
/// From when a request was due to its complete answer; one that was not sent counts with the time it had waited.
/// </param>
/// <param name="LatencyFromSending">From when it was sent. The same in a closed loop.</param>
internal sealed record LoadOperationFigures(
    string Operation,
    long Requests,
    long Answered,
    double PerSecond,
    long Wrong,
    long NotSent,
    IReadOnlyDictionary<string, long> Errors,
    LoadLatency Latency,
    LoadLatency LatencyFromSending);

/// <summary>How late requests were sent.</summary>
/// <param name="Late">Sent more than 10 ms after they were due, or not at all.</param>
/// <param name="NotSent">Not sent at all.</param>
/// <param name="Lateness">From due to sent.</param>
internal sealed record LoadLateness(long Late, long NotSent, LoadLatency Lateness);

/// <summary>One second of the measured time.</summary>
/// <param name="Second">Which, from 0.</param>
/// <param name="Answered">Complete answers that came in it.</param>
/// <param name="Failed">Requests that ended in it without one.</param>
/// <param name="P99Milliseconds">99 % of those answers took no longer, from when they were due; null where there is none.</param>
internal sealed record LoadSecond(int Second, long Answered, long Failed, double? P99Milliseconds);

/// <summary>Durations, in milliseconds: the share in the name is not above the value.</summary>
/// <param name="P50">Median.</param>
/// <param name="P90">90 %.</param>
/// <param name="P99">99 %.</param>
/// <param name="P999">99.9 %.</param>
/// <param name="Max">The longest.</param>
/// <param name="Curve">Shares and durations, for a plot.</param>
internal sealed record LoadLatency(double P50, double P90, double P99, double P999, double Max, IReadOnlyList<LoadCurvePoint> Curve)
{
    private static readonly double[] Shares =
    [
        0,
        0.25,
        0.5,
        0.65,
        0.75,
        0.8,
        0.85,
        0.9,
        0.93,
        0.95,
        0.965,
        0.98,
        0.99,
        0.993,
        0.995,
        0.998,
        0.999,
        0.9995,
        0.9999,
        0.99999,
    ];

    /// <summary>Reads a histogram.</summary>
    /// <param name="histogram">Where durations were counted; when there is none, everything is 0.</param>
    /// <returns>The figures; the curve goes as far as there are durations beyond a share.</returns>
    public static LoadLatency Of(LatencyHistogram histogram)
    {
        double At(double share) => Math.Round(histogram.Percentile(share).TotalMilliseconds, 4);
        return new LoadLatency(
            At(0.5),
            At(0.9),
            At(0.99),
            At(0.999),
            Math.Round(histogram.Max.TotalMilliseconds, 4),
            [.. Shares.Where(share => histogram.Count * (1 - share) >= 1).Select(share => new LoadCurvePoint(share, At(share)))]);
    }
}

/// <summary>A point of a curve.</summary>
/// <param name="Share">0 to below 1.</param>
/// <param name="Milliseconds">That share of all is not above this.</param>
internal sealed record LoadCurvePoint(double Share, double Milliseconds);
