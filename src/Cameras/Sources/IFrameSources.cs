using FaceGrid.Abstractions.Cameras;
using FaceGrid.Abstractions.Errors;

namespace FaceGrid.Cameras.Sources;

/// <summary>Opens sources of frames.</summary>
public interface IFrameSources
{
    /// <summary>Makes the source that settings describe; nothing is connected before it runs.</summary>
    /// <param name="source">Where frames come from; not <see cref="CameraSourceKind.Push"/>.</param>
    /// <param name="framesPerSecond">How many frames are wanted, above 0, at most 60. Sources that can, fetch or decode no more than these.</param>
    /// <param name="widthMax">Frames wider than this many pixels are scaled down where the source can do that (ffmpeg); the node scales what comes larger.</param>
    /// <returns>The source.</returns>
    /// <exception cref="FaceGridException"><see cref="ErrorCodes.InvalidCamera"/>: an address that is malformed or not allowed.</exception>
    IFrameSource Open(CameraSource source, double framesPerSecond, int widthMax);
}
