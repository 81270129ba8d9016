using FaceGrid.Abstractions.Errors;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Grid;

/// <summary>Goal: pauses grow, end at their limit and differ where they are to differ. Method: exact values; seeded randomness.</summary>
public sealed class BackoffTests
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    [Fact]
    public void Pause_DoublesUpToTheLongest()
    {
        double[] seconds = [.. Enumerable.Range(0, 8).Select(attempt => Backoff.Pause(attempt, First, Longest).TotalSeconds)];
        seconds.ShouldBe([1, 2, 4, 8, 16, 30, 30, 30]);
        Backoff.Pause(int.MaxValue, First, Longest).ShouldBe(Longest);
    }

    [Fact]
    public void Pause_WithRandom_IsBetweenHalfAndAllOfIt()
    {
        var random = new Random(1);
        double[] shares = [.. Enumerable.Range(0, 1000).Select(_ => Backoff.Pause(2, First, Longest, random) / Backoff.Pause(2, First, Longest))];
        shares.ShouldAllBe(share => share >= 0.5 && share <= 1);
        (shares.Min() < 0.55, shares.Max() > 0.95).ShouldBe((true, true));
    }
}
