namespace FaceGrid.Vision.Decoding;

/// <summary>The outcome of decoding. Owns <see cref="Image"/>.</summary>
/// <param name="Status">Whether the picture was decoded, and if not, why.</param>
/// <param name="Detail">A sentence for people about a failure; null when there is none.</param>
/// <param name="Width">Width of the upright, full-size picture in pixels; 0 when unknown.</param>
/// <param name="Height">Height of the upright, full-size picture in pixels; 0 when unknown.</param>
/// <param name="Image">The upright pixels, perhaps smaller than full size; null unless <see cref="PictureStatus.Ok"/>.</param>
public sealed record DecodedPicture(PictureStatus Status, string? Detail, int Width, int Height, RgbImage? Image) : IDisposable
{
    /// <summary>Full-size pixels per pixel of <see cref="Image"/>, 1 or more.</summary>
    public float Scale => Image is null ? 1 : Math.Max(Width, Height) / (float)Math.Max(Image.Width, Image.Height);

    /// <summary>Makes the picture smaller when a side is longer than allowed.</summary>
    /// <param name="longSideMax">Longest side in pixels, 1 or more.</param>
    /// <returns>This picture, or a smaller one in its place; the pixels of this one are then disposed.</returns>
    internal DecodedPicture NoLongerThan(int longSideMax)
    {
        if (Image is not { } image || Math.Max(image.Width, image.Height) <= longSideMax)
        {
            return this;
        }

        double scale = longSideMax / (double)Math.Max(image.Width, image.Height);
        using (image)
        {
            (int width, int height) = (Math.Max(1, (int)(image.Width * scale)), Math.Max(1, (int)(image.Height * scale)));
            return this with { Image = PictureScaler.Shrink(image, width, height) };
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Image?.Dispose();
}
