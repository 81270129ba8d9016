using FaceGrid.Abstractions.Rules;
using FaceGrid.Abstractions.Sightings;
using FaceGrid.Cameras.Rules;
using FaceGrid.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Rules;

/// <summary>
/// Goal: a delivery is tried while that may help, and no longer. Method: a target that fails as told, and a clock that the test moves.
/// </summary>
public sealed class RulePublisherTests
{
    private static readonly SightingEvent Seen = new(
        7, SightingChange.Begun, NewVisitor: true, Visits.Of("ada", 1) with { HasPicture = true });

    private readonly FakeTimeProvider _time = new(Visits.Morning);
    private readonly FakeTarget _target = new();
    private readonly RuleTrouble _trouble;
    private readonly RulePublisher _publisher;
    private readonly CancellationTokenSource _renewed = new();
    private RuleSettings _settings = new(Webhook: new RuleWebhook("http://hooks.example/", Picture: true));
    private string? _moment = "begun";
    private int _opened;

    public RulePublisherTests()
    {
        _trouble = new RuleTrouble(_time);
        var options = new RuleOptions { DeliveryTime = TimeSpan.FromMinutes(10), PublicUrl = "https://faces.example/" };
        _publisher = new RulePublisher(
            "r", Open, options, new RetryPause(_time, new Random(1)), _trouble, _time, NullLogger.Instance);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Publish_TargetTakesIt_IsPublishedWithAllThatTheTargetNeeds()
    {
        (await PublishAsync()).ShouldBe(new PublishOutcome(PublishStatus.Published, "begun"));
        Delivery delivery = _target.Deliveries.Single();
        (delivery.Id, delivery.Rule, delivery.Moment, delivery.Position).ShouldBe(("r-7", "r", "begun", 7));
        delivery.Picture.ShouldBe($"https://faces.example/v1/sightings/{Visits.Id(1)}/picture");
    }

    [Fact]
    public async Task Publish_PassingFailure_TriesAgainUntilItIsTaken()
    {
        _target.Fail(isLasting: false, times: 3);
        Task<PublishOutcome> publishing = PublishAsync();
        await AfterAttemptsAsync(1);
        _trouble.FailingSince.ShouldBe(Visits.Morning);
        _trouble.Last?.Text.ShouldBe("as the test wishes");
        await PassAsync(publishing);
        (await publishing).Status.ShouldBe(PublishStatus.Published);
        (_target.Deliveries.Count, _opened).ShouldBe((4, 1));
    }

    [Fact]
    public async Task Publish_LastingFailure_IsGivenUpAtOnce()
    {
        _target.Fail(isLasting: true, times: 1);
        PublishOutcome outcome = await PublishAsync();
        outcome.Status.ShouldBe(PublishStatus.GivenUp);
        outcome.Letter.ShouldBe(new DeadLetter("r-7", 7, "begun", Visits.Morning, 1, "as the test wishes"));
    }

    [Fact]
    public async Task Publish_TargetStaysAway_IsGivenUpAfterTheDeliveryTimeAndNotBefore()
    {
        _target.Fail(isLasting: false, times: 1_000);
        Task<PublishOutcome> publishing = PublishAsync();
        await PassAsync(publishing);
        DeadLetter letter = (await publishing).Letter.ShouldNotBeNull();
        (letter.GivenUpAt - Visits.Morning).ShouldBeInRange(TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(12));
        letter.Attempts.ShouldBe(_target.Deliveries.Count);
        letter.Attempts.ShouldBeInRange(15, 27); // 1 s, doubling up to 60 s, each less at most a half.
    }

    [Fact]
    public async Task Publish_NotWantedAnyMoreAfterAFailure_IsPassedOver()
    {
        _target.Fail(isLasting: false, times: 1);
        Task<PublishOutcome> publishing = PublishAsync();
        await AfterAttemptsAsync(1);
        _moment = null;
        await PassAsync(publishing);
        (await publishing).Status.ShouldBe(PublishStatus.PassedOver);
        _target.Deliveries.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Publish_NewSettings_AreTriedAtOnceOverANewTarget()
    {
        _target.Fail(isLasting: false, times: 1);
        Task<PublishOutcome> publishing = PublishAsync();
        await AfterAttemptsAsync(1);
        _settings = _settings with { CooldownSeconds = 1 };
        await _renewed.CancelAsync();
        (await publishing.WaitAsync(TimeSpan.FromSeconds(30), Cancel)).Status.ShouldBe(PublishStatus.Published);
        (_opened, _target.Disposed).ShouldBe((2, 1));
    }

    [Fact]
    public async Task Publish_SettingsThatCannotBeRead_IsPostponed()
    {
        PublishOutcome outcome = await _publisher.PublishAsync(
            Seen, _ => Task.FromResult(new RuleDecision(_settings, null, IsReadable: false, CancellationToken.None)), Cancel);
        (outcome.Status, _opened).ShouldBe((PublishStatus.Postponed, 0));
    }

    [Fact]
    public async Task PublishOnce_UsesATargetOfItsOwnAndTriesOnce()
    {
        await PublishAsync();
        _target.Fail(isLasting: false, times: 1);
        await Should.ThrowAsync<DeliveryException>(_publisher.PublishOnceAsync(_settings, Seen, "ended", Cancel));
        (_opened, _target.Disposed, _target.Deliveries[^1].Moment).ShouldBe((2, 1, "ended"));
    }

    private Task<PublishOutcome> PublishAsync() => _publisher.PublishAsync(
        Seen, _ => Task.FromResult(new RuleDecision(_settings, _moment, IsReadable: true, _renewed.Token)), Cancel);

    private FakeTarget Open(RuleSettings settings)
    {
        _opened++;
        return _target;
    }

    private Task AfterAttemptsAsync(int attempts) => Eventually.AssertAsync(() =>
    {
        _target.Deliveries.Count.ShouldBe(attempts);
        return Task.CompletedTask;
    });

    private async Task PassAsync(Task waiting)
    {
        for (int i = 0; i < 1_000 && !waiting.IsCompleted; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(5));
            await Task.WhenAny(waiting, Task.Delay(5, Cancel));
        }

        waiting.IsCompleted.ShouldBeTrue("no outcome after 5,000 s");
    }
}
