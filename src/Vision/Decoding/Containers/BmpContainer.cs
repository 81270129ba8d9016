using System.Buffers.Binary;

namespace FaceGrid.Vision.Decoding.Containers;

/// <summary>Reads the header of a Windows bitmap (BITMAPFILEHEADER and BITMAPINFOHEADER or longer).</summary>
internal static class BmpContainer
{
    private const uint Uncompressed = 0, BitFields = 3;

    /// <summary>Checks that all rows are in the file. Bitmaps with run-length coding or with an OS/2 header are not supported.</summary>
    /// <param name="bmp">The whole file.</param>
    /// <returns>The container.</returns>
    public static Container Inspect(ReadOnlySpan<byte> bmp)
    {
        if (bmp.Length < 54)
        {
            return Container.Damaged(PictureFormat.Bmp);
        }

        uint offset = BinaryPrimitives.ReadUInt32LittleEndian(bmp[10..]), header = BinaryPrimitives.ReadUInt32LittleEndian(bmp[14..]);
        uint compression = BinaryPrimitives.ReadUInt32LittleEndian(bmp[30..]);
        long width = BinaryPrimitives.ReadInt32LittleEndian(bmp[18..]), height = Math.Abs(
            (long)BinaryPrimitives.ReadInt32LittleEndian(bmp[22..]));
        int bits = BinaryPrimitives.ReadUInt16LittleEndian(bmp[28..]);
        if (header is not (40 or 52 or 56 or 108 or 124) || compression is not (Uncompressed or BitFields))
        {
            return Container.Unsupported(
                "The BMP picture has a rare header or compression, which is not read. Save it again as JPEG or PNG.");
        }

        if (width <= 0 || height == 0 || bits is not (1 or 4 or 8 or 16 or 24 or 32))
        {
            return Container.Damaged(PictureFormat.Bmp);
        }

        // Rows begin at multiples of four bytes.
        long rows = ((width * bits) + 31) / 32 * 4 * height;
        return offset >= 14 + header && rows <= bmp.Length - (long)offset
            ? Container.Whole(bmp.Length, 0, 0, bmp)
            : Container.Damaged(PictureFormat.Bmp);
    }
}
