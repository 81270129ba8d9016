using SixLabors.ImageSharp;
using SixLabors.ImageSharp.PixelFormats;
using SkiaSharp;

namespace FaceGrid.Vision.Decoding;

/// <summary>
/// Decodes JPEG, PNG, WebP, BMP and GIF (first frame) with SkiaSharp, in native code. Transparent pixels are laid over black. The alpha
/// of a BMP and colour profiles are ignored. It decodes a JPEG at a reduced size when <see cref="PictureLimits.LongSideWanted"/> allows
/// it.
/// </summary>
public sealed class SkiaPictureDecoder : IPictureDecoder
{
    private readonly Configuration _configuration;
    private readonly PictureInspector _inspector;

    /// <summary>Creates a decoder.</summary>
    /// <param name="rareFormats">False to refuse GIF and BMP.</param>
    /// <param name="pixelsMax">Most pixels of a picture. This bounds the memory for one picture. Default: 50,000,000.</param>
    public SkiaPictureDecoder(bool rareFormats = true, long pixelsMax = 50_000_000)
    {
        _configuration = ImageSharpSetup.Create(rareFormats, pixelsMax);
        _inspector = new(_configuration, rareFormats);
    }

    /// <inheritdoc/>
    public DecodedPicture Decode(ReadOnlySpan<byte> picture, PictureLimits limits)
    {
        PictureHeader header = _inspector.Inspect(picture, limits);
        return header.Status != PictureStatus.Ok ? header.Refusal()
            : ReadPixels(picture[..header.Length], header, limits.LongSideWanted) is { } pixels ? header.Answer(pixels)
            : header.Damaged();
    }

    private unsafe Image<Rgba32>? ReadPixels(ReadOnlySpan<byte> picture, in PictureHeader header, int longSideWanted)
    {
        fixed (byte* bytes = picture)
        {
            using var data = SKData.Create((nint)bytes, picture.Length);
            using var codec = SKCodec.Create(data);
            if (codec is null || codec.Info.Width != header.Width || codec.Info.Height != header.Height)
            {
                return null;
            }

            bool reduces = header.Format == PictureFormat.Jpeg
                && longSideWanted > 0
                && Math.Max(header.Width, header.Height) > longSideWanted;
            SKSizeI size = reduces ? ReducedSize(codec, longSideWanted) : codec.Info.Size;
            var image = new Image<Rgba32>(_configuration, size.Width, size.Height);
            if (image.DangerousTryGetSinglePixelMemory(out Memory<Rgba32> pixels))
            {
                using var pinned = pixels.Pin();
                var info = new SKImageInfo(size.Width, size.Height, SKColorType.Rgba8888, AlphaOf(codec, header.Format));
                // A whole container may still hold fewer pixels than its header says. The missing pixels are black; in a JPEG, ImageSharp
                // makes them grey.
                if (codec.GetPixels(info, (nint)pinned.Pointer) is SKCodecResult.Success or SKCodecResult.IncompleteInput)
                {
                    return image;
                }
            }

            image.Dispose();
            return null;
        }
    }

    private static SKAlphaType AlphaOf(SKCodec codec, PictureFormat format) => codec.Info.AlphaType == SKAlphaType.Opaque
        ? SKAlphaType.Opaque
        : format == PictureFormat.Bmp ? SKAlphaType.Unpremul : SKAlphaType.Premul;

    /// <summary>
    /// Finds the smallest size that the JPEG decoder offers (eighths of the full size) whose longer side is at least
    /// <paramref name="longSideWanted"/>.
    /// </summary>
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
}
