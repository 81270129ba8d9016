using FaceGrid.Abstractions.Cameras;
using FaceGrid.Abstractions.Errors;

namespace FaceGrid.Cameras.Sources;

/// <summary>Opens sources of frames.</summary>
public interface IFrameSources
{
    /// <summary>Makes the source that settings describe. It connects when it runs, not before.</summary>
    /// <param name="source">Where frames come from; not <see cref="CameraSourceKind.Push"/>.</param>
    /// <param name="framesPerSecond">
    /// How many frames are wanted, above 0, at most 60. A source fetches or decodes no more than these where it can.
    /// </param>
    /// <param name="widthMax">
    /// Frames wider than this many pixels are scaled down by sources that can (ffmpeg), and by the node else.
    /// </param>
    /// <returns>The source.</returns>
    /// <exception cref="FaceGridException"><see cref="ErrorCodes.InvalidCamera"/>: an address that is malformed or not allowed.</exception>
    IFrameSource Open(CameraSource source, double framesPerSecond, int widthMax);
}
