namespace FaceGrid.Vision.Decoding;

/// <summary>Tells picture formats by their first bytes.</summary>
internal static class PictureFormat
{
    /// <summary>
    /// The name of the format, or null for none of ours. The codec library would also take WBMP, whose signature is two zero bytes, so it is never asked about other formats.
    /// </summary>
    public static string? Sniff(ReadOnlySpan<byte> bytes) => bytes switch
    {
        [0xFF, 0xD8, 0xFF, ..] => "JPEG",
        [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A, ..] => "PNG",
        [(byte)'R', (byte)'I', (byte)'F', (byte)'F', _, _, _, _, (byte)'W', (byte)'E', (byte)'B', (byte)'P', ..] => "WebP",
        [(byte)'G', (byte)'I', (byte)'F', (byte)'8', (byte)'7' or (byte)'9', (byte)'a', ..] => "GIF",
        // The four bytes after the length are reserved and 0, and the offset of the pixels is small: text that begins with "BM" is no bitmap.
        [(byte)'B', (byte)'M', _, _, _, _, 0, 0, 0, 0, _, _, 0, 0, ..] => "BMP",
        _ => null
    };
}
