namespace FaceGrid.Load.Requests;

/// <summary>What was measured.</summary>
/// <param name="Seconds">The measured time, until the last answer.</param>
/// <param name="Operations">Each operation.</param>
/// <param name="All">All of them together.</param>
/// <param name="Lateness">Figures about requests that were sent late.</param>
/// <param name="Wrong">Wrong answers, including those of the warm-up.</param>
/// <param name="WrongExamples">The first few wrong answers.</param>
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
    /// <summary>The name of an operation in reports.</summary>
    /// <param name="operation">The operation.</param>
    /// <returns>Its name in small letters.</returns>
    public static string NameOf(LoadOperation operation) => operation.ToString().ToLowerInvariant();
}

/// <summary>One operation.</summary>
/// <param name="Operation">Its name, or <c>all</c>.</param>
/// <param name="Requests">Requests that were due within the measured time.</param>
/// <param name="Answered">Complete answers to these requests.</param>
/// <param name="PerSecond">Complete answers per second.</param>
/// <param name="Wrong">Answers that were wrong.</param>
/// <param name="NotSent">Requests for which there was no place until the run ended.</param>
/// <param name="Errors">Requests without a complete answer, by code.</param>
/// <param name="Latency">
/// Time from the moment when a request was due to its complete answer. A request that was not sent counts with the time that it had waited.
/// </param>
/// <param name="LatencyFromSending">Time from the moment when a request was sent. In a closed loop the two are the same.</param>
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

/// <summary>Figures about requests that were sent late.</summary>
/// <param name="Late">Requests that were sent more than 10 ms after they were due, or not at all.</param>
/// <param name="NotSent">Requests that were not sent at all.</param>
/// <param name="Lateness">Time from the moment when a request was due to its sending.</param>
internal sealed record LoadLateness(long Late, long NotSent, LoadLatency Lateness);

/// <summary>One second of the measured time.</summary>
/// <param name="Second">Its number, from 0.</param>
/// <param name="Answered">Complete answers that came in this second.</param>
/// <param name="Failed">Requests that ended in this second without a complete answer.</param>
/// <param name="P99Milliseconds">
/// 99 % of these answers took no longer, counted from the moment when they were due; null where there is no answer.
/// </param>
internal sealed record LoadSecond(int Second, long Answered, long Failed, double? P99Milliseconds);

/// <summary>Durations in milliseconds. The share in a member's name took no longer than its value.</summary>
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
    /// <param name="histogram">The counted durations. Without durations, every figure is 0.</param>
    /// <returns>The figures. The curve has only shares that at least one duration exceeds.</returns>
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
/// <param name="Milliseconds">This share of all durations is not above this value.</param>
internal sealed record LoadCurvePoint(double Share, double Milliseconds);
