namespace FaceGrid.Benchmarks.Scatter;

/// <summary>Figures of contestants that took turns, so that those of one round belong together.</summary>
internal sealed class Series
{
    private readonly Dictionary<string, List<(double PerSecond, double P50, double P99)>> _figures = [];

    /// <summary>Adds a turn; rounds below 0 warm up and do not count.</summary>
    public void Add(int round, string contestant, (double PerSecond, double P50, double P99) figures)
    {
        if (round >= 0)
        {
            (_figures.TryGetValue(contestant, out var known) ? known : _figures[contestant] = []).Add(figures);
        }
    }

    /// <summary>Prints medians with their spread, and the ratios of one contestant to others, each of one round.</summary>
    /// <param name="heading">Begins each line.</param>
    /// <param name="subject">The contestant.</param>
    /// <param name="baselines">The others.</param>
    public void Print(string heading, string subject, string[] baselines)
    {
        foreach ((string name, List<(double PerSecond, double P50, double P99)> own) in _figures)
        {
            Console.WriteLine($"{heading}: {name}: {Statistics.Of([.. own.Select(turn => turn.PerSecond)], "0")} per second; p50 {Statistics.Of([.. own.Select(turn => turn.P50)], "0.000 ms")}, p99 {Statistics.Of([.. own.Select(turn => turn.P99)], "0.000 ms")}");
        }

        foreach (string baseline in baselines)
        {
            var pairs = _figures[subject].Zip(_figures[baseline]).ToArray();
            Console.WriteLine($"{heading}: {subject} to {baseline}: rate {Statistics.Of([.. pairs.Select(pair => pair.First.PerSecond / pair.Second.PerSecond)], "0.000")}, p50 {Statistics.Of([.. pairs.Select(pair => pair.First.P50 / pair.Second.P50)], "0.00")}");
        }
    }
}
