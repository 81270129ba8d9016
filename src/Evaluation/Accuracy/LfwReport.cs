using FaceGrid.Evaluation.Faces;
using FaceGrid.Evaluation.Measures;

namespace FaceGrid.Evaluation.Accuracy;

/// <summary>Everything measured with one embedder on labelled pictures.</summary>
/// <param name="Embedder">The profile's id.</param>
/// <param name="Contract">What makes its vectors comparable.</param>
/// <param name="Detector">The detector's profile.</param>
/// <param name="ExecutionProvider">Where the models ran.</param>
/// <param name="Threads">Number of threads that worked.</param>
/// <param name="Embedding">Figures of the embedding.</param>
/// <param name="View2">LFW View 2, or null without <c>pairs.txt</c>.</param>
/// <param name="AllPairs">All pairs, or null when not asked for.</param>
/// <param name="RankOne">Identification, or null when not asked for.</param>
/// <param name="Curves">Curves, intervals and errors by quality, or null without all pairs.</param>
/// <param name="HeldOut">People whom the built-in models never saw, or null when not asked for.</param>
/// <param name="Golden">Nearness to a reference implementation, where there is one.</param>
internal sealed record LfwReport(
    string Embedder,
    string Contract,
    string Detector,
    string ExecutionProvider,
    int Threads,
    EmbeddingFigures Embedding,
    View2Figures? View2,
    AllPairsFigures? AllPairs,
    RankOneFigures? RankOne,
    CurveFigures? Curves,
    HeldOutFigures? HeldOut,
    GoldenFigures? Golden);
