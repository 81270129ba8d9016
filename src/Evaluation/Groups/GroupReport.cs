namespace FaceGrid.Evaluation.Groups;

/// <summary>How the promises of a profile hold within groups of people.</summary>
/// <param name="Embedder">The profile's id.</param>
/// <param name="Detector">The detector's profile.</param>
/// <param name="FmrPromise">The false match rate that verify promises.</param>
/// <param name="VerifyDistance">Its threshold, 0 to 2.</param>
/// <param name="FpirPromise">The share of strangers found that identify promises.</param>
/// <param name="Repeats">Pictures left out because they are near an earlier picture of somebody else.</param>
/// <param name="Turned">Pictures that were turned by a quarter or a half of a circle to make their faces upright.</param>
/// <param name="Groups">All people first, then the groups by label and value.</param>
/// <param name="WorstFmr">The group with the largest <see cref="GroupFigures.Fmr"/>, by the lower end of its interval.</param>
/// <param name="WorstFpir">The group with the largest <see cref="GroupFigures.Fpir"/>, by the lower end of its interval.</param>
/// <param name="Seed">Seed of the galleries and the intervals.</param>
internal sealed record GroupReport(
    string Embedder,
    string Detector,
    double FmrPromise,
    double VerifyDistance,
    double FpirPromise,
    int Repeats,
    int Turned,
    IReadOnlyList<GroupFigures> Groups,
    string WorstFmr,
    string WorstFpir,
    int Seed);
