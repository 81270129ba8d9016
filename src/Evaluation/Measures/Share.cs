namespace FaceGrid.Evaluation.Measures;

/// <summary>A share with its confidence interval.</summary>
/// <param name="Value">0 to 1.</param>
/// <param name="Low">Lower end of the 95 % interval.</param>
/// <param name="High">Upper end.</param>
/// <param name="Counted">Trials.</param>
internal sealed record Share(double Value, double Low, double High, long Counted)
{
    private const int Replicates = 1000;

    /// <summary>
    /// The share over all people. The interval comes from resampling people, because several trials of one person are not independent.
    /// </summary>
    /// <param name="byPerson">Trials and hits of each person.</param>
    /// <param name="seed">Seed of the resampling.</param>
    /// <returns>The share; 0 with an interval of 0 to 1 when there was no trial.</returns>
    public static Share Of(IReadOnlyCollection<(double Hits, double Trials)> byPerson, int seed)
    {
        (double Hits, double Trials)[] people = [.. byPerson.Where(person => person.Trials > 0)];
        double trials = people.Sum(person => person.Trials);
        if (trials <= 0)
        {
            return new Share(0, 0, 1, 0);
        }

        Random random = new(seed);
        double[] shares = [.. Enumerable.Range(0, Replicates).Select(_ =>
        {
            (double hits, double all) = (0, 0);
            for (int i = 0; i < people.Length; i++)
            {
                (double Hits, double Trials) drawn = people[random.Next(people.Length)];
                hits += drawn.Hits;
                all += drawn.Trials;
            }

            return hits / all;
        }).Order()];
        return new Share(
            people.Sum(person => person.Hits) / trials,
            shares[(int)(0.025 * Replicates)],
            shares[(int)(0.975 * Replicates)],
            (long)trials);
    }

    /// <summary>Writes the share for readers.</summary>
    /// <returns>Per cent with the interval.</returns>
    public string InWords() => $"{100 * Value:0.00} % ({100 * Low:0.00} to {100 * High:0.00})";
}
