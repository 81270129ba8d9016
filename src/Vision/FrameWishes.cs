using FaceGrid.Models;

namespace FaceGrid.Vision;

/// <summary>
/// How a frame of a stream is looked at: once, at a bounded size, and only at some of its faces. A picture by itself is looked at as
/// finely as the settings allow, and at all its faces; a stream has a next frame.
/// </summary>
/// <param name="LongSideMax">The frame is looked at no wider or higher than this, in pixels; 64 or more.</param>
/// <param name="FaceSizeMin">
/// Smallest face that has to be found, <see cref="FaceLandmarks.SizePixels"/> in pixels of the full-size frame, above 0: what is larger
/// than needed is looked at smaller.
/// </param>
/// <param name="Choose">
/// Says which of the faces are worth to be measured, embedded and judged. Called once per frame that could be read, on a thread of the
/// pipeline; answers with one value per face.
/// </param>
public sealed record FrameWishes(int LongSideMax, float FaceSizeMin, Func<FrameFaces, bool[]> Choose);
