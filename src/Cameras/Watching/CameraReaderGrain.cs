using FaceGrid.Abstractions.Cameras;
using FaceGrid.Abstractions.Cluster;
using FaceGrid.Cameras.State;
using FaceGrid.Grains.Placement;
using FaceGrid.Grains.Storage;
using FaceGrid.Storage;
using Orleans.Concurrency;

namespace FaceGrid.Cameras.Watching;

/// <inheritdoc cref="ICameraReaderGrain"/>
[StatelessWorker]
[Reentrant]
[RequireRole(Roles.People)]
[GrainType("camerareader")]
public sealed class CameraReaderGrain(IGrainRows rows, RowReader<CameraState> reader) : Grain, ICameraReaderGrain
{
    /// <inheritdoc/>
    public async Task<CameraPage> ListAsync(string? after, int limit, CancellationToken cancellationToken)
    {
        string prefix = ICameraGrain.KeyOf("");
        var page = new List<CameraInfo>();
        string? last = after is null ? null : ICameraGrain.KeyOf(after);
        await foreach (GrainRow row in rows.ReadAllAsync(CameraStateNames.Camera, prefix, last, cancellationToken))
        {
            if (page.Count == limit)
            {
                return new CameraPage([.. page], page[^1].Id);
            }

            string camera = row.Key[prefix.Length..];
            if (!reader.TryRead(row, state => InfoOf(camera, state), out CameraInfo? info))
            {
                info = new CameraInfo(camera, CameraSettings.Default, HasCredentials: false, default, Status: null) { IsDamaged = true };
            }

            if (info is not null)
            {
                page.Add(info);
            }
        }

        return new CameraPage([.. page], Next: null);
    }

    private static CameraInfo? InfoOf(string camera, CameraState state) =>
        state.Settings is null ? null : CameraGrain.InfoOf(camera, state, status: null);
}
