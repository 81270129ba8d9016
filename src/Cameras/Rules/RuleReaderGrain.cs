using FaceGrid.Abstractions.Cluster;
using FaceGrid.Abstractions.Rules;
using FaceGrid.Cameras.State;
using FaceGrid.Grains.Placement;
using FaceGrid.Grains.Storage;
using FaceGrid.Storage;
using Orleans.Concurrency;

namespace FaceGrid.Cameras.Rules;

/// <inheritdoc cref="IRuleReaderGrain"/>
[StatelessWorker]
[Reentrant]
[RequireRole(Roles.People)]
[GrainType("rulereader")]
internal sealed class RuleReaderGrain(IGrainRows rows, RowReader<RuleState> reader) : Grain, IRuleReaderGrain
{
    /// <inheritdoc/>
    public async Task<RuleInfo[]> ListAsync(CancellationToken cancellationToken)
    {
        List<RuleInfo> found = [];
        string first = IRuleGrain.KeyOf("");
        await foreach (GrainRow row in rows.ReadAllAsync(CameraStateNames.Rule, first, after: null, cancellationToken))
        {
            string rule = row.Key[first.Length..];
            bool read = reader.TryRead(
                row, state => new RuleInfo(rule, state.Settings.WithoutSecrets(), state.CreatedAt, Status: null), out RuleInfo? info);
            found.Add(read ? info! : new RuleInfo(rule, new RuleSettings(), default, Status: null) { IsDamaged = true });
        }

        return [.. found];
    }
}
