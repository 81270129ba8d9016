namespace FaceGrid.Cli.Evaluation;

/// <summary>How embedding went.</summary>
/// <param name="Pictures">Pictures read.</param>
/// <param name="WithoutFace">Pictures in which no face was found.</param>
/// <param name="Seconds">Time for all of them, reading included.</param>
/// <param name="PicturesPerSecond">Throughput, all threads together.</param>
/// <param name="DetectMilliseconds">Median time to decode, detect, align and measure one lone picture.</param>
/// <param name="EmbedMilliseconds">What embedding its faces adds to that.</param>
internal sealed record EmbeddingFigures(
    int Pictures, IReadOnlyList<string> WithoutFace, double Seconds, double PicturesPerSecond, double DetectMilliseconds, double EmbedMilliseconds);
