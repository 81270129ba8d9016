using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Formats.Jpeg;
using SixLabors.ImageSharp.PixelFormats;

namespace FaceGrid.Vision.Decoding;

/// <summary>Encodes pictures with ImageSharp.</summary>
public sealed class ImageSharpPictureEncoder : IPictureEncoder
{
    private static readonly Configuration Setup = ImageSharpSetup.Create(rareFormats: false, pixelsMax: 50_000_000);

    /// <inheritdoc/>
    public byte[] EncodeJpeg(RgbImage image, int quality, bool fullColour)
    {
        ArgumentNullException.ThrowIfNull(image);
        using Image<Rgba32> pixels = image.AsImage(Setup);
        using var file = new MemoryStream();
        pixels.Save(
            file,
            new JpegEncoder { Quality = quality, ColorType = fullColour ? JpegColorType.YCbCrRatio444 : JpegColorType.YCbCrRatio420 });
        return file.ToArray();
    }
}
