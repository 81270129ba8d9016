using FaceGrid.Cameras.Sources;
using FaceGrid.Cameras.Watching;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Cameras;

/// <summary>
/// Goal: a clock that is set ends no visit, and a camera that sends too fast is not looked at more often than asked. Method: a clock in
/// hand.
/// </summary>
public sealed class CameraTimeTests
{
    private readonly WallClock _time = new();

    [Fact]
    public void Frames_without_a_date_move_time_by_what_has_passed()
    {
        var clock = new CameraClock(_time);
        _time.Advance(TimeSpan.FromSeconds(3));
        clock.Move(_time.GetTimestamp(), null).ShouldBe(TimeSpan.FromSeconds(3));
        _time.Set(TimeSpan.FromHours(-5)); // Somebody sets the clock.
        _time.Advance(TimeSpan.FromSeconds(1));
        clock.Move(_time.GetTimestamp(), null).ShouldBe(TimeSpan.FromSeconds(4));
        _time.Advance(TimeSpan.FromSeconds(2));
        clock.Now.ShouldBe(TimeSpan.FromSeconds(6));
    }

    [Fact]
    public void Dated_frames_move_time_by_their_dates_and_never_back()
    {
        var clock = new CameraClock(_time);
        DateTimeOffset date = DateTimeOffset.UnixEpoch;
        clock.Move(_time.GetTimestamp(), date);
        clock.Move(_time.GetTimestamp(), date + TimeSpan.FromMinutes(1)).ShouldBe(TimeSpan.FromMinutes(1));
        clock.Move(_time.GetTimestamp(), date).ShouldBe(TimeSpan.FromMinutes(1));
        clock.Move(_time.GetTimestamp(), date + TimeSpan.FromSeconds(1)).ShouldBe(TimeSpan.FromSeconds(61));
    }

    [Fact]
    public void Dates_millennia_apart_do_not_bring_the_clock_to_its_end()
    {
        var clock = new CameraClock(_time);
        for (int i = 0; i < 10; i++)
        {
            clock.Move(_time.GetTimestamp(), DateTimeOffset.MinValue);
            clock.Move(_time.GetTimestamp(), DateTimeOffset.MaxValue);
        }

        TimeSpan before = clock.Move(_time.GetTimestamp(), DateTimeOffset.UnixEpoch);
        before.ShouldBeLessThan(TimeSpan.FromDays(100));
        clock.Move(_time.GetTimestamp(), DateTimeOffset.UnixEpoch + TimeSpan.FromSeconds(1)).ShouldBe(before + TimeSpan.FromSeconds(1));
    }

    [Theory]
    [InlineData(25, 5, 50)]
    [InlineData(60, 5, 50)]
    [InlineData(5, 5, 50)]
    [InlineData(2, 5, 20)]
    [InlineData(30, 0.5, 5)]
    [InlineData(30, 20, 200)]
    [InlineData(60, 7, 70)]
    public void A_pacer_lets_through_what_is_asked_for(double comes, double wanted, int expected)
    {
        var pacer = new FramePacer(wanted);
        var random = new Random(4);
        int passed = 0;
        for (int frame = 0; frame < 10 * comes; frame++)
        {
            passed += pacer.IsDue(TimeSpan.FromSeconds((frame + (0.4 * random.NextDouble())) / comes)) ? 1 : 0;
        }

        passed.ShouldBeInRange(expected - 2, expected + 1);
    }

    [Fact]
    public void A_pause_is_not_made_up_for()
    {
        var pacer = new FramePacer(5);
        pacer.IsDue(TimeSpan.Zero).ShouldBeTrue();
        pacer.IsDue(TimeSpan.FromSeconds(100)).ShouldBeTrue();
        pacer.IsDue(TimeSpan.FromSeconds(100.05)).ShouldBeFalse();
        pacer.IsDue(TimeSpan.FromSeconds(100.2)).ShouldBeTrue();
    }

    /// <summary>A clock that shows the date somebody set, and measures what has passed all the same.</summary>
    private sealed class WallClock : TimeProvider
    {
        private TimeSpan _passed, _set;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public void Advance(TimeSpan time) => _passed += time;

        public void Set(TimeSpan by) => _set += by;

        public override long GetTimestamp() => _passed.Ticks;

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddYears(50) + _passed + _set;
    }
}
