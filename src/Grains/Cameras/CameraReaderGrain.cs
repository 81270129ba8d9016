using FaceGrid.Grains.Placement;
using FaceGrid.Grains.Storage;
using FaceGrid.Storage;
using Orleans.Concurrency;
using Orleans.Serialization;

namespace FaceGrid.Grains.Cameras;

/// <inheritdoc cref="ICameraReaderGrain"/>
[StatelessWorker]
[Reentrant]
[RequireRole(Roles.People)]
public sealed class CameraReaderGrain(IGrainRows rows, Serializer<CameraState> serializer) : Grain, ICameraReaderGrain
{
    /// <inheritdoc/>
    public async Task<CameraPage> ListAsync(string? after, int limit, CancellationToken cancellationToken)
    {
        string prefix = ICameraGrain.KeyOf("");
        var page = new List<CameraInfo>();
        await foreach (GrainRow row in rows.ReadAllAsync(StateNames.Camera, prefix, after is null ? null : ICameraGrain.KeyOf(after), cancellationToken))
        {
            if (page.Count == limit)
            {
                return new CameraPage([.. page], page[^1].Id);
            }

            if (serializer.Deserialize(row.Payload) is { Settings: not null } state)
            {
                page.Add(CameraGrain.InfoOf(row.Key[prefix.Length..], state, status: null));
            }
        }

        return new CameraPage([.. page], Next: null);
    }
}
