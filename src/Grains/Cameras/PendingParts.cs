using FaceGrid.Grains.Cameras.Sources;
using FaceGrid.Grains.Sightings;

namespace FaceGrid.Grains.Cameras;

/// <summary>Stands in where nothing fetches frames: only pushed frames are taken.</summary>
internal sealed class NoFrameSources : IFrameSources
{
    /// <inheritdoc/>
    public IFrameSource Open(CameraSource source, double framesPerSecond, int widthMax) =>
        throw new FaceGridException(ErrorCodes.InvalidCamera, "This version fetches no frames: a camera's source is push.");
}

/// <summary>Stands in where nothing writes sightings: keeps what is present in the memory of this process.</summary>
internal sealed class ForgetfulSightingLog : ISightingLog
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Sighting> _present = [];

    /// <inheritdoc/>
    public Task RecordAsync(Sighting sighting, byte[]? picture, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (sighting.Status == SightingStatus.Ended)
            {
                _present.Remove(sighting.Id);
            }
            else
            {
                _present[sighting.Id] = sighting;
            }
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<Sighting>> PresentAsync(string camera, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return Task.FromResult<IReadOnlyList<Sighting>>([.. _present.Values.Where(sighting => sighting.Camera == camera)]);
        }
    }
}
