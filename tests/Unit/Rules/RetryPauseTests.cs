using FaceGrid.Cameras.Rules;
using Microsoft.Extensions.Time.Testing;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Rules;

/// <summary>Goal: rules wait as long as documented. Method: a clock by hand, many seeds.</summary>
public sealed class RetryPauseTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(4, 8)]
    [InlineData(50, 60)]
    public async Task WaitAsync_LastsFromHalfTheDocumentedPauseToAllOfIt(int attempt, double seconds)
    {
        var pause = TimeSpan.FromSeconds(seconds);
        for (int seed = 0; seed < 50; seed++)
        {
            var time = new FakeTimeProvider();
            Task waiting = new RetryPause(time, new Random(seed)).WaitAsync(attempt, TestContext.Current.CancellationToken);
            time.Advance((pause / 2) - TimeSpan.FromMilliseconds(1));
            waiting.IsCompleted.ShouldBeFalse();
            time.Advance((pause / 2) + TimeSpan.FromMilliseconds(2));
            await waiting.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        }
    }
}
