using System.Buffers;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Formats.Jpeg;
using SixLabors.ImageSharp.PixelFormats;

namespace FaceGrid.Vision.Decoding;

/// <summary>Prepares a JPEG for ImageSharp, so that it accepts the pictures that libjpeg accepts.</summary>
internal static class JpegInput
{
    /// <summary>Length of the longest segment. A segment's length has 16 bits.</summary>
    private const int PaddingBytes = 1 << 16;

    private static readonly Lazy<byte[]> StandardTables = new(ReadStandardTables);

    /// <summary>
    /// Copies a JPEG and adds two things. A JPEG without Huffman tables gets the standard ones. Every JPEG gets zeros after its end: when
    /// damaged data ends a scan early, ImageSharp reads the rest of the scan as markers with lengths, and it throws when such a length
    /// reaches beyond the file.
    /// </summary>
    /// <param name="jpeg">The file.</param>
    /// <param name="lacksTables">True when it has no Huffman tables.</param>
    /// <param name="length">Bytes of the result.</param>
    /// <returns>A buffer that the caller returns to the shared pool.</returns>
    public static byte[] Rent(ReadOnlySpan<byte> jpeg, bool lacksTables, out int length)
    {
        const int Start = 2;
        ReadOnlySpan<byte> tables = lacksTables ? StandardTables.Value : [];
        length = jpeg.Length + tables.Length + PaddingBytes;
        byte[] buffer = ArrayPool<byte>.Shared.Rent(length);
        jpeg[..Start].CopyTo(buffer);
        tables.CopyTo(buffer.AsSpan(Start));
        jpeg[Start..].CopyTo(buffer.AsSpan(Start + tables.Length));
        buffer.AsSpan(length - PaddingBytes, PaddingBytes).Clear();
        return buffer;
    }

    /// <summary>Gets the tables of ITU-T T.81, section K.3. ImageSharp writes them into every JPEG.</summary>
    private static byte[] ReadStandardTables()
    {
        using var image = new Image<Rgb24>(8, 8);
        using var file = new MemoryStream();
        image.Save(file, new JpegEncoder { ColorType = JpegColorType.YCbCrRatio444 });
        byte[] jpeg = file.ToArray();
        int at = jpeg.AsSpan().IndexOf([(byte)0xFF, (byte)0xC4]);
        return jpeg[at..(at + 2 + ((jpeg[at + 2] << 8) | jpeg[at + 3]))];
    }
}
