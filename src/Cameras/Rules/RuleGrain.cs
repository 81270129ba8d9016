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
internal sealed partial class RuleGrain(
    [PersistentState(CameraStateNames.Rule, StateNames.Provider)] IPersistentState<RuleState> row,
    [PersistentState(CameraStateNames.RuleLetters, StateNames.Provider)] IPersistentState<RuleLettersState> letters,
    SiloLease lease,
    SightingFeed feed,
    IGrainRows rows,
    RuleTargets targets,
    AddressRules addresses,
    IOptions<RuleOptions> options,
    TimeProvider time,
    ILogger<RuleGrain> logger) : Grain, IRuleGrain, INeedsSiloLease, IIncomingGrainCallFilter
{
    private readonly long _made = time.GetTimestamp(); // Before the rows are read.
    private string _id = "";

    /// <summary>Runs a call, and lets the grain go afterwards where there is no such rule: it would stay in memory for ever, and anybody can ask for any number of rules that are not there.</summary>
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
            if (!row.RecordExists)
            {
                DeactivateOnIdle();
            }
        }
    }

    /// <inheritdoc/>
    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _id = this.GetPrimaryKeyString()[IRuleGrain.KeyOf("").Length..];
        if (await lease.WaitForExpiredLeasesAsync(_made, cancellationToken))
        {
            await row.ReadStateAsync(cancellationToken);
            await letters.ReadStateAsync(cancellationToken);
        }

        if (row.RecordExists)
        {
            Begin();
        }
    }

    /// <inheritdoc/>
    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) => await EndAsync();

    /// <inheritdoc/>
    public async Task<(RuleInfo Rule, bool Created)> PutAsync(RuleSettings settings, CancellationToken cancellationToken)
    {
        RuleSettings next = settings.WithSecretsOf(row.RecordExists ? row.State.Settings : null);
        List<string> mistakes = [];
        Rule.Read(next, mistakes);
        Rule.CheckTarget(next, addresses, options.Value, mistakes);
        if (mistakes.Count > 0)
        {
            throw new FaceGridException(ErrorCodes.InvalidRule, string.Join(" ", mistakes));
        }

        bool created = !row.RecordExists;
        if (created)
        {
            string first = IRuleGrain.KeyOf("");
            if (await rows.CountAsync(CameraStateNames.Rule, first, RowsByPrefix.EndOf(first), cancellationToken) >= options.Value.RulesMax)
            {
                throw new FaceGridException(ErrorCodes.TooManyRules, $"There are {options.Value.RulesMax} rules (FaceGrid:Rules:RulesMax); delete one first.");
            }

            long last = (await feed.ReadAsync(long.MaxValue, 1, TimeSpan.Zero, cancellationToken)).Last;
            await SaveAsync(state => (state.CreatedAt, state.Position, state.Salt, state.Settings) = (time.GetUtcNow(), last, RandomNumberGenerator.GetBytes(16), next));
            Begin();
        }
        else
        {
            await SaveAsync(state => state.Settings = next);
            Renew();
        }

        return (Info(null), created);
    }

    /// <inheritdoc/>
    public async Task<RuleInfo?> GetAsync(CancellationToken cancellationToken)
    {
        if (!row.RecordExists)
        {
            return null;
        }

        long last = (await feed.ReadAsync(long.MaxValue, 1, TimeSpan.Zero, cancellationToken)).Last;
        RuleState state = row.State;
        return Info(new RuleStatus(
            _position, Math.Max(0, last - _position), state.Delivered, state.LastDeliveryAt, _failingSince, _error?.Text ?? state.LastError, _error?.At ?? state.LastErrorAt,
            letters.State.Letters.Count, letters.State.Dropped, state.Missed));
    }

    /// <inheritdoc/>
    public async Task<bool> DeleteAsync(CancellationToken cancellationToken)
    {
        await EndAsync();
        bool existed = row.RecordExists;
        DeactivateOnIdle();
        if (letters.RecordExists)
        {
            await letters.ClearStateAsync(CancellationToken.None);
        }

        if (existed)
        {
            await row.ClearStateAsync(CancellationToken.None); // Last: while it is there, the rule can be deleted again.
        }

        await rows.EraseFreePagesAsync(cancellationToken); // Of its secrets.
        return existed;
    }

    /// <inheritdoc/>
    public Task WakeAsync() => Task.CompletedTask;

    private RuleInfo Info(RuleStatus? status) => new(_id, row.State.Settings.WithoutSecrets(), row.State.CreatedAt, status);

    private void Require()
    {
        if (!row.RecordExists)
        {
            throw new FaceGridException(ErrorCodes.RuleNotFound, "There is no rule with this id.");
        }
    }
}
