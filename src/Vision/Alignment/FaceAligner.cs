using FaceGrid.Models;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using FaceGrid.Vision.Decoding;

namespace FaceGrid.Vision.Alignment;

/// <summary>
/// Cuts a face out of a picture so that its landmarks lie where the embedder expects them. It uses a similarity transform and bilinear
/// sampling; pixels outside the picture are black. Faces much larger than the crop are sampled bilinearly too, because the published
/// accuracy of the embedders was obtained that way.
/// </summary>
public static class FaceAligner
{
    /// <summary>
    /// The template of ArcFace for crops of 112 x 112 pixels (InsightFace, python-package/insightface/utils/face_align.py,
    /// <c>arcface_dst</c>).
    /// </summary>
    public static FaceLandmarks ArcFaceTemplate { get; } = new(
        new(38.2946f, 51.6963f), new(73.5318f, 51.5014f), new(56.0252f, 71.7366f), new(41.5493f, 92.3655f), new(70.7299f, 92.2041f));

    /// <summary>Writes the aligned face into <paramref name="crop"/>.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="landmarks">The face's landmarks in pixels of <paramref name="picture"/>.</param>
    /// <param name="template">The target positions of the landmarks, in pixels of <paramref name="crop"/>.</param>
    /// <param name="crop">The target. Every pixel is overwritten.</param>
    /// <returns>False when the landmarks coincide or are not finite. The crop is not changed then.</returns>
    public static bool Align(RgbImage picture, FaceLandmarks landmarks, FaceLandmarks template, RgbImage crop)
    {
        ArgumentNullException.ThrowIfNull(picture);
        ArgumentNullException.ThrowIfNull(crop);
        if (SimilarityTransform.Estimate(landmarks, template) is not { } transform)
        {
            return false;
        }

        Warp(picture, transform.Inverse(), crop);
        return true;
    }

    /// <summary>
    /// Fills <paramref name="target"/>. Each pixel is read from <paramref name="source"/> at the transformed position.
    /// </summary>
    /// <param name="source">The picture to read from.</param>
    /// <param name="toSource">Transforms target coordinates to source coordinates. Whole numbers are pixel centres.</param>
    /// <param name="target">The target. Every pixel is overwritten.</param>
    public static void Warp(RgbImage source, SimilarityTransform toSource, RgbImage target)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(target);
        var pixels = MemoryMarshal.Cast<byte, uint>(source.Pixels);
        for (int y = 0; y < target.Height; y++)
        {
            var row = MemoryMarshal.Cast<byte, uint>(target.Row(y));
            double startX = toSource.X - toSource.B * y, startY = toSource.Y + toSource.A * y;
            for (int x = 0; x < row.Length; x++)
            {
                row[x] = Sample(pixels, source.Width, source.Height, startX + toSource.A * x, startY + toSource.B * x);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Sample(ReadOnlySpan<uint> pixels, int width, int height, double x, double y)
    {
        // The comparison also rejects NaN and positions that would overflow an int.
        if (!(x > -1 && y > -1 && x < width && y < height))
        {
            return 0;
        }

        int left = (int)(x + 1) - 1, top = (int)(y + 1) - 1;
        var right = Vector128.Create((float)(x - left));
        var down = Vector128.Create((float)(y - top));
        if (left < 0 || top < 0 || left + 1 >= width || top + 1 >= height)
        {
            return SampleEdge(pixels, width, height, left, top, right, down);
        }

        // The test above ensures that all four pixels lie within the picture, so the reads need no further checks.
        ref uint corner = ref Unsafe.Add(ref MemoryMarshal.GetReference(pixels), (nint)top * width + left);
        var upper = PictureScaler.Mix(PictureScaler.ToSingle(corner), PictureScaler.ToSingle(Unsafe.Add(ref corner, 1)), right);
        ref uint below = ref Unsafe.Add(ref corner, width);
        var lower = PictureScaler.Mix(PictureScaler.ToSingle(below), PictureScaler.ToSingle(Unsafe.Add(ref below, 1)), right);
        return PictureScaler.Pack(PictureScaler.Mix(upper, lower, down));
    }

    private static uint SampleEdge(
        ReadOnlySpan<uint> pixels, int width, int height, int left, int top, Vector128<float> right, Vector128<float> down)
    {
        var upper = PictureScaler.Mix(Tap(pixels, width, height, left, top), Tap(pixels, width, height, left + 1, top), right);
        var lower = PictureScaler.Mix(Tap(pixels, width, height, left, top + 1), Tap(pixels, width, height, left + 1, top + 1), right);
        return PictureScaler.Pack(PictureScaler.Mix(upper, lower, down));
    }

    private static Vector128<float> Tap(ReadOnlySpan<uint> pixels, int width, int height, int x, int y) =>
        (uint)x < (uint)width && (uint)y < (uint)height ? PictureScaler.ToSingle(pixels[y * width + x]) : Vector128<float>.Zero;
}
