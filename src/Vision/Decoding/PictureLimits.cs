namespace FaceGrid.Vision.Decoding;

/// <summary>The limits of a decoder.</summary>
/// <param name="BytesMax">Most encoded bytes.</param>
/// <param name="PixelsMax">Most pixels, by the size in the header.</param>
/// <param name="LongSideWanted">
/// A decoder that can decode a format at a reduced size (JPEG) may do so while the longer side keeps at least this many pixels. 0 means
/// always the full size.
/// </param>
public sealed record PictureLimits(int BytesMax, long PixelsMax, int LongSideWanted = 0);
