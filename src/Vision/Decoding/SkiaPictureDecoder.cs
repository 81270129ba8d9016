using SkiaSharp;

namespace FaceGrid.Vision.Decoding;

/// <summary>Decodes JPEG, PNG, WebP, BMP and GIF (first frame) with SkiaSharp. Transparent pixels are laid over black; colour profiles are not applied.</summary>
public sealed class SkiaPictureDecoder : IPictureDecoder
{
    /// <inheritdoc/>
    public DecodedPicture Decode(ReadOnlySpan<byte> picture, PictureLimits limits)
    {
        ArgumentNullException.ThrowIfNull(limits);
        if (picture.IsEmpty)
        {
            return Failure(PictureStatus.Empty, "There are no bytes.");
        }

        if (picture.Length > limits.BytesMax)
        {
            return Failure(PictureStatus.TooManyBytes, $"The picture has {picture.Length} bytes; at most {limits.BytesMax} are taken.");
        }

        if (PictureFormat.Sniff(picture) is not { } format)
        {
            return Failure(PictureStatus.NotAPicture, "The bytes are not a JPEG, PNG, WebP, BMP or GIF picture.");
        }

        return Decode(picture, limits, format);
    }

    private static unsafe DecodedPicture Decode(ReadOnlySpan<byte> picture, PictureLimits limits, string format)
    {
        fixed (byte* bytes = picture)
        {
            using var data = SKData.Create((nint)bytes, picture.Length);
            using var codec = SKCodec.Create(data);
            if (codec is null)
            {
                return Failure(PictureStatus.Corrupt, $"The header of the {format} picture cannot be read.");
            }

            int orientation = (int)codec.EncodedOrigin;
            var (width, height) = (codec.Info.Width, codec.Info.Height);
            var (uprightWidth, uprightHeight) = PictureOrientation.Swaps(orientation) ? (height, width) : (width, height);
            if (width <= 0 || height <= 0)
            {
                return Failure(PictureStatus.Corrupt, $"The {format} picture has no pixels.");
            }

            // Reduced decoding does not lift the limit: a progressive JPEG needs memory for the full size whatever is asked for.
            if ((long)width * height > limits.PixelsMax)
            {
                return Failure(
                    PictureStatus.TooManyPixels, $"The picture has {width} x {height} pixels; at most {limits.PixelsMax} are taken.", uprightWidth, uprightHeight);
            }

            bool isCutOff = format == "JPEG" && JpegEnd.IsCutOffProgressive(picture);
            return !isCutOff && ReadPixels(codec, limits, format) is { } image
                ? new(PictureStatus.Ok, null, uprightWidth, uprightHeight, PictureOrientation.MakeUpright(image, orientation))
                : Failure(PictureStatus.Corrupt, $"The {format} picture is damaged or cut off.", uprightWidth, uprightHeight);
        }
    }

    private static unsafe RgbImage? ReadPixels(SKCodec codec, PictureLimits limits, string format)
    {
        var size = codec.Info.Size;
        int longSide = Math.Max(size.Width, size.Height);
        if (format == "JPEG" && limits.LongSideWanted > 0 && longSide > limits.LongSideWanted)
        {
            size = ReducedSize(codec, limits.LongSideWanted);
        }

        var image = new RgbImage(size.Width, size.Height);
        var info = new SKImageInfo(size.Width, size.Height, SKColorType.Rgba8888, codec.Info.AlphaType == SKAlphaType.Opaque ? SKAlphaType.Opaque : SKAlphaType.Premul);
        fixed (byte* pixels = image.Pixels)
        {
            if (codec.GetPixels(info, (nint)pixels) == SKCodecResult.Success)
            {
                return image;
            }
        }

        image.Dispose();
        return null;
    }

    /// <summary>The smallest size the JPEG decoder offers (eighths of the full size) whose longer side is at least what is wanted.</summary>
    private static SKSizeI ReducedSize(SKCodec codec, int longSideWanted)
    {
        for (int eighths = 1; eighths < 8; eighths++)
        {
            var size = codec.GetScaledDimensions(eighths / 8f);
            if (Math.Max(size.Width, size.Height) >= longSideWanted)
            {
                return size;
            }
        }

        return codec.Info.Size;
    }

    private static DecodedPicture Failure(PictureStatus status, string detail, int width = 0, int height = 0) => new(status, detail, width, height, null);
}
