namespace FaceGrid.Vision.Decoding;

/// <summary>Recognises formats by the first bytes of a picture, and names them.</summary>
internal static class PictureFormats
{
    /// <summary>
    /// Finds the format; null for a format that FaceGrid does not read. Codecs never see such bytes. Skia by itself would also accept
    /// WBMP, which begins with two zero bytes.
    /// </summary>
    /// <param name="bytes">The encoded picture.</param>
    public static PictureFormat? Sniff(ReadOnlySpan<byte> bytes) => bytes switch
    {
        [0xFF, 0xD8, 0xFF, ..] => PictureFormat.Jpeg,
        [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A, ..] => PictureFormat.Png,
        [(byte)'R', (byte)'I', (byte)'F', (byte)'F', _, _, _, _, (byte)'W', (byte)'E', (byte)'B', (byte)'P', ..] => PictureFormat.Webp,
        [(byte)'G', (byte)'I', (byte)'F', (byte)'8', (byte)'7' or (byte)'9', (byte)'a', ..] => PictureFormat.Gif,
        // The four bytes after the length are reserved and 0, and the offset of the pixels is small. This rejects text that begins with
        // "BM".
        [(byte)'B', (byte)'M', _, _, _, _, 0, 0, 0, 0, _, _, 0, 0, ..] => PictureFormat.Bmp,
        _ => null
    };

    /// <summary>
    /// True for the formats that an option can turn off. They are rarely sent, and a decoder that does not run cannot be attacked.
    /// </summary>
    /// <param name="format">The format.</param>
    public static bool IsRare(PictureFormat format) => format is PictureFormat.Gif or PictureFormat.Bmp;

    /// <summary>The name of a format as people write it.</summary>
    /// <param name="format">The format.</param>
    public static string NameOf(PictureFormat format) => format switch
    {
        PictureFormat.Jpeg => "JPEG",
        PictureFormat.Png => "PNG",
        PictureFormat.Webp => "WebP",
        PictureFormat.Gif => "GIF",
        _ => "BMP"
    };
}
