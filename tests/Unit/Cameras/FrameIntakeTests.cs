using FaceGrid.Abstractions.Cameras;
using FaceGrid.Cameras.Sources;
using FaceGrid.Cameras.Watching;
using Microsoft.Extensions.Time.Testing;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Cameras;

/// <summary>
/// Goal: a camera looks at the newest frame, and no sender waits for a frame that is dropped. Method: frames offered by hand.
/// </summary>
public sealed class FrameIntakeTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly CameraCounts _counts = new();
    private readonly FrameIntake _intake;

    public FrameIntakeTests() => _intake = new FrameIntake(framesPerSecond: 5, _counts, _time);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Offer_NewerFrame_TakesThePlaceOfTheOneThatWaits()
    {
        TaskCompletionSource<CameraView?> older = new(), newer = new();
        _intake.Offer(FrameOf(1), date: null, older).ShouldBeTrue();
        _intake.Offer(FrameOf(2), date: null, newer).ShouldBeTrue();
        (await older.Task).ShouldBeNull();
        (await _intake.NextAsync(Cancel))!.Waiter.ShouldBe(newer);
        _counts.Dropped.ShouldBe(1);
    }

    [Fact]
    public async Task Offer_TooSoon_IsDroppedUnlessItsSenderWaits()
    {
        _intake.Offer(FrameOf(1), date: null, waiter: null).ShouldBeTrue();
        (await _intake.NextAsync(Cancel)).ShouldNotBeNull();
        _time.Advance(TimeSpan.FromMilliseconds(50));
        _intake.Offer(FrameOf(2), date: null, waiter: null).ShouldBeFalse();
        _counts.Dropped.ShouldBe(1);
        _intake.Offer(FrameOf(3), date: null, new TaskCompletionSource<CameraView?>()).ShouldBeTrue();
        _time.Advance(TimeSpan.FromMilliseconds(200));
        _intake.Offer(FrameOf(4), date: null, waiter: null).ShouldBeTrue();
    }

    [Fact]
    public async Task Next_NoFrame_ReturnsAfterASecond()
    {
        Task<OfferedFrame?> next = _intake.NextAsync(Cancel);
        _time.Advance(TimeSpan.FromSeconds(0.9));
        next.IsCompleted.ShouldBeFalse();
        _time.Advance(TimeSpan.FromSeconds(0.2));
        (await next.WaitAsync(TimeSpan.FromSeconds(30), Cancel)).ShouldBeNull();
    }

    [Fact]
    public async Task Close_FrameThatWaits_AndLaterOnes_AreDropped()
    {
        TaskCompletionSource<CameraView?> before = new(), after = new();
        _intake.Offer(FrameOf(1), date: null, before);
        _intake.Close();
        (await before.Task.WaitAsync(TimeSpan.FromSeconds(30), Cancel)).ShouldBeNull();
        _intake.Offer(FrameOf(2), date: null, after);
        (await after.Task.WaitAsync(TimeSpan.FromSeconds(30), Cancel)).ShouldBeNull();
    }

    private static Frame FrameOf(byte picture) => new(new byte[] { picture }, DateTimeOffset.UnixEpoch);
}
