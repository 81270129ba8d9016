using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using FaceGrid.Models;

namespace FaceGrid.Vision.Decoding;

/// <summary>Copies pixels into the float planes that models read.</summary>
internal static class TensorFiller
{
    /// <summary>
    /// Writes three planes (channel x height x width). Each value is (level - mean) x scale. Planes larger than the picture are filled
    /// with 0 on the right and at the bottom.
    /// </summary>
    /// <param name="image">The picture. It is no wider and no higher than the planes.</param>
    /// <param name="planes">Float32, 3 x planeHeight x planeWidth.</param>
    /// <param name="planeWidth">Width of a plane.</param>
    /// <param name="planeHeight">Height of a plane.</param>
    /// <param name="order">Order of the colour planes.</param>
    /// <param name="mean">Three numbers in plane order.</param>
    /// <param name="scale">Three numbers in plane order.</param>
    public static void Fill(
        RgbImage image,
        Span<float> planes,
        int planeWidth,
        int planeHeight,
        ChannelOrder order,
        ReadOnlySpan<float> mean,
        ReadOnlySpan<float> scale)
    {
        int plane = planeWidth * planeHeight;
        for (int channel = 0; channel < 3; channel++)
        {
            int shift = 8 * (order == ChannelOrder.Rgb ? channel : 2 - channel);
            var target = planes.Slice(channel * plane, plane);
            for (int y = 0; y < image.Height; y++)
            {
                var row = target.Slice(y * planeWidth, planeWidth);
                FillRow(MemoryMarshal.Cast<byte, uint>(image.Row(y)), row, shift, scale[channel], -mean[channel] * scale[channel]);
                row[image.Width..].Clear();
            }

            target[(image.Height * planeWidth)..].Clear();
        }
    }

    private static void FillRow(ReadOnlySpan<uint> pixels, Span<float> target, int shift, float scale, float offset)
    {
        ref uint from = ref MemoryMarshal.GetReference(pixels);
        ref float to = ref MemoryMarshal.GetReference(target);
        var mask = Vector256.Create(255u);
        var scales = Vector256.Create(scale);
        var offsets = Vector256.Create(offset);
        int x = 0;
        for (; x <= pixels.Length - Vector256<uint>.Count; x += Vector256<uint>.Count)
        {
            var levels = Vector256.ConvertToSingle(((Vector256.LoadUnsafe(ref from, (nuint)x) >> shift) & mask).AsInt32());
            (levels * scales + offsets).StoreUnsafe(ref to, (nuint)x);
        }

        for (; x < pixels.Length; x++)
        {
            Unsafe.Add(ref to, x) = ((pixels[x] >> shift) & 255) * scale + offset;
        }
    }
}
