namespace FaceGrid.Evaluation.Pad;

/// <summary>What a run of <c>facegrid evaluate pad</c> found.</summary>
/// <param name="Models">Profiles that were asked together.</param>
/// <param name="Detector">Profile of the detector.</param>
/// <param name="ExecutionProvider">Where the models ran.</param>
/// <param name="Pictures">Pictures by kind.</param>
/// <param name="AtThreshold">Errors at the profiles' threshold, which a node uses.</param>
/// <param name="ByThreshold">Errors at other thresholds, ascending.</param>
/// <param name="Seconds">Time of the whole run.</param>
/// <param name="Each">Every picture, including those in which nothing was measured.</param>
internal sealed record PadReport(
    IReadOnlyList<string> Models,
    string Detector,
    string ExecutionProvider,
    IReadOnlyDictionary<string, int> Pictures,
    PadFigures AtThreshold,
    IReadOnlyList<PadFigures> ByThreshold,
    double Seconds,
    IReadOnlyList<PadPicture> Each)
{
    /// <summary>Computes the figures.</summary>
    /// <param name="pipeline">
    /// The pipeline that measured. The report takes <see cref="Models"/>, <see cref="Detector"/>, <see cref="ExecutionProvider"/> and the
    /// threshold from it.
    /// </param>
    /// <param name="pictures">What was measured.</param>
    /// <param name="seconds">Time of the whole run.</param>
    /// <returns>The report.</returns>
    public static PadReport Of(
        (IReadOnlyList<string> Models, string Detector, string ExecutionProvider, double Threshold) pipeline,
        IReadOnlyCollection<PadPicture> pictures,
        double seconds) => new(
            pipeline.Models,
            pipeline.Detector,
            pipeline.ExecutionProvider,
            pictures
                .GroupBy(picture => picture.Kind, StringComparer.Ordinal)
                .OrderBy(kind => kind.Key, StringComparer.Ordinal)
                .ToDictionary(kind => kind.Key, kind => kind.Count(), StringComparer.Ordinal),
            PadFigures.At(pictures, pipeline.Threshold),
            [.. Enumerable.Range(1, 19).Select(step => PadFigures.At(pictures, step / 20.0))],
            seconds,
            [.. pictures.OrderBy(picture => picture.File, StringComparer.Ordinal)]);
}
