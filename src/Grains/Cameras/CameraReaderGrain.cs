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
        string from = after is null ? prefix : ICameraGrain.KeyOf(after) + "\u0001"; // Below every character of an id. Not NUL: PostgreSQL takes none in a text.
        var page = new List<CameraInfo>();
        await foreach (GrainRow row in rows.ReadRangeAsync(StateNames.Camera, from, prefix.TrimEnd('/') + "0", cancellationToken))
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
