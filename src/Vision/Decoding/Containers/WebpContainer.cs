using System.Buffers.Binary;

namespace FaceGrid.Vision.Decoding.Containers;

/// <summary>Walks the chunks of a WebP (RFC 9649, section 2).</summary>
internal static class WebpContainer
{
    private const byte AnimationFlag = 0x02;

    /// <summary>
    /// Checks that every chunk lies in the file and that there is exactly one picture. ImageSharp allocates as much memory as a chunk
    /// claims to need before it checks that the bytes are there, and it does so again for every chunk of pixels.
    /// </summary>
    /// <param name="webp">The whole file.</param>
    /// <returns>The container.</returns>
    public static Container Inspect(ReadOnlySpan<byte> webp)
    {
        long end = 8L + BinaryPrimitives.ReadUInt32LittleEndian(webp[4..]);
        if (end > webp.Length)
        {
            return Container.Damaged(PictureFormat.Webp);
        }

        int at = 12, pictures = 0, alphas = 0, exifStart = 0, exifLength = 0;
        // A chunk has a name of four letters, its length and the data. An odd length is followed by one more byte.
        while (end - at >= 8)
        {
            ReadOnlySpan<byte> name = webp.Slice(at, 4);
            uint length = BinaryPrimitives.ReadUInt32LittleEndian(webp[(at + 4)..]);
            int start = at + 8;
            if (length > end - start)
            {
                return Container.Damaged(PictureFormat.Webp);
            }

            if (name.SequenceEqual("ANIM"u8)
                || name.SequenceEqual("ANMF"u8)
                || (name.SequenceEqual("VP8X"u8) && length > 0 && (webp[start] & AnimationFlag) != 0))
            {
                return Container.Unsupported("The WebP picture is an animation, which is not read. Send one of its pictures.");
            }

            if (name.SequenceEqual("VP8 "u8) || name.SequenceEqual("VP8L"u8))
            {
                pictures++;
            }
            else if (name.SequenceEqual("ALPH"u8))
            {
                alphas++;
            }
            else if (name.SequenceEqual("EXIF"u8) && exifLength == 0)
            {
                (exifStart, exifLength) = (start, (int)length);
            }

            at = (int)Math.Min(end, start + (long)length + (length & 1));
        }

        return at == end && pictures == 1 && alphas <= 1
            ? Container.Whole((int)end, exifStart, exifLength, webp)
            : Container.Damaged(PictureFormat.Webp);
    }
}
