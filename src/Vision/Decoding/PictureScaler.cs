using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace FaceGrid.Vision.Decoding;

/// <summary>Makes smaller copies of a picture for the detector, and copies of a part of it at another size.</summary>
internal static class PictureScaler
{
    /// <summary>Largest side of a block for which the row sums (two lanes of factor / 2 levels each) fit into 16 bits.</summary>
    private const int FactorMax = 256;

    /// <summary>
    /// Makes a copy of <paramref name="source"/> at the given size, which is no larger than the source. It first takes means of whole
    /// blocks and then samples bilinearly for the remaining factor below 2. So no source pixel is skipped, and small faces survive.
    /// </summary>
    public static RgbImage Shrink(RgbImage source, int width, int height)
    {
        int factor = Math.Min(Math.Min(source.Width / width, source.Height / height), FactorMax);
        if (factor < 2)
        {
            return Bilinear(source, width, height);
        }

        var blocks = BlockMeans(source, factor);
        if (blocks.Width == width && blocks.Height == height)
        {
            return blocks;
        }

        using (blocks)
        {
            return Bilinear(blocks, width, height);
        }
    }

    private static RgbImage BlockMeans(RgbImage source, int factor)
    {
        var result = new RgbImage(source.Width / factor, source.Height / factor);
        var sums = new Vector128<uint>[result.Width];
        float share = 1f / (factor * factor);
        for (int y = 0; y < result.Height; y++)
        {
            Array.Clear(sums);
            for (int row = y * factor; row < (y + 1) * factor; row++)
            {
                AddRow(MemoryMarshal.Cast<byte, uint>(source.Row(row)), sums, factor);
            }

            var target = MemoryMarshal.Cast<byte, uint>(result.Row(y));
            for (int x = 0; x < sums.Length; x++)
            {
                target[x] = Pack(Vector128.ConvertToSingle(sums[x].AsInt32()) * share);
            }
        }

        return result;
    }

    private static void AddRow(ReadOnlySpan<uint> row, Vector128<uint>[] sums, int factor)
    {
        int index = 0;
        for (int x = 0; x < sums.Length; x++)
        {
            int end = index + factor;
            var pairs = Vector128<ushort>.Zero;
            for (; index + 4 <= end; index += 4)
            {
                var four = Vector128.Create(row.Slice(index, 4)).AsByte();
                pairs += Vector128.WidenLower(four) + Vector128.WidenUpper(four);
            }

            var sum = sums[x] + Vector128.WidenLower(pairs) + Vector128.WidenUpper(pairs);
            for (; index < end; index++)
            {
                sum += Unpack(row[index]);
            }

            sums[x] = sum;
        }
    }

    /// <summary>
    /// Fills <paramref name="target"/> with a region of <paramref name="source"/>, made larger or smaller. It only samples bilinearly, so
    /// it skips pixels when it shrinks to less than half.
    /// </summary>
    public static void Resample(RgbImage source, PixelRegion region, RgbImage target)
    {
        var columns = Taps(region.Width, target.Width);
        var rows = Taps(region.Height, target.Height);
        for (int y = 0; y < target.Height; y++)
        {
            var upper = MemoryMarshal.Cast<byte, uint>(source.Row(region.Top + rows[y].First)).Slice(region.Left, region.Width);
            var lower = MemoryMarshal.Cast<byte, uint>(source.Row(region.Top + rows[y].Second)).Slice(region.Left, region.Width);
            var pixels = MemoryMarshal.Cast<byte, uint>(target.Row(y));
            var down = Vector128.Create(rows[y].Weight);
            for (int x = 0; x < pixels.Length; x++)
            {
                var (first, second, weight) = columns[x];
                var right = Vector128.Create(weight);
                var top = Mix(ToSingle(upper[first]), ToSingle(upper[second]), right);
                var bottom = Mix(ToSingle(lower[first]), ToSingle(lower[second]), right);
                pixels[x] = Pack(Mix(top, bottom, down));
            }
        }
    }

    private static RgbImage Bilinear(RgbImage source, int width, int height)
    {
        var result = new RgbImage(width, height);
        Resample(source, new(0, 0, source.Width, source.Height), result);
        return result;
    }

    /// <summary>
    /// Finds the two source positions of each target position, and the weight of the second. Pixel centres are aligned; edges repeat.
    /// </summary>
    private static (int First, int Second, float Weight)[] Taps(int source, int target)
    {
        var taps = new (int, int, float)[target];
        double step = (double)source / target;
        for (int index = 0; index < target; index++)
        {
            double position = Math.Clamp((index + 0.5) * step - 0.5, 0, source - 1);
            int first = (int)position;
            taps[index] = (first, Math.Min(first + 1, source - 1), (float)(position - first));
        }

        return taps;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector128<float> Mix(Vector128<float> a, Vector128<float> b, Vector128<float> weight) => a + (b - a) * weight;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector128<float> ToSingle(uint pixel) => Vector128.ConvertToSingle(Unpack(pixel).AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector128<uint> Unpack(uint pixel) =>
        Vector128.WidenLower(Vector128.WidenLower(Vector128.CreateScalarUnsafe(pixel).AsByte()));

    /// <summary>Rounds four channels, each 0 to 255, half up, and packs them into one pixel.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static uint Pack(Vector128<float> channels)
    {
        var whole = Vector128.ConvertToInt32(channels + Vector128.Create(0.5f)).AsUInt32();
        var shorts = Vector128.Narrow(whole, whole);
        return Vector128.Narrow(shorts, shorts).AsUInt32().ToScalar();
    }
}
