namespace FaceGrid.Evaluation.Measures;

/// <summary>Counts what identify answered at a threshold, by person.</summary>
/// <param name="people">How many people there are.</param>
internal sealed class IdentifyTally(int people)
{
    private readonly (double Hits, double Trials)[] _strangers = new (double, double)[people];
    private readonly (double Hits, double Trials)[] _enrolled = new (double, double)[people];

    /// <summary>Adds a gallery's answers.</summary>
    /// <param name="draw">The distances.</param>
    /// <param name="squared">Squared threshold.</param>
    public void Add(GalleryDraw draw, float squared)
    {
        foreach ((int person, float nearest) in draw.Strangers)
        {
            _strangers[person] = (_strangers[person].Hits + (nearest <= squared ? 1 : 0), _strangers[person].Trials + 1);
        }

        foreach ((int person, float mate, float other) in draw.Enrolled)
        {
            _enrolled[person] = (_enrolled[person].Hits + (mate <= squared && mate <= other ? 0 : 1), _enrolled[person].Trials + 1);
        }
    }

    /// <summary>Share of strangers who were taken for somebody (FPIR).</summary>
    /// <param name="seed">Seed of the confidence interval.</param>
    /// <returns>The share.</returns>
    public Share FalsePositive(int seed) => Share.Of(_strangers, seed);

    /// <summary>Share of enrolled people who were not found: too far, or somebody else was nearer (FNIR).</summary>
    /// <param name="seed">Seed of the confidence interval.</param>
    /// <returns>The share.</returns>
    public Share FalseNegative(int seed) => Share.Of(_enrolled, seed);
}
