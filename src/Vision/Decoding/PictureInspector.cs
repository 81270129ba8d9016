using FaceGrid.Vision.Decoding.Containers;
using SixLabors.ImageSharp;

namespace FaceGrid.Vision.Decoding;

/// <summary>
/// Checks a picture before memory for its pixels is allocated. Every codec asks it first, so all codecs refuse the same pictures for the
/// same reasons and turn the others upright in the same way.
/// </summary>
/// <param name="configuration">Configuration of ImageSharp, which reads the headers.</param>
/// <param name="rareFormats">False to refuse GIF and BMP.</param>
internal sealed class PictureInspector(Configuration configuration, bool rareFormats)
{
    /// <summary>Inspects one picture.</summary>
    /// <param name="picture">The encoded bytes.</param>
    /// <param name="limits">Most bytes and pixels.</param>
    /// <returns>Its header. Bad input never throws.</returns>
    public PictureHeader Inspect(ReadOnlySpan<byte> picture, PictureLimits limits)
    {
        ArgumentNullException.ThrowIfNull(limits);
        if (picture.IsEmpty)
        {
            return new(PictureStatus.Empty, "There are no bytes.");
        }

        if (picture.Length > limits.BytesMax)
        {
            return new(PictureStatus.TooManyBytes, $"The picture has {picture.Length} bytes; at most {limits.BytesMax} are taken.");
        }

        if (PictureFormats.Sniff(picture) is not { } format)
        {
            return new(PictureStatus.NotAPicture, "The bytes are not a JPEG, PNG, WebP, BMP or GIF picture.");
        }

        if (!rareFormats && PictureFormats.IsRare(format))
        {
            return new(
                PictureStatus.Unsupported,
                $"{PictureFormats.NameOf(format)} pictures are turned off here (FaceGrid:Vision:RareFormats). Save it again as JPEG or "
                    + "PNG.");
        }

        Container container = format switch
        {
            PictureFormat.Jpeg => JpegContainer.Inspect(picture),
            PictureFormat.Png => PngContainer.Inspect(picture),
            PictureFormat.Webp => WebpContainer.Inspect(picture),
            PictureFormat.Gif => GifContainer.Inspect(picture),
            _ => BmpContainer.Inspect(picture),
        };
        if (container.Status == PictureStatus.Ok)
        {
            return Identify(picture, limits, format, container);
        }

        // A picture that is too large is reported as too large, even when part of it is missing.
        if (container.Status == PictureStatus.Corrupt && format is PictureFormat.Jpeg or PictureFormat.Png)
        {
            PictureHeader header = Identify(picture, limits, format, container with { Length = picture.Length });
            if (header.Status == PictureStatus.TooManyPixels)
            {
                return header;
            }
        }

        return new(container.Status, container.Problem);
    }

    private PictureHeader Identify(ReadOnlySpan<byte> picture, PictureLimits limits, PictureFormat format, in Container container)
    {
        string name = PictureFormats.NameOf(format);
        if (ReadSize(picture[..container.Length]) is not { } size)
        {
            return new(PictureStatus.Corrupt, $"The header of the {name} picture cannot be read.");
        }

        if (size.Width <= 0 || size.Height <= 0)
        {
            return new(PictureStatus.Corrupt, $"The {name} picture has no pixels.");
        }

        int orientation = PictureOrientation.Read(picture.Slice(container.ExifStart, container.ExifLength));
        var header = new PictureHeader(PictureStatus.Ok, null, format, size.Width, size.Height, orientation, container.Length)
        {
            Jpeg = container.Jpeg,
        };
        long pixelsMax = Math.Min(limits.PixelsMax, ImageSharpSetup.PixelsMax);
        // Decoding at a reduced size does not raise the limit: a progressive JPEG always needs memory for the full size.
        if ((long)size.Width * size.Height > pixelsMax)
        {
            string problem = $"The picture has {size.Width} x {size.Height} pixels; at most {pixelsMax} are taken.";
            return header with { Status = PictureStatus.TooManyPixels, Problem = problem };
        }

        return header;
    }

    private unsafe Size? ReadSize(ReadOnlySpan<byte> picture)
    {
        fixed (byte* bytes = picture)
        {
            using var stream = new UnmanagedMemoryStream(bytes, picture.Length);
            try
            {
                return Image.Identify(configuration, stream) is { } info ? new Size(info.Width, info.Height) : null;
            }
            catch (Exception error) when (error is not OutOfMemoryException)
            {
                // Besides its own exceptions ImageSharp throws whatever happens while it parses, such as IndexOutOfRangeException. Each
                // of them means bad input.
                return null;
            }
        }
    }
}
