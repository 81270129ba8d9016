namespace FaceGrid.Vision;

/// <summary>What a caller wants to know of a picture.</summary>
public sealed record PictureWishes
{
    /// <summary>True to embed every face of at least <see cref="VisionOptions.FaceSizeMinPixels"/>. Default: false.</summary>
    public bool Embed { get; init; }

    /// <summary>True to measure how live these faces are; without <see cref="FacePipeline.Liveness"/> nothing is measured. Default: false.</summary>
    public bool Liveness { get; init; }

    /// <summary>For a frame of a stream; null, the default, for a picture by itself.</summary>
    public FrameWishes? Frame { get; init; }
}

/// <summary>
/// How a frame of a stream is looked at: once, at a bounded size, and only at some of its faces. A picture by itself is looked at as finely as the settings allow, and at all its faces; a stream has a next frame.
/// </summary>
/// <param name="LongSideMax">The frame is looked at no wider or higher than this, in pixels; 64 or more.</param>
/// <param name="FaceSizeMin">Smallest face that has to be found, <see cref="FaceLandmarks.SizePixels"/> in pixels of the full-size frame, above 0: what is larger than needed is looked at smaller.</param>
/// <param name="Choose">
/// Says which of the faces are worth to be measured, embedded and judged. Called once per frame that could be read, on a thread of the pipeline; answers with one value per face.
/// </param>
public sealed record FrameWishes(int LongSideMax, float FaceSizeMin, Func<FrameFaces, bool[]> Choose);

/// <summary>What was found in a frame.</summary>
/// <param name="Width">Width of the upright, full-size frame in pixels.</param>
/// <param name="Height">Height of it.</param>
/// <param name="Faces">The faces in full-size pixels, the largest first.</param>
/// <param name="Glance">The frame at a glance.</param>
public sealed record FrameFaces(int Width, int Height, IReadOnlyList<DetectedFace> Faces, Glance Glance);
