using FaceGrid.Evaluation.Measures;
using FaceGrid.Models;

namespace FaceGrid.Evaluation.Promise;

/// <summary>Whether promises hold, in figures.</summary>
/// <param name="Embedder">The profile's id.</param>
/// <param name="Seed">Where the random choices began.</param>
/// <param name="Splits">How often people were divided again.</param>
/// <param name="Draws">Galleries drawn per size and division.</param>
/// <param name="Impostor">The model of the first division.</param>
/// <param name="LookAlikes">Pairs of people in the whole set who are nearer than its tail explains.</param>
/// <param name="Points">Each promise at each gallery size.</param>
/// <param name="Crowds">Galleries of people who are alike, by promise.</param>
/// <param name="Likeness">Whether made-up people are as near to strangers as real ones.</param>
internal sealed record PromiseFigures(
    string Embedder,
    int Seed,
    int Splits,
    int Draws,
    ImpostorModel Impostor,
    int LookAlikes,
    IReadOnlyList<PromisePoint> Points,
    IReadOnlyList<CrowdFigures> Crowds,
    IReadOnlyList<LikenessPoint> Likeness);

/// <summary>A promise at a gallery size.</summary>
/// <param name="Promise">Promised share of strangers found, 0 to 1.</param>
/// <param name="People">People in the gallery.</param>
/// <param name="MadeUp">How many of them are made up.</param>
/// <param name="Distance">Mean threshold.</param>
/// <param name="Carried">False when the calibration data are too few for the promise.</param>
/// <param name="FalsePositive">Measured FPIR.</param>
/// <param name="WithoutLookAlikes">The same without the strangers who have a look-alike in the set.</param>
/// <param name="FalseNegative">Measured FNIR.</param>
internal sealed record PromisePoint(
    double Promise,
    int People,
    int MadeUp,
    double Distance,
    bool Carried,
    Share FalsePositive,
    Share WithoutLookAlikes,
    Share FalseNegative);

/// <summary>How often a stranger's picture is within a distance of a real person and of a made-up one.</summary>
/// <param name="Distance">The distance.</param>
/// <param name="Real">Share of pairs with held-out real people.</param>
/// <param name="MadeUp">Share of pairs with made-up people.</param>
internal sealed record LikenessPoint(double Distance, double Real, double MadeUp);
