namespace FaceGrid.Vision;

/// <summary>A box around a face, in pixels. It may reach outside the picture.</summary>
/// <param name="X">Left edge.</param>
/// <param name="Y">Top edge.</param>
/// <param name="Width">Width, above 0.</param>
/// <param name="Height">Height, above 0.</param>
public readonly record struct FaceBox(float X, float Y, float Width, float Height)
{
    /// <summary>Width times height, in square pixels.</summary>
    public float Area => Width * Height;

    /// <summary>The box with every number multiplied by <paramref name="factor"/>.</summary>
    /// <param name="factor">Any positive number, for example full-size pixels per decoded pixel.</param>
    public FaceBox Scaled(float factor) => new(X * factor, Y * factor, Width * factor, Height * factor);

    /// <summary>Area shared with <paramref name="other"/>, in square pixels.</summary>
    /// <param name="other">The other box.</param>
    public float Intersection(FaceBox other)
    {
        float width = Math.Min(X + Width, other.X + other.Width) - Math.Max(X, other.X);
        float height = Math.Min(Y + Height, other.Y + other.Height) - Math.Max(Y, other.Y);
        return width <= 0 || height <= 0 ? 0 : width * height;
    }
}
