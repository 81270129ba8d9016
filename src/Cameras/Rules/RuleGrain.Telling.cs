using System.Security.Cryptography;
using System.Text;
using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.Rules;
using FaceGrid.Abstractions.Sightings;
using Orleans.Storage;

namespace FaceGrid.Cameras.Rules;

// The loop of a rule. It runs between the grain's calls, on the grain's own scheduler. What it has done is in the row before the next delivery begins: only a crash between a delivery and the row makes a target hear something twice,
// and then under the same id.
internal sealed partial class RuleGrain
{
    /// <summary>Events that are passed over before the row says so, so that a rule that tells little writes little; those are read again after a crash, and passed over again.</summary>
    private const int SkippedMax = 256;

    private const int PageMax = 64;

    /// <summary>Entries of <see cref="RuleState.Told"/>; the oldest go first.</summary>
    private const int ToldMax = 10_000;

    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(30);

    /// <summary>Between two attempts: 1 s, doubling up to this, each times 0.5 to 1.5 so that rules do not come back together.</summary>
    private static readonly TimeSpan PauseMax = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan SaveEvery = TimeSpan.FromMinutes(10);

    private readonly SemaphoreSlim _saving = new(1);
    private CancellationTokenSource _ending = new();
    private CancellationTokenSource _renewing = new();
    private Task _telling = Task.CompletedTask;
    private Rule? _rule;
    private IRuleTarget? _target;
    private RuleSettings? _targetOf;
    private long _position;
    private int _skipped;
    private long _savedAt;
    private DateTimeOffset? _failingSince;
    private (string Text, DateTimeOffset At)? _error;

    private void Begin()
    {
        _position = row.State.Position;
        _savedAt = time.GetTimestamp();
        _ending = new CancellationTokenSource();
        Renew();
        _telling = TellAsync(_ending.Token);
    }

    /// <summary>Takes over new settings; what waits tries at once.</summary>
    private void Renew()
    {
        List<string> mistakes = [];
        _rule = Rule.Read(row.State.Settings, mistakes);
        if (_rule is null)
        {
            _error = (string.Join(" ", mistakes), time.GetUtcNow()); // Another version took it, or another node knows its time zone.
        }

        CancellationTokenSource before = _renewing;
        _renewing = new CancellationTokenSource();
        before.Cancel();
        before.Dispose();
    }

    private async Task EndAsync()
    {
        await _ending.CancelAsync();
        await _telling;
        await DropTargetAsync();
    }

    private async Task TellAsync(CancellationToken ending)
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

                await TellPageAsync(await feed.ReadAsync(_position, PageMax, Wait, waiting.Token), ending);
            }
            catch (OperationCanceledException) when (ending.IsCancellationRequested || renewing.IsCancellationRequested)
            {
                // It ends, or has new settings.
            }
            catch (InconsistentStateException)
            {
                LogReplaced(logger, _id); // Another activation has written the row.
                DeactivateOnIdle();
                return;
            }
            catch (Exception failure)
            {
                LogFailed(logger, _id, failure);
                await PauseAsync(1, ending);
            }
        }
    }

    private async Task TellPageAsync(SightingEvents page, CancellationToken ending)
    {
        if (_position < page.Swept || _position > page.Last)
        {
            // Retention was faster than the target; or the database is an older one, from a backup.
            (long missed, long position) = (Math.Max(0, page.Swept - _position), _position < page.Swept ? page.Swept : page.Last);
            await SaveOnAsync(state => (state.Missed, state.Position) = (state.Missed + missed, position), ending);
            _position = position;
        }

        foreach (SightingEvent told in page.Events)
        {
            if (told.Position > _position)
            {
                await TellOneAsync(told, ending);
                ending.ThrowIfCancellationRequested();
            }
        }

        if (_skipped >= SkippedMax || (_skipped > 0 && time.GetElapsedTime(_savedAt) > SaveEvery))
        {
            long position = _position;
            await SaveOnAsync(state => state.Position = position, ending);
        }
    }

    private async Task TellOneAsync(SightingEvent told, CancellationToken ending)
    {
        long began = time.GetTimestamp();
        for (int attempt = 1; ; attempt++)
        {
            while (!lease.IsValid)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), time, ending);
            }

            CancellationToken renewing = _renewing.Token;
            if (_rule is null)
            {
                return; // Settings that this version cannot read; the loop waits.
            }

            // Asked at each attempt: the settings may be new, and whom it tells of may have been erased since it was read.
            if (_rule.MomentOf(told) is not { } moment || WasToldLately(moment, told.Sighting) || await FindAsync(told.Position, ending) is null)
            {
                (_position, _skipped, _failingSince) = (told.Position, _skipped + 1, null);
                return;
            }

            try
            {
                await DeliverAsync(Delivery(told, moment), ending);
                CameraMetrics.Deliveries.AddOne("delivered");
                DateTimeOffset now = time.GetUtcNow();
                await DoneWithAsync(told, moment, state => (state.Delivered, state.LastDeliveryAt) = (state.Delivered + 1, now), ending);
                return;
            }
            catch (DeliveryException failure)
            {
                CameraMetrics.Deliveries.AddOne("failed");
                (_error, _failingSince) = ((failure.Message, time.GetUtcNow()), _failingSince ?? time.GetUtcNow());
                LogNotTaken(logger, _id, attempt, failure.Message);
                if (failure.IsLasting || time.GetElapsedTime(began) > options.Value.DeliveryTime)
                {
                    await BuryAsync(new DeadLetter(Delivery(told, moment).Id, told.Position, moment, time.GetUtcNow(), attempt, failure.Message), ending);
                    await DoneWithAsync(told, moment, static _ => { }, ending);
                    return;
                }
            }

            using var waiting = CancellationTokenSource.CreateLinkedTokenSource(ending, renewing);
            await PauseAsync(attempt, waiting.Token);
            if (renewing.IsCancellationRequested)
            {
                (began, attempt) = (time.GetTimestamp(), 0);
            }
        }
    }

    /// <summary>Reads an event from the database; null when it has been erased.</summary>
    private async Task<SightingEvent?> FindAsync(long position, CancellationToken cancellationToken) =>
        (await feed.FetchAsync(position - 1, 1, cancellationToken)).Events is [{ } told] && told.Position == position ? told : null;

    private async Task DeliverAsync(Delivery delivery, CancellationToken ending)
    {
        RuleSettings settings = row.State.Settings;
        if (_target is null || !ReferenceEquals(_targetOf, settings))
        {
            await DropTargetAsync();
            (_target, _targetOf) = (targets.Create(settings), settings);
        }

        await _target.DeliverAsync(delivery, ending);
    }

    private async Task DropTargetAsync()
    {
        if (_target is { } target)
        {
            (_target, _targetOf) = (null, null);
            await target.DisposeAsync();
        }
    }

    private Delivery Delivery(SightingEvent told, string moment)
    {
        Sighting sighting = told.Sighting;
        string? picture = sighting.HasPicture && row.State.Settings.Webhook?.Picture == true ? $"{options.Value.PublicUrl?.TrimEnd('/')}/v1/sightings/{sighting.Id}/picture" : null;
        return new Delivery(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{_id}-{told.Position}"), _id, moment, told.Position, sighting, picture);
    }

    /// <summary>Writes down that an event is done with, and of whom was told.</summary>
    private async Task DoneWithAsync(SightingEvent told, string moment, Action<RuleState> change, CancellationToken ending)
    {
        (string Text, DateTimeOffset At)? error = _error;
        TimeSpan cooldown = _rule?.Cooldown ?? TimeSpan.Zero;
        await SaveOnAsync(
            state =>
            {
                change(state);
                state.Position = told.Position;
                (state.LastError, state.LastErrorAt) = error is { } last ? (last.Text, last.At) : (state.LastError, state.LastErrorAt);
                state.Told = Remember(state, cooldown, moment, told.Sighting);
            },
            ending);
        (_position, _failingSince, _error) = (told.Position, null, null);
    }

    private static Dictionary<string, DateTimeOffset> Remember(RuleState state, TimeSpan cooldown, string moment, Sighting sighting)
    {
        if (cooldown == TimeSpan.Zero)
        {
            return [];
        }

        IEnumerable<KeyValuePair<string, DateTimeOffset>> still = state.Told.Where(told => (sighting.LastSeen - told.Value).Duration() < cooldown);
        if (state.Told.Count >= ToldMax)
        {
            still = still.OrderByDescending(told => told.Value).Take(ToldMax - 1);
        }

        return new Dictionary<string, DateTimeOffset>(still, StringComparer.Ordinal) { [Whom(state.Salt, moment, sighting)] = sighting.LastSeen };
    }

    // By the visits' own times, so that a target that was away is told of the same people as one that was not; and in both directions, because cameras' clocks differ and jump.
    private bool WasToldLately(string moment, Sighting sighting) => _rule!.Cooldown > TimeSpan.Zero
        && row.State.Told.TryGetValue(Whom(row.State.Salt, moment, sighting), out DateTimeOffset at) && (sighting.LastSeen - at).Duration() < _rule.Cooldown;

    private static string Whom(byte[] salt, string moment, Sighting sighting) =>
        Convert.ToHexStringLower(SHA256.HashData([.. salt, .. Encoding.UTF8.GetBytes($"{moment} {Rule.PersonOf(sighting)}")]).AsSpan(0, 16));

    private async Task PauseAsync(int attempt, CancellationToken waiting)
    {
        TimeSpan pause = Backoff.Pause(attempt - 1, TimeSpan.FromSeconds(1), PauseMax) * (0.5 + Random.Shared.NextDouble());
        try
        {
            await Task.Delay(pause, time, waiting);
        }
        catch (OperationCanceledException)
        {
            // Who waits looks why.
        }
    }

    /// <summary>Writes the row, for somebody who is told when that fails.</summary>
    private async Task SaveAsync(Action<RuleState> change)
    {
        await _saving.WaitAsync();
        try
        {
            change(row.State);
            await row.WriteStateAsync(CancellationToken.None);
            (_skipped, _savedAt) = (0, time.GetTimestamp());
        }
        catch
        {
            DeactivateOnIdle(); // Nobody knows what the row holds; the next activation reads it.
            throw;
        }
        finally
        {
            _saving.Release();
        }
    }

    /// <summary>Writes the row, for the loop, which does not go on before that has succeeded.</summary>
    private async Task SaveOnAsync(Action<RuleState> change, CancellationToken ending)
    {
        await _saving.WaitAsync(ending);
        try
        {
            for (int attempt = 1; ; attempt++)
            {
                try
                {
                    if (attempt > 1)
                    {
                        await row.ReadStateAsync(CancellationToken.None); // The write that failed may have been carried out, and is repeated over what it left.
                    }

                    change(row.State);
                    await row.WriteStateAsync(CancellationToken.None);
                    (_skipped, _savedAt) = (0, time.GetTimestamp());
                    return;
                }
                catch (FaceGridException failure) when (failure.Code is ErrorCodes.StorageUnavailable or ErrorCodes.Busy && !ending.IsCancellationRequested)
                {
                    LogFailed(logger, _id, failure);
                    await PauseAsync(attempt, ending);
                }
            }
        }
        finally
        {
            _saving.Release();
        }
    }
}
