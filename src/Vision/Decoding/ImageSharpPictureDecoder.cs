using System.Buffers;
using System.Runtime.InteropServices;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.PixelFormats;
using SixLabors.ImageSharp.Processing;

namespace FaceGrid.Vision.Decoding;

/// <summary>
/// Decodes JPEG, PNG, WebP, BMP and GIF (first frame) with ImageSharp, in managed code. Transparent pixels are laid over black. The alpha
/// of a BMP and colour profiles are ignored. It always decodes the full size and ignores <see cref="PictureLimits.LongSideWanted"/>.
/// </summary>
public sealed class ImageSharpPictureDecoder : IPictureDecoder
{
    private readonly Configuration _configuration;
    private readonly PictureInspector _inspector;

    /// <summary>Creates a decoder.</summary>
    /// <param name="rareFormats">False to refuse GIF and BMP.</param>
    /// <param name="pixelsMax">Most pixels of a picture. This bounds the memory for one picture. Default: 50,000,000.</param>
    public ImageSharpPictureDecoder(bool rareFormats = true, long pixelsMax = 50_000_000)
    {
        _configuration = ImageSharpSetup.Create(rareFormats, pixelsMax);
        _inspector = new(_configuration, rareFormats);
    }

    /// <inheritdoc/>
    public DecodedPicture Decode(ReadOnlySpan<byte> picture, PictureLimits limits)
    {
        PictureHeader header = _inspector.Inspect(picture, limits);
        return header.Status != PictureStatus.Ok ? header.Refusal()
            : ReadPixels(picture[..header.Length], header) is { } pixels ? header.Answer(pixels)
            : header.Damaged();
    }

    private Image<Rgba32>? ReadPixels(ReadOnlySpan<byte> picture, in PictureHeader header)
    {
        byte[] buffer = header.Format == PictureFormat.Jpeg
            ? JpegInput.Rent(picture, header.Jpeg.LacksHuffmanTables, out int length)
            : Rent(picture, out length);
        try
        {
            using var stream = new MemoryStream(buffer, 0, length, writable: false);
            var image = Image.Load<Rgba32>(_configuration, stream);
            if (header.Format == PictureFormat.Jpeg)
            {
                ColourSmoother.Smooth(image, header.Jpeg.ColourColumns, header.Jpeg.ColourRows);
            }
            else if (header.Format is PictureFormat.Png or PictureFormat.Webp or PictureFormat.Gif && !IsOpaque(image))
            {
                image.Mutate(static context => context.BackgroundColor(Color.Black));
            }

            return image;
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            // Besides its own exceptions ImageSharp throws whatever happens while it parses, such as IndexOutOfRangeException. Each of
            // them means bad input.
            return null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static byte[] Rent(ReadOnlySpan<byte> picture, out int length)
    {
        length = picture.Length;
        byte[] buffer = ArrayPool<byte>.Shared.Rent(length);
        picture.CopyTo(buffer);
        return buffer;
    }

    private static bool IsOpaque(Image<Rgba32> image)
    {
        if (!image.DangerousTryGetSinglePixelMemory(out Memory<Rgba32> pixels))
        {
            return false;
        }

        // The alpha of a pixel is its highest byte.
        const uint Alpha = 0xFF000000;
        uint all = Alpha;
        foreach (uint pixel in MemoryMarshal.Cast<Rgba32, uint>(pixels.Span))
        {
            all &= pixel;
        }

        return all == Alpha;
    }
}
