using System.Globalization;
using FaceGrid.Abstractions.Rules;
using FaceGrid.Abstractions.Sightings;
using Microsoft.Extensions.Logging;

namespace FaceGrid.Cameras.Rules;

/// <summary>
/// Publishes events to the target of a rule: tries again while that may help, and gives an event up when it cannot help or took too
/// long. Used by one caller at a time, but for <see cref="PublishOnceAsync"/>.
/// </summary>
/// <param name="rule">Rule id.</param>
/// <param name="open">Makes the target of settings; throws <see cref="DeliveryException"/> when it cannot be made now.</param>
/// <param name="options">How long an event is tried, and the address of links.</param>
/// <param name="pause">The pause between two attempts.</param>
/// <param name="trouble">Takes failed attempts.</param>
/// <param name="time">Clock.</param>
/// <param name="logger">Log.</param>
internal sealed partial class RulePublisher(
    string rule,
    Func<RuleSettings, IRuleTarget> open,
    RuleOptions options,
    RetryPause pause,
    RuleTrouble trouble,
    TimeProvider time,
    ILogger logger) : IAsyncDisposable
{
    private IRuleTarget? _target;
    private RuleSettings? _targetOf;

    /// <summary>Publishes an event, as long as the rule's settings want it.</summary>
    /// <param name="seen">The event.</param>
    /// <param name="decide">Asks the settings; called before each attempt.</param>
    /// <param name="ending">The rule ends; the target may have taken the event.</param>
    /// <returns>What became of it. Nothing is written down: that is the caller's.</returns>
    public async Task<PublishOutcome> PublishAsync(
        SightingEvent seen, Func<CancellationToken, Task<RuleDecision>> decide, CancellationToken ending)
    {
        long began = time.GetTimestamp();
        for (int attempt = 1; ; attempt++)
        {
            RuleDecision decision = await decide(ending);
            if (!decision.IsReadable || decision.Moment is not { } moment)
            {
                return new PublishOutcome(decision.IsReadable ? PublishStatus.PassedOver : PublishStatus.Postponed);
            }

            try
            {
                await (await TargetAsync(decision.Settings)).DeliverAsync(DeliveryOf(decision.Settings, seen, moment), ending);
                CameraMetrics.Deliveries.AddOne("delivered");
                return new PublishOutcome(PublishStatus.Published, moment);
            }
            catch (DeliveryException failure)
            {
                CameraMetrics.Deliveries.AddOne("failed");
                trouble.NoteAttempt(failure.Message);
                LogNotTaken(logger, rule, attempt, failure.Message);
                if (failure.IsLasting || time.GetElapsedTime(began) > options.DeliveryTime)
                {
                    var letter = new DeadLetter(IdOf(seen), seen.Position, moment, time.GetUtcNow(), attempt, failure.Message);
                    return new PublishOutcome(PublishStatus.GivenUp, moment, letter);
                }
            }

            using var waiting = CancellationTokenSource.CreateLinkedTokenSource(ending, decision.Renewed);
            await pause.WaitAsync(attempt, waiting.Token);
            ending.ThrowIfCancellationRequested();
            if (decision.Renewed.IsCancellationRequested)
            {
                (began, attempt) = (time.GetTimestamp(), 0); // New settings have all their time before them.
            }
        }
    }

    /// <summary>Publishes an event once more, over a target of its own: the one of the loop may be waiting for an answer.</summary>
    /// <param name="settings">The rule's settings.</param>
    /// <param name="seen">The event.</param>
    /// <param name="moment"><c>begun</c> or <c>ended</c>.</param>
    /// <param name="cancellationToken">Stops waiting; the target may have taken the event.</param>
    /// <exception cref="DeliveryException">The target did not take it.</exception>
    public async Task PublishOnceAsync(RuleSettings settings, SightingEvent seen, string moment, CancellationToken cancellationToken)
    {
        await using IRuleTarget target = open(settings);
        await target.DeliverAsync(DeliveryOf(settings, seen, moment), cancellationToken);
        CameraMetrics.Deliveries.AddOne("delivered");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_target is { } target)
        {
            (_target, _targetOf) = (null, null);
            await target.DisposeAsync();
        }
    }

    private async ValueTask<IRuleTarget> TargetAsync(RuleSettings settings)
    {
        if (_target is null || !ReferenceEquals(_targetOf, settings))
        {
            await DisposeAsync();
            (_target, _targetOf) = (open(settings), settings);
        }

        return _target;
    }

    private Delivery DeliveryOf(RuleSettings settings, SightingEvent seen, string moment)
    {
        Sighting sighting = seen.Sighting;
        string? picture = sighting.HasPicture && settings.Webhook?.Picture == true
            ? $"{options.PublicUrl?.TrimEnd('/')}/v1/sightings/{sighting.Id}/picture"
            : null;
        return new Delivery(IdOf(seen), rule, moment, seen.Position, sighting, picture);
    }

    private string IdOf(SightingEvent seen) => string.Create(CultureInfo.InvariantCulture, $"{rule}-{seen.Position}");

    [LoggerMessage(2, LogLevel.Information, "Rule {Rule}: attempt {Attempt} failed. {Reason}")]
    private static partial void LogNotTaken(ILogger logger, string rule, int attempt, string reason);
}
