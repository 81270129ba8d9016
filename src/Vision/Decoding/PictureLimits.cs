namespace FaceGrid.Vision.Decoding;

/// <summary>Limits a decoder keeps.</summary>
/// <param name="BytesMax">Most encoded bytes.</param>
/// <param name="PixelsMax">Most pixels by the header.</param>
/// <param name="LongSideWanted">
/// A format that can decode at a reduced size (JPEG) may do so as long as the longer side keeps at least this many pixels. 0 means always
/// the full size.
/// </param>
public sealed record PictureLimits(int BytesMax, long PixelsMax, int LongSideWanted = 0);
