using FaceGrid.Vision.Pad;
namespace FaceGrid.Vision.Decoding;

/// <summary>Cuts a face out of a picture and encodes it.</summary>
internal static class FaceCut
{
    /// <summary>Side of the cut divided by the side of the face's box. Hair and shoulders help people to recognise somebody.</summary>
    private const double Around = 2;

    /// <summary>Quality of the JPEG, 1 to 100. Faces of 320 pixels take about 20 KiB.</summary>
    private const int Quality = 85;

    /// <summary>Makes the cut.</summary>
    /// <returns>A JPEG, or null for a picture that cannot be read.</returns>
    public static byte[]? Make(
        IPictureDecoder decoder, IPictureEncoder encoder, ReadOnlySpan<byte> picture, PictureLimits limits, FaceBox box, int sideMax)
    {
        using DecodedPicture decoded = decoder.Decode(picture, limits);
        if (decoded.Image is not { } image)
        {
            return null;
        }

        PixelRegion region = PadRegion.Around(box.Scaled(1 / decoded.Scale), Around, image.Width, image.Height);
        double scale = Math.Min(1, sideMax / (double)Math.Max(region.Width, region.Height));
        using var cut = new RgbImage(Math.Max(1, (int)(region.Width * scale)), Math.Max(1, (int)(region.Height * scale)));
        PictureScaler.Resample(image, region, cut);
        return encoder.EncodeJpeg(cut, Quality, fullColour: false);
    }
}
