using FaceGrid.Grains.Placement;
using FaceGrid.Grains.Storage;
using FaceGrid.Storage;
using Orleans.Concurrency;
using Orleans.Serialization;

namespace FaceGrid.Grains.Rules;

/// <inheritdoc cref="IRuleReaderGrain"/>
[StatelessWorker]
[Reentrant]
[RequireRole(Roles.People)]
internal sealed class RuleReaderGrain(IGrainRows rows, Serializer<RuleState> serializer) : Grain, IRuleReaderGrain
{
    /// <inheritdoc/>
    public async Task<RuleInfo[]> ListAsync(CancellationToken cancellationToken)
    {
        List<RuleInfo> found = [];
        string first = IRuleGrain.KeyOf("");
        await foreach (GrainRow row in rows.ReadAllAsync(StateNames.Rule, first, after: null, cancellationToken))
        {
            RuleState state = serializer.Deserialize(row.Payload)!;
            found.Add(new RuleInfo(row.Key[first.Length..], state.Settings.WithoutSecrets(), state.CreatedAt, Status: null));
        }

        return [.. found];
    }
}
