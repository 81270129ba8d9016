using System.Security.Cryptography;
using FaceGrid.Abstractions.Cluster;
using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.Rules;
using FaceGrid.Cameras.Outbound;
using FaceGrid.Cameras.Sightings;
using FaceGrid.Cameras.State;
using FaceGrid.Grains.Cluster;
using FaceGrid.Grains.Placement;
using FaceGrid.Grains.Storage;
using FaceGrid.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Placement;

namespace FaceGrid.Cameras.Rules;

/// <inheritdoc cref="IRuleGrain"/>
[KeepAlive]
[PreferLocalPlacement]
[RequireRole(Roles.People)]
[GrainType("rule")]
internal sealed class RuleGrain : Grain, IRuleGrain, INeedsSiloLease, IIncomingGrainCallFilter
{
    private readonly IPersistentState<RuleState> _row;
    private readonly IPersistentState<RuleLettersState> _letterRow;
    private readonly SiloLease _lease;
    private readonly SightingFeed _feed;
    private readonly IGrainRows _rows;
    private readonly AddressRules _addresses;
    private readonly RuleOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly long _made; // Before the rows are read.
    private readonly string _id;
    private readonly RetryPause _pause;
    private readonly RuleTrouble _trouble;
    private readonly RuleRow _saved;
    private readonly DeadLetters _letters;
    private readonly RulePublisher _publisher;
    private RuleLoop? _loop;

    /// <summary>Puts the parts of a rule together; nothing is read before activation.</summary>
    public RuleGrain(
        [PersistentState(CameraStateNames.Rule, StateNames.Provider)] IPersistentState<RuleState> row,
        [PersistentState(CameraStateNames.RuleLetters, StateNames.Provider)] IPersistentState<RuleLettersState> letters,
        SiloLease lease,
        SightingFeed feed,
        IGrainRows rows,
        RuleTargets targets,
        AddressRules addresses,
        IOptions<RuleOptions> options,
        TimeProvider time,
        ILogger<RuleGrain> logger)
    {
        (_row, _letterRow, _lease, _feed, _rows, _addresses) = (row, letters, lease, feed, rows, addresses);
        (_options, _time, _logger) = (options.Value, time, logger);
        _made = time.GetTimestamp();
        _id = this.GetPrimaryKeyString()[IRuleGrain.KeyOf("").Length..];
        var writing = new SemaphoreSlim(1);
        _pause = new RetryPause(time, Random.Shared);
        _trouble = new RuleTrouble(time);
        _saved = new RuleRow(_id, row, writing, _pause, DeactivateOnIdle, logger);
        _letters = new DeadLetters(_id, letters, writing, _pause, logger);
        _publisher = new RulePublisher(_id, targets.Create, _options, _pause, _trouble, time, logger);
    }

    /// <summary>
    /// Runs a call, and lets the grain go afterwards where there is no such rule: it would stay in memory for ever, and anybody can ask
    /// for any number of rules that do not exist.
    /// </summary>
    /// <param name="context">The call.</param>
    /// <returns>When it has ended.</returns>
    public async Task Invoke(IIncomingGrainCallContext context)
    {
        try
        {
            await context.Invoke();
        }
        finally
        {
            if (!_row.RecordExists)
            {
                DeactivateOnIdle();
            }
        }
    }

    /// <inheritdoc/>
    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        if (await _lease.WaitForExpiredLeasesAsync(_made, cancellationToken))
        {
            await _row.ReadStateAsync(cancellationToken);
            await _letterRow.ReadStateAsync(cancellationToken);
        }

        if (_row.RecordExists)
        {
            StartLoop();
        }
    }

    /// <inheritdoc/>
    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) => await StopLoopAsync();

    /// <inheritdoc/>
    public async Task<(RuleInfo Rule, bool Created)> PutAsync(RuleSettings settings, CancellationToken cancellationToken)
    {
        RuleSettings next = settings.WithSecretsOf(_row.RecordExists ? _row.State.Settings : null);
        Check(next);
        if (_row.RecordExists)
        {
            await _saved.SaveAsync(state => state.Settings = next);
            _loop?.Renew();
            return (Info(null), Created: false);
        }

        await CheckRoomAsync(cancellationToken);
        long last = await LastPositionAsync(cancellationToken);
        await _saved.SaveAsync(state => (state.CreatedAt, state.Position, state.Salt, state.Settings) =
            (_time.GetUtcNow(), last, RandomNumberGenerator.GetBytes(16), next));
        StartLoop();
        return (Info(null), Created: true);
    }

    /// <inheritdoc/>
    public async Task<RuleInfo?> GetAsync(CancellationToken cancellationToken)
    {
        if (!_row.RecordExists)
        {
            return null;
        }

        long last = await LastPositionAsync(cancellationToken);
        RuleState state = _row.State;
        long position = _loop?.Position ?? state.Position;
        return Info(new RuleStatus(
            position,
            Lag: Math.Max(0, last - position),
            state.Delivered,
            state.LastDeliveryAt,
            _trouble.FailingSince,
            _trouble.Last?.Text ?? state.LastError,
            _trouble.Last?.At ?? state.LastErrorAt,
            _letters.Count,
            _letters.Dropped,
            state.Missed));
    }

    /// <inheritdoc/>
    public async Task<bool> DeleteAsync(CancellationToken cancellationToken)
    {
        await StopLoopAsync();
        bool existed = _row.RecordExists;
        DeactivateOnIdle();
        if (_letterRow.RecordExists)
        {
            await _letterRow.ClearStateAsync(CancellationToken.None);
        }

        if (existed)
        {
            await _row.ClearStateAsync(CancellationToken.None); // Last: while it is there, the rule can be deleted again.
        }

        await _rows.EraseFreePagesAsync(cancellationToken); // Of its secrets.
        return existed;
    }

    /// <inheritdoc/>
    public async Task<DeadLetter[]> ListDeadLettersAsync()
    {
        RequireRule();
        return [.. await _letters.ListAsync()];
    }

    /// <inheritdoc/>
    public async Task RetryDeadLetterAsync(string id, CancellationToken cancellationToken)
    {
        RequireRule();
        DeadLetter letter = await _letters.FindAsync(id) ?? throw NoLetter();
        if (await _feed.FindAsync(letter.Position, cancellationToken) is not { } seen)
        {
            await _letters.RemoveAsync(id);
            throw NoLetter();
        }

        try
        {
            await _publisher.PublishOnceAsync(_row.State.Settings, seen, letter.Moment, cancellationToken);
        }
        catch (DeliveryException failure)
        {
            await _letters.NoteAttemptAsync(letter, failure.Message);
            // Without its cause: it crosses silos, and only rules know that type.
            throw new FaceGridException(ErrorCodes.DeliveryFailed, failure.Message, innerException: null);
        }

        await _letters.RemoveAsync(id);
    }

    /// <inheritdoc/>
    public async Task DropDeadLetterAsync(string id, CancellationToken cancellationToken)
    {
        RequireRule();
        if (await _letters.FindAsync(id) is not null)
        {
            await _letters.RemoveAsync(id);
        }
    }

    /// <inheritdoc/>
    public Task WakeAsync() => Task.CompletedTask;

    private static FaceGridException NoLetter() => new(
        ErrorCodes.DeadLetterNotFound, "The rule has given up no delivery with this id, or its sighting has been erased.");

    private void StartLoop()
    {
        _loop = new RuleLoop(
            _id, _saved, _letters, _feed, _publisher, _pause, _trouble, () => _lease.IsValid, DeactivateOnIdle, _time, _logger);
        _loop.Start();
    }

    private async Task StopLoopAsync()
    {
        if (_loop is { } loop)
        {
            await loop.DisposeAsync();
            _loop = null;
        }
    }

    private void Check(RuleSettings settings)
    {
        List<string> mistakes = [];
        Rule.Read(settings, mistakes);
        Rule.CheckTarget(settings, _addresses, _options, mistakes);
        if (mistakes.Count > 0)
        {
            throw new FaceGridException(ErrorCodes.InvalidRule, string.Join(" ", mistakes));
        }
    }

    private async Task CheckRoomAsync(CancellationToken cancellationToken)
    {
        string first = IRuleGrain.KeyOf("");
        long count = await _rows.CountAsync(CameraStateNames.Rule, first, RowsByPrefix.EndOf(first), cancellationToken);
        if (count >= _options.RulesMax)
        {
            throw new FaceGridException(
                ErrorCodes.TooManyRules, $"There are {_options.RulesMax} rules (FaceGrid:Rules:RulesMax); delete one first.");
        }
    }

    private async Task<long> LastPositionAsync(CancellationToken cancellationToken) =>
        (await _feed.ReadAsync(long.MaxValue, 1, TimeSpan.Zero, cancellationToken)).Last;

    private RuleInfo Info(RuleStatus? status) => new(_id, _row.State.Settings.WithoutSecrets(), _row.State.CreatedAt, status);

    private void RequireRule()
    {
        if (!_row.RecordExists)
        {
            throw new FaceGridException(ErrorCodes.RuleNotFound, "There is no rule with this id.");
        }
    }
}
