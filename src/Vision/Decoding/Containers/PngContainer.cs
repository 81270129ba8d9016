using System.Buffers.Binary;

namespace FaceGrid.Vision.Decoding.Containers;

/// <summary>Walks the chunks of a PNG (W3C PNG third edition, section 5).</summary>
internal static class PngContainer
{
    private const int HeaderLength = 13;

    /// <summary>
    /// Checks that every chunk lies in the file and that the end chunk is there. ImageSharp returns the rows that it finds in a cut-off
    /// picture and reports success.
    /// Interlaced pictures are refused. When their pixels end too early or the picture is narrower than 5 pixels, ImageSharp 2.1.13 never
    /// returns (<c>PngDecoderCore.DecodeInterlacedPixelData</c> loops at the end of the data).
    /// Text chunks are not read. They may be compressed, and ImageSharp expands them without a limit when it reads metadata.
    /// </summary>
    /// <param name="png">The whole file.</param>
    /// <returns>The container.</returns>
    public static Container Inspect(ReadOnlySpan<byte> png)
    {
        int at = 8, exifStart = 0, exifLength = 0;
        bool header = false, data = false;
        // A chunk has its length, a name of four letters, the data and a checksum.
        while (png.Length - at >= 12)
        {
            uint length = BinaryPrimitives.ReadUInt32BigEndian(png[at..]);
            if (length > png.Length - at - 12)
            {
                break;
            }

            ReadOnlySpan<byte> name = png.Slice(at + 4, 4);
            int start = at + 8;
            at = start + (int)length + 4;
            if (name.SequenceEqual("CgBI"u8))
            {
                return Container.Unsupported(
                    "The PNG picture is in Apple's own form, which is not read. Save it again as an ordinary PNG.");
            }

            if (name.SequenceEqual("IHDR"u8))
            {
                header = !data && start == 16 && length == HeaderLength;
                if (header && png[start + HeaderLength - 1] != 0)
                {
                    return Container.Unsupported("The PNG picture is interlaced, which is not read. Save it again without interlacing.");
                }
            }
            else if (name.SequenceEqual("IDAT"u8))
            {
                data = true;
            }
            else if (name.SequenceEqual("eXIf"u8) && exifLength == 0)
            {
                (exifStart, exifLength) = (start, (int)length);
            }
            else if (name.SequenceEqual("IEND"u8))
            {
                return header && data ? Container.Whole(at, exifStart, exifLength, png) : Container.Damaged(PictureFormat.Png);
            }
        }

        return Container.Damaged(PictureFormat.Png);
    }
}
