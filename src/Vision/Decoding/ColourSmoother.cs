using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.PixelFormats;

namespace FaceGrid.Vision.Decoding;

/// <summary>
/// Smooths the colours of a JPEG that stores one colour for 2 x 2 or 2 x 1 pixels. ImageSharp gives that colour to all of these pixels.
/// libjpeg weights the nearest colours 3 to 1 in each direction (jdsample.c, "fancy upsampling"). The difference matters to embedders:
/// without this class, View 2 of LFW was 0.12 points lower than with libjpeg's pixels (docs/benchmarks.md).
/// </summary>
/// <remarks>
/// A colour is the sum of its four pixels (the two pixels of a 2 x 1 block count twice) minus the sum of their lumas. It is kept as four
/// numbers of 16 bits, each at most 905 from zero, in one number of 64 bits. Weights of 4 in both directions multiply it by 16, which
/// still fits into 16 bits.
/// </remarks>
internal static class ColourSmoother
{
    /// <summary>Divides by 64: a colour is a sum over four pixels, with weights of 4 in both directions.</summary>
    private const int Shift = 6;

    /// <summary>Smooths the colours of a picture.</summary>
    /// <param name="image">The picture as ImageSharp decoded it. It is changed in place.</param>
    /// <param name="columns">Pixels side by side that share a colour. With 1 nothing is done.</param>
    /// <param name="rows">Pixels below one another that share a colour: 1 or 2.</param>
    public static void Smooth(Image<Rgba32> image, int columns, int rows)
    {
        // libjpeg does not smooth pictures that are only one or two colours wide either.
        if (columns != 2 || image.Width <= 4 || !image.DangerousTryGetSinglePixelMemory(out Memory<Rgba32> memory))
        {
            return;
        }

        Span<uint> pixels = MemoryMarshal.Cast<Rgba32, uint>(memory.Span);
        int width = image.Width, height = image.Height, last = ((height + rows - 1) / rows) - 1;
        // One more colour at each end, so that the outermost colours have neighbours.
        int count = ((width + 1) / 2) + 2;
        ulong[] above = new ulong[count], own = new ulong[count], below = new ulong[count], mixed = new ulong[count];
        ReadColours(pixels, width, height, 0, rows, own);
        own.CopyTo(above, 0);
        for (int row = 0; row <= last; row++)
        {
            // The colours below are read before their pixels change.
            if (row < last)
            {
                ReadColours(pixels, width, height, (row + 1) * rows, rows, below);
            }
            else
            {
                own.CopyTo(below, 0);
            }

            for (int y = row * rows; y < Math.Min((row + 1) * rows, height); y++)
            {
                Mix(own, rows == 1 ? own : y % 2 == 0 ? above : below, mixed);
                SmoothRow(pixels.Slice(y * width, width), own, mixed);
            }

            (above, own, below) = (own, below, above);
        }
    }

    private static void ReadColours(Span<uint> pixels, int width, int height, int top, int rows, ulong[] colours)
    {
        ReadOnlySpan<uint> upper = pixels.Slice(top * width, width);
        ReadOnlySpan<uint> lower = rows == 2 && top + 1 < height ? pixels.Slice((top + 1) * width, width) : upper;
        int count = colours.Length - 2;
        for (int index = 0; index < count; index++)
        {
            int left = 2 * index, right = Math.Min(left + 1, width - 1);
            var pairs = Widen(upper[left], upper[right]) + Widen(lower[left], lower[right]);
            var sum = pairs + Vector128.Shuffle(pairs.AsInt64(), Vector128.Create(1L, 0L)).AsInt16();
            // ITU-T T.871: 0.299, 0.587 and 0.114, as parts of 256.
            int luma = ((77 * sum.GetElement(0)) + (150 * sum.GetElement(1)) + (29 * sum.GetElement(2))) >> 8;
            colours[index + 1] = (sum - Vector128.Create((short)luma)).AsUInt64().ToScalar();
        }

        colours[0] = colours[1];
        colours[^1] = colours[^2];
    }

    /// <summary>Adds three times the nearest row of colours and once the other row.</summary>
    private static void Mix(ulong[] near, ulong[] far, ulong[] mixed)
    {
        for (int at = 0; at < near.Length; at += 2)
        {
            // When the number is odd, the last step computes one colour again.
            int start = Math.Min(at, near.Length - 2);
            var nearest = Vector128.Create(near, start).AsInt16();
            (nearest + nearest + nearest + Vector128.Create(far, start).AsInt16()).AsUInt64().CopyTo(mixed, start);
        }
    }

    private static void SmoothRow(Span<uint> row, ulong[] own, ulong[] mixed)
    {
        var half = Vector128.Create((short)(1 << (Shift - 1)));
        for (int left = 0, at = 1; left < row.Length; left += 2, at++)
        {
            var near = Vector128.Create(mixed[at]).AsInt16();
            var smooth = near + near + near + Vector128.Create(mixed[at - 1], mixed[at + 1]).AsInt16();
            var change = (smooth - (Vector128.Create(own[at]).AsInt16() << 4) + half) >> Shift;
            int right = Math.Min(left + 1, row.Length - 1);
            var levels = Vector128.Clamp(Widen(row[left], row[right]) + change, Vector128<short>.Zero, Vector128.Create((short)255));
            ulong pair = Vector128.Narrow(levels, levels).AsUInt64().ToScalar();
            // When the width is odd, the last pixel is both pixels of its pair, and the value of the left one is right.
            row[right] = (uint)(pair >> 32);
            row[left] = (uint)pair;
        }
    }

    private static Vector128<short> Widen(uint left, uint right) =>
        Vector128.WidenLower(Vector128.CreateScalarUnsafe(left | ((ulong)right << 32)).AsByte()).AsInt16();
}
