using FaceGrid.Models;

namespace FaceGrid.Vision;

/// <summary>
/// How a frame of a stream is analysed: in one pass, at a bounded size, and only for some of its faces. The next frame of the stream
/// offers another chance. A single picture is analysed as finely as the settings allow, with all its faces.
/// </summary>
/// <param name="LongSideMax">Longest side, in pixels, at which the frame is analysed; 64 or more.</param>
/// <param name="FaceSizeMin">
/// Smallest face that must be found, <see cref="FaceLandmarks.SizePixels"/> in pixels of the full-size frame, above 0. When larger faces
/// are enough, the frame is analysed at a smaller size.
/// </param>
/// <param name="Choose">
/// Chooses the faces that are measured, embedded and checked for liveness. It is called once per frame that could be read, on a thread of
/// the pipeline, and returns one value per face.
/// </param>
public sealed record FrameRequest(int LongSideMax, float FaceSizeMin, Func<FrameFaces, bool[]> Choose);
