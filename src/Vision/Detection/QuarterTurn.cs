using FaceGrid.Models;
using FaceGrid.Vision.Decoding;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.PixelFormats;
using SixLabors.ImageSharp.Processing;

namespace FaceGrid.Vision.Detection;

/// <summary>Turns a picture by quarters of a circle, and takes points of the turned picture back to the picture before.</summary>
/// <param name="Quarters">How many quarters the picture is turned clockwise, 0 to 3.</param>
/// <param name="Width">Width of the picture before, in pixels.</param>
/// <param name="Height">Height of the picture before, in pixels.</param>
internal readonly record struct QuarterTurn(int Quarters, int Width, int Height)
{
    /// <summary>The turn in degrees clockwise: 0, 90, 180 or 270.</summary>
    public int Degrees => 90 * Quarters;

    /// <summary>Turns a picture.</summary>
    /// <param name="picture">The picture before. It is not changed.</param>
    /// <param name="quarters">Quarters clockwise, 1 to 3.</param>
    /// <returns>A new picture.</returns>
    public static RgbImage Apply(RgbImage picture, int quarters)
    {
        using Image<Rgba32> before = picture.AsImage(ImageSharpSetup.Plain);
        RotateMode mode = quarters switch { 1 => RotateMode.Rotate90, 2 => RotateMode.Rotate180, _ => RotateMode.Rotate270 };
        return new RgbImage(before.Clone(context => context.Rotate(mode)));
    }

    /// <summary>The box in the picture before.</summary>
    /// <param name="box">A box in pixels of the turned picture.</param>
    public FaceBox Back(FaceBox box) => Quarters switch
    {
        1 => new(box.Y, Height - box.X - box.Width, box.Height, box.Width),
        2 => new(Width - box.X - box.Width, Height - box.Y - box.Height, box.Width, box.Height),
        3 => new(Width - box.Y - box.Height, box.X, box.Height, box.Width),
        _ => box,
    };

    /// <summary>The landmarks in the picture before. Right and left stay the subject's own.</summary>
    /// <param name="landmarks">Landmarks in pixels of the turned picture.</param>
    public FaceLandmarks Back(FaceLandmarks landmarks)
    {
        if (Quarters == 0)
        {
            return landmarks;
        }

        float[] points = landmarks.ToArray();
        for (int index = 0; index < points.Length; index += 2)
        {
            // Whole numbers are the centres of pixels, so the last column is at width - 1.
            (float x, float y) = (points[index], points[index + 1]);
            (points[index], points[index + 1]) = Quarters switch
            {
                1 => (y, Height - 1 - x),
                2 => (Width - 1 - x, Height - 1 - y),
                _ => (Width - 1 - y, x),
            };
        }

        return FaceLandmarks.FromArray(points);
    }
}
