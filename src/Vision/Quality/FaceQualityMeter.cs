using FaceGrid.Models;
using FaceGrid.Vision.Alignment;
using FaceGrid.Vision.Decoding;

namespace FaceGrid.Vision.Quality;

/// <summary>Measures the quality of a face.</summary>
public static class FaceQualityMeter
{
    /// <summary>
    /// The inner part of the face in the 112 x 112 crop, from eyebrows to chin. It contains no hair or background for people of any build.
    /// </summary>
    private const int Left = 28, Top = 38, Width = 56, Height = 64;

    /// <summary>Width and height of the crop that is measured, in pixels.</summary>
    public const int CropSize = 112;

    /// <summary>Measures a face.</summary>
    /// <param name="crop">
    /// The face aligned to <see cref="FaceAligner.ArcFaceTemplate"/>, 112 x 112 pixels. Null when it could not be aligned or was not
    /// chosen; sharpness, brightness and contrast are then 0.
    /// </param>
    /// <param name="landmarks">The landmarks in pixels of the full-size picture.</param>
    /// <param name="confidence">The detector's confidence.</param>
    /// <exception cref="ArgumentException">The crop has another size.</exception>
    public static FaceQuality Measure(RgbImage? crop, FaceLandmarks landmarks, float confidence)
    {
        ArgumentNullException.ThrowIfNull(landmarks);
        if (crop is not null && (crop.Width != CropSize || crop.Height != CropSize))
        {
            throw new ArgumentException($"The crop is not {CropSize} x {CropSize} pixels.", nameof(crop));
        }

        var (yaw, pitch, roll) = HeadPose.Estimate(landmarks);
        var (sharpness, brightness, contrast) = crop is null ? default : Levels(crop);
        return new(landmarks.EyeDistancePixels, sharpness, brightness, contrast, yaw, pitch, roll, confidence);
    }

    private static (float Sharpness, float Brightness, float Contrast) Levels(RgbImage crop)
    {
        // The Laplacian reads one more pixel on each side.
        const int stride = Width + 2;
        Span<float> luma = stackalloc float[stride * (Height + 2)];
        for (int y = 0; y < Height + 2; y++)
        {
            var row = crop.Row(Top - 1 + y).Slice((Left - 1) * 4, stride * 4);
            for (int x = 0; x < stride; x++)
            {
                luma[y * stride + x] = 0.299f * row[4 * x] + 0.587f * row[4 * x + 1] + 0.114f * row[4 * x + 2];
            }
        }

        double sum = 0, squares = 0, edges = 0, edgeSquares = 0;
        for (int y = 1; y <= Height; y++)
        {
            for (int x = 1; x <= Width; x++)
            {
                int at = y * stride + x;
                double level = luma[at], edge = luma[at - 1] + luma[at + 1] + luma[at - stride] + luma[at + stride] - 4 * level;
                sum += level;
                squares += level * level;
                edges += edge;
                edgeSquares += edge * edge;
            }
        }

        const double count = Width * Height;
        double variance = Math.Max(0, squares / count - sum / count * (sum / count));
        double edgeVariance = Math.Max(0, edgeSquares / count - edges / count * (edges / count));
        return ((float)edgeVariance, (float)(sum / count / 255), (float)(Math.Sqrt(variance) / 255));
    }
}
