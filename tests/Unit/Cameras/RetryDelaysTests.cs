using FaceGrid.Cameras.Sources;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Cameras;

/// <summary>Goal: waits for a lost camera grow and differ. Method: seeded randomness.</summary>
public sealed class RetryDelaysTests
{
    [Fact]
    public void Waits_double_up_to_half_a_minute_and_are_never_the_same()
    {
        var delays = new RetryDelays(new Random(1));
        double[] seconds = [.. Enumerable.Range(0, 8).Select(_ => delays.Next().TotalSeconds)];
        double[] longest = [1, 2, 4, 8, 16, 30, 30, 30];
        seconds.Zip(longest).ShouldAllBe(pair => pair.First >= pair.Second / 2 && pair.First <= pair.Second);
        seconds.Distinct().Count().ShouldBe(8);
        delays.Reset();
        delays.Next().TotalSeconds.ShouldBeLessThanOrEqualTo(1);
    }
}
