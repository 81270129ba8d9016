using FaceGrid.Search;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Search;

/// <summary>
/// Goal: the bound of the first pass is lowered by what fp32 may lose. Method: the number of the proof of <see cref="Quantiser"/>, and
/// canonical distances beside sums of fp64.
/// </summary>
public sealed class SlackTests
{
    private const double U = 1.0 / (1 << 24);

    [Theory]
    [InlineData(32)]
    [InlineData(128)]
    [InlineData(512)]
    [InlineData(2048)]
    public void Slack_CoversTheBoundsRoundingsAndTheDistances(int dimension) =>
        // 64 roundings of the bound's terms, and those of the canonical distance of at most twice the squared lengths.
        Quantiser.Slack(dimension).ShouldBeGreaterThanOrEqualTo((64 + 12 + (dimension / 8.0)) * U);

    [Theory]
    [InlineData(32)]
    [InlineData(512)]
    [InlineData(2048)]
    public void Slack_CoversWhatCanonicalDistancesLose(int dimension)
    {
        var random = new Random(dimension);
        double largest = 0;
        for (int trial = 0; trial < 200; trial++)
        {
            float[] a = Any(), b = Any();
            double truth = a.Zip(b, (x, y) => ((double)x - y) * ((double)x - y)).Sum();
            double lengths = a.Sum(x => (double)x * x) + b.Sum(y => (double)y * y);
            largest = Math.Max(largest, (truth - Distance.Squared(a, b)) / lengths);
        }

        largest.ShouldBeGreaterThan(0, "fp32 loses something, or the test sees nothing");
        Quantiser.Slack(dimension).ShouldBeGreaterThan(largest);

        float[] Any() => [.. Enumerable.Range(0, dimension).Select(_ => random.NextSingle() - 0.5f)];
    }
}
