namespace FaceGrid.Evaluation.Faces;

/// <summary>Figures of the embedding of a set of pictures.</summary>
/// <param name="Pictures">Pictures read.</param>
/// <param name="WithoutFace">Pictures without a vector: no face was found, or the file is damaged.</param>
/// <param name="Seconds">Time for all of them, reading included.</param>
/// <param name="PicturesPerSecond">Throughput, all threads together.</param>
/// <param name="DetectMilliseconds">Median time to decode, detect, align and measure one lone picture.</param>
/// <param name="EmbedMilliseconds">Median time that the embedding of its faces adds to that.</param>
internal sealed record EmbeddingFigures(
    int Pictures,
    IReadOnlyList<FaceMissing> WithoutFace,
    double Seconds,
    double PicturesPerSecond,
    double DetectMilliseconds,
    double EmbedMilliseconds)
{
    /// <summary>Pictures that were turned by a quarter or a half of a circle to make their faces upright.</summary>
    public int Turned { get; init; }
}
