using FaceGrid.Grains.Cameras.Sources;
using Microsoft.Extensions.Time.Testing;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Cameras;

/// <summary>Goal: a camera gets the rate it asks for, and waits for a lost one grow and differ. Method: a clock that the test moves, and seeded randomness.</summary>
public sealed class FrameRateTests
{
    [Theory]
    [InlineData(25, 5, 5)]
    [InlineData(30, 20, 20)]
    [InlineData(60, 7, 7)]
    [InlineData(5, 5, 5)]
    [InlineData(2, 5, 2)]
    [InlineData(25, 0.5, 0.5)]
    public void Wants_AnyRate_LetsThroughTheRateAskedFor(double coming, double asked, double expected)
    {
        var time = new FakeTimeProvider();
        var random = new Random(3);
        var rate = new FrameRate(asked, time);
        int taken = 0, seconds = 100;
        double at = 0;
        for (int i = 0; i < coming * seconds; i++)
        {
            double next = (i + ((random.NextDouble() - 0.5) * 0.2)) / coming; // Frames come up to a tenth of their distance early or late.
            time.Advance(TimeSpan.FromSeconds(Math.Max(0, next - at)));
            at = Math.Max(at, next);
            taken += rate.Wants() ? 1 : 0;
        }

        ((double)taken / seconds).ShouldBe(expected, (0.02 * expected) + 0.02); // The first is taken at once.
    }

    [Fact]
    public void After_a_pause_frames_are_not_made_up_for()
    {
        var time = new FakeTimeProvider();
        var rate = new FrameRate(5, time);
        rate.Wants().ShouldBeTrue();
        time.Advance(TimeSpan.FromMinutes(1));
        Enumerable.Range(0, 100).Count(_ => rate.Wants()).ShouldBeLessThanOrEqualTo(2);
    }

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
