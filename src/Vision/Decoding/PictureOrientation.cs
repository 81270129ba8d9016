using System.Runtime.InteropServices;

namespace FaceGrid.Vision.Decoding;

/// <summary>Turns a picture upright.</summary>
internal static class PictureOrientation
{
    /// <summary>Side of the blocks a turned picture is copied in, so that reading columns stays within the cache.</summary>
    private const int Block = 32;

    /// <summary>True when width and height change places.</summary>
    /// <param name="orientation">EXIF orientation (tag 0x0112, Exif 2.32 section 4.6.4), 1 to 8.</param>
    public static bool Swaps(int orientation) => orientation >= 5;

    /// <summary>Returns the upright picture and disposes <paramref name="source"/>, or returns <paramref name="source"/> itself when it is upright.</summary>
    /// <param name="source">The stored picture.</param>
    /// <param name="orientation">EXIF orientation, 1 to 8; anything else means upright.</param>
    public static RgbImage MakeUpright(RgbImage source, int orientation)
    {
        if (orientation is < 2 or > 8)
        {
            return source;
        }

        int width = source.Width, height = source.Height, last = width * height - 1;
        // Where upright (0, 0) lies in the stored pixels, and how far a step right and a step down move there.
        (int origin, int right, int down) = orientation switch
        {
            2 => (width - 1, -1, width),
            3 => (last, -1, -width),
            4 => (last - width + 1, 1, -width),
            5 => (0, width, 1),
            6 => (last - width + 1, -width, 1),
            7 => (last, -width, -1),
            _ => (width - 1, width, -1)
        };
        using (source)
        {
            var upright = Swaps(orientation) ? new RgbImage(height, width) : new RgbImage(width, height);
            var from = MemoryMarshal.Cast<byte, uint>(source.Pixels);
            var to = MemoryMarshal.Cast<byte, uint>(upright.Pixels);
            for (int top = 0; top < upright.Height; top += Block)
            {
                for (int left = 0; left < upright.Width; left += Block)
                {
                    CopyBlock(from, to, upright, left, top, origin, right, down);
                }
            }

            return upright;
        }
    }

    private static void CopyBlock(ReadOnlySpan<uint> from, Span<uint> to, RgbImage upright, int left, int top, int origin, int right, int down)
    {
        int endX = Math.Min(left + Block, upright.Width), endY = Math.Min(top + Block, upright.Height);
        for (int y = top; y < endY; y++)
        {
            int index = origin + left * right + y * down;
            for (int x = left; x < endX; x++, index += right)
            {
                to[y * upright.Width + x] = from[index];
            }
        }
    }
}
