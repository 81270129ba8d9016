namespace FaceGrid.Vision;

/// <summary>The outcome of decoding. Owns <see cref="Image"/>.</summary>
/// <param name="Status">Whether it worked.</param>
/// <param name="Detail">A sentence for people about a failure; null when it worked.</param>
/// <param name="Width">Width of the upright, full-size picture in pixels; 0 when unknown.</param>
/// <param name="Height">Height of the upright, full-size picture in pixels; 0 when unknown.</param>
/// <param name="Image">The upright pixels, perhaps smaller than full size; null unless <see cref="PictureStatus.Ok"/>.</param>
public sealed record DecodedPicture(PictureStatus Status, string? Detail, int Width, int Height, RgbImage? Image) : IDisposable
{
    /// <summary>Full-size pixels per pixel of <see cref="Image"/>, 1 or more.</summary>
    public float Scale => Image is null ? 1 : Math.Max(Width, Height) / (float)Math.Max(Image.Width, Image.Height);

    /// <inheritdoc/>
    public void Dispose() => Image?.Dispose();
}
