using FaceGrid.Abstractions.Sightings;
using FaceGrid.Cameras.Sightings;
using Microsoft.Extensions.Logging;
using Orleans.Storage;

namespace FaceGrid.Cameras.Rules;

/// <summary>
/// Carries a rule out: reads the order of sightings from where the rule left off, decides which events the rule is about, and hands
/// those to its publisher, one after the other. What was done is in the row before the next event begins. So only a crash between a
/// delivery and the write lets a target receive an event twice, and then under the same id.
/// It runs between the calls of its grain, on the grain's own scheduler.
/// </summary>
/// <param name="rule">Rule id, for the log.</param>
/// <param name="row">The rule's row.</param>
/// <param name="letters">Takes events that were given up.</param>
/// <param name="feed">The order of sightings.</param>
/// <param name="publisher">Publishes; it is disposed here.</param>
/// <param name="pause">The pause after an unexpected failure.</param>
/// <param name="trouble">Takes what goes wrong.</param>
/// <param name="hasLease">Whether this node may speak.</param>
/// <param name="onReplaced">Called when another activation has written the row.</param>
/// <param name="time">Clock.</param>
/// <param name="logger">Log.</param>
internal sealed partial class RuleLoop(
    string rule,
    RuleRow row,
    DeadLetters letters,
    ISightingFeed feed,
    RulePublisher publisher,
    RetryPause pause,
    RuleTrouble trouble,
    Func<bool> hasLease,
    Action onReplaced,
    TimeProvider time,
    ILogger logger) : IAsyncDisposable
{
    /// <summary>
    /// Events that are passed over before the row says so, so that a rule that publishes little writes little. After a crash they are
    /// read again, and passed over again.
    /// </summary>
    public const int PassedOverMax = 256;

    /// <summary>Events that are read at once.</summary>
    private const int PageMax = 64;

    /// <summary>How long a read waits for the next event, and how long settings that cannot be read are left alone.</summary>
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan LeasePoll = TimeSpan.FromMilliseconds(100);

    /// <summary>How long events that were passed over may be missing in the row.</summary>
    private static readonly TimeSpan SaveEvery = TimeSpan.FromMinutes(10);

    private readonly CancellationTokenSource _ending = new();
    private CancellationTokenSource _renewing = new();
    private Task _running = Task.CompletedTask;
    private Rule? _rule;
    private int _passedOver;
    private long _savedAt;

    /// <summary>The last event that the rule is done with; the row may not have it yet.</summary>
    public long Position { get; private set; }

    /// <summary>Begins where the row says.</summary>
    public void Start()
    {
        Position = row.State.Position;
        _savedAt = time.GetTimestamp();
        Renew();
        _running = RunAsync(_ending.Token);
    }

    /// <summary>Takes over new settings. An event that waits for its next attempt is tried at once.</summary>
    public void Renew()
    {
        List<string> mistakes = [];
        _rule = Rule.Read(row.State.Settings, mistakes);
        if (_rule is null)
        {
            trouble.Note(string.Join(" ", mistakes)); // Another version took it, or another node knows its time zone.
        }

        CancellationTokenSource before = _renewing;
        _renewing = new CancellationTokenSource();
        before.Cancel();
        before.Dispose();
    }

    /// <summary>Ends the loop: nothing is published any more when it returns.</summary>
    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _running;
        await publisher.DisposeAsync();
    }

    private async Task RunAsync(CancellationToken ending)
    {
        await Task.Yield(); // Not within the activation.
        while (!ending.IsCancellationRequested)
        {
            CancellationToken renewing = _renewing.Token;
            try
            {
                using var waiting = CancellationTokenSource.CreateLinkedTokenSource(ending, renewing);
                if (_rule is null)
                {
                    await Task.Delay(Wait, time, waiting.Token);
                    continue;
                }

                await HandleAsync(await feed.ReadAsync(Position, PageMax, Wait, waiting.Token), ending);
            }
            catch (OperationCanceledException) when (ending.IsCancellationRequested || renewing.IsCancellationRequested)
            {
                // It ends, or has new settings.
            }
            catch (InconsistentStateException)
            {
                LogReplaced(logger, rule); // Another activation has written the row.
                onReplaced();
                return;
            }
            catch (Exception failure)
            {
                LogFailed(logger, rule, failure);
                await pause.WaitAsync(1, ending);
            }
        }
    }

    private async Task HandleAsync(SightingEvents page, CancellationToken ending)
    {
        await CatchUpAsync(page, ending);
        foreach (SightingEvent seen in page.Events.Where(seen => seen.Position > Position))
        {
            if (!await HandleAsync(seen, ending))
            {
                break;
            }

            ending.ThrowIfCancellationRequested();
        }

        if (_passedOver >= PassedOverMax || (_passedOver > 0 && time.GetElapsedTime(_savedAt) > SaveEvery))
        {
            long position = Position;
            await SaveAsync(state => state.Position = position, ending);
        }
    }

    /// <summary>Moves the position into what there is: retention was faster than the target, or the database is an older backup.</summary>
    private async Task CatchUpAsync(SightingEvents page, CancellationToken ending)
    {
        if (Position >= page.Swept && Position <= page.Last)
        {
            return;
        }

        long missed = Math.Max(0, page.Swept - Position), position = Position < page.Swept ? page.Swept : page.Last;
        await SaveAsync(state => (state.Missed, state.Position) = (state.Missed + missed, position), ending);
        Position = position;
    }

    /// <returns>False when the event has to wait, and with it all later ones.</returns>
    private async Task<bool> HandleAsync(SightingEvent seen, CancellationToken ending)
    {
        PublishOutcome outcome = await publisher.PublishAsync(seen, stopping => DecideAsync(seen, stopping), ending);
        switch (outcome.Status)
        {
            case PublishStatus.Published:
                DateTimeOffset now = time.GetUtcNow();
                await FinishAsync(
                    seen, outcome.Moment!, state => (state.Delivered, state.LastDeliveryAt) = (state.Delivered + 1, now), ending);
                return true;
            case PublishStatus.GivenUp:
                await letters.AddUntilDoneAsync(outcome.Letter!, ending);
                await FinishAsync(seen, outcome.Moment!, static _ => { }, ending);
                return true;
            case PublishStatus.PassedOver:
                (Position, _passedOver) = (seen.Position, _passedOver + 1);
                trouble.EndAttempts();
                return true;
            default:
                return false;
        }
    }

    /// <summary>
    /// Asked before each attempt: the settings may be new, and the person of the event may have been erased since it was read.
    /// Waits while this node may be dead without knowing.
    /// </summary>
    private async Task<RuleDecision> DecideAsync(SightingEvent seen, CancellationToken ending)
    {
        while (!hasLease())
        {
            await Task.Delay(LeasePoll, time, ending);
        }

        CancellationToken renewed = _renewing.Token;
        if (_rule is not { } asked)
        {
            return new RuleDecision(row.State.Settings, Moment: null, IsReadable: false, renewed);
        }

        string? moment = asked.MomentOf(seen);
        bool isWanted = moment is not null
            && !RuleCooldown.Covers(row.State, asked.Cooldown, moment, seen.Sighting)
            && await feed.FindAsync(seen.Position, ending) is not null;
        return new RuleDecision(row.State.Settings, isWanted ? moment : null, IsReadable: true, renewed);
    }

    /// <summary>Writes down that an event is done with, and who was published.</summary>
    private async Task FinishAsync(SightingEvent seen, string moment, Action<RuleState> change, CancellationToken ending)
    {
        (string Text, DateTimeOffset At)? error = trouble.Last;
        TimeSpan cooldown = _rule?.Cooldown ?? TimeSpan.Zero;
        await SaveAsync(
            state =>
            {
                change(state);
                state.Position = seen.Position;
                (state.LastError, state.LastErrorAt) = error is { } last ? (last.Text, last.At) : (state.LastError, state.LastErrorAt);
                state.Published = RuleCooldown.Remember(state, cooldown, moment, seen.Sighting);
            },
            ending);
        Position = seen.Position;
        trouble.Clear();
    }

    private async Task SaveAsync(Action<RuleState> change, CancellationToken ending)
    {
        await row.SaveUntilDoneAsync(change, ending);
        (_passedOver, _savedAt) = (0, time.GetTimestamp());
    }

    [LoggerMessage(1, LogLevel.Warning, "Rule {Rule} could not go on; trying again")]
    private static partial void LogFailed(ILogger logger, string rule, Exception cause);

    [LoggerMessage(4, LogLevel.Information, "Rule {Rule} is carried out elsewhere now")]
    private static partial void LogReplaced(ILogger logger, string rule);
}
