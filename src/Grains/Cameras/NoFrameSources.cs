using FaceGrid.Grains.Cameras.Sources;

namespace FaceGrid.Grains.Cameras;

/// <summary>Stands in where nothing fetches frames: only pushed frames are taken.</summary>
internal sealed class NoFrameSources : IFrameSources
{
    /// <inheritdoc/>
    public IFrameSource Open(CameraSource source, double framesPerSecond, int widthMax) =>
        throw new FaceGridException(ErrorCodes.InvalidCamera, "This version fetches no frames: a camera's source is push.");
}
