using FaceGrid.Models;
using System.Numerics;

namespace FaceGrid.Vision.Alignment;

/// <summary>
/// Rotates, scales evenly and shifts points, without mirroring: (x, y) becomes (A x - B y + X, B x + A y + Y).
/// </summary>
/// <param name="A">Scale times the cosine of the angle.</param>
/// <param name="B">Scale times the sine of the angle.</param>
/// <param name="X">Shift to the right in pixels.</param>
/// <param name="Y">Shift downwards in pixels.</param>
public readonly record struct SimilarityTransform(double A, double B, double X, double Y)
{
    /// <summary>
    /// Finds the transform that brings one set of landmarks closest to another by least squares. Source: S. Umeyama, "Least-squares
    /// estimation of transformation parameters between two point patterns", IEEE PAMI 13(4), 1991. In the plane and without reflection
    /// it has this closed form.
    /// </summary>
    /// <param name="from">Landmarks in the picture.</param>
    /// <param name="to">Their target positions.</param>
    /// <returns>Null when the points of <paramref name="from"/> coincide or are not finite, so that no transform exists.</returns>
    public static SimilarityTransform? Estimate(FaceLandmarks from, FaceLandmarks to)
    {
        ArgumentNullException.ThrowIfNull(from);
        ArgumentNullException.ThrowIfNull(to);
        float[] source = from.ToArray(), target = to.ToArray();
        double sourceX = 0, sourceY = 0, targetX = 0, targetY = 0;
        for (int index = 0; index < 10; index += 2)
        {
            sourceX += source[index] / 5.0;
            sourceY += source[index + 1] / 5.0;
            targetX += target[index] / 5.0;
            targetY += target[index + 1] / 5.0;
        }

        double spread = 0, along = 0, across = 0;
        for (int index = 0; index < 10; index += 2)
        {
            double x = source[index] - sourceX, y = source[index + 1] - sourceY;
            double u = target[index] - targetX, v = target[index + 1] - targetY;
            spread += x * x + y * y;
            along += x * u + y * v;
            across += x * v - y * u;
        }

        double a = along / spread, b = across / spread;
        if (!(spread > 1e-6) || !double.IsFinite(a) || !double.IsFinite(b) || a * a + b * b < 1e-12)
        {
            return null;
        }

        return new(a, b, targetX - a * sourceX + b * sourceY, targetY - b * sourceX - a * sourceY);
    }

    /// <summary>The transform that undoes this one.</summary>
    public SimilarityTransform Inverse()
    {
        double square = A * A + B * B;
        double a = A / square, b = -B / square;
        return new(a, b, -a * X + b * Y, -b * X - a * Y);
    }

    /// <summary>Applies the transform to a point.</summary>
    /// <param name="point">Any point.</param>
    public Vector2 Apply(Vector2 point) => new((float)(A * point.X - B * point.Y + X), (float)(B * point.X + A * point.Y + Y));
}
