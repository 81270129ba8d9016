using System.Buffers.Binary;
using FaceGrid.Vision;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Formats;
using SixLabors.ImageSharp.Formats.Bmp;
using SixLabors.ImageSharp.Formats.Gif;
using SixLabors.ImageSharp.Formats.Jpeg;
using SixLabors.ImageSharp.Formats.Png;
using SixLabors.ImageSharp.Formats.Webp;
using SixLabors.ImageSharp.Metadata.Profiles.Exif;
using SixLabors.ImageSharp.PixelFormats;

namespace FaceGrid.Tests.Vision.Decoding;

/// <summary>Drawn pictures in every form that is read, and in forms that are not.</summary>
internal static class PictureSamples
{
    private const int Width = 67, Height = 45;

    /// <summary>Pictures that are read.</summary>
    public static IEnumerable<(string Name, byte[] Bytes)> Good()
    {
        using Image<Rgba32> opaque = Draw(transparent: false), clear = Draw(transparent: true);
        foreach (
            JpegColorType colours in new[]
            {
                JpegColorType.YCbCrRatio420,
                JpegColorType.YCbCrRatio444,
                JpegColorType.Luminance,
                JpegColorType.Rgb,
            })
        {
            yield return ($"JPEG {colours}", Encode(opaque, new JpegEncoder { ColorType = colours, Quality = 90 }));
        }

        yield return ("JPEG without Huffman tables", WithoutTables(Encode(opaque, new JpegEncoder { Quality = 90 })));
        foreach (PngColorType colours in Enum.GetValues<PngColorType>())
        {
            foreach (PngBitDepth depth in Enum.GetValues<PngBitDepth>())
            {
                yield return ($"PNG {colours} {depth}", Encode(clear, new PngEncoder { ColorType = colours, BitDepth = depth }));
            }
        }

        foreach (WebpFileFormatType kind in Enum.GetValues<WebpFileFormatType>())
        {
            yield return ($"WebP {kind}", Encode(opaque, new WebpEncoder { FileFormat = kind }));
            yield return ($"WebP {kind} transparent", Encode(clear, new WebpEncoder { FileFormat = kind }));
        }

        foreach (BmpBitsPerPixel depth in Enum.GetValues<BmpBitsPerPixel>())
        {
            yield return ($"BMP {depth}", Encode(opaque, new BmpEncoder { BitsPerPixel = depth }));
            yield return ($"BMP {depth} transparent", Encode(clear, new BmpEncoder { BitsPerPixel = depth, SupportTransparency = true }));
        }

        yield return ("GIF", Encode(opaque, new GifEncoder()));
        yield return ("GIF transparent", Encode(clear, new GifEncoder()));
        yield return ("GIF animated", DrawnPictures.TwoFrameGif(Width, Height));
        for (ushort orientation = 1; orientation <= 8; orientation++)
        {
            opaque.Metadata.ExifProfile = new ExifProfile();
            opaque.Metadata.ExifProfile.SetValue(ExifTag.Orientation, orientation);
            yield return ($"JPEG turned {orientation}", Encode(opaque, new JpegEncoder()));
            yield return ($"PNG turned {orientation}", Encode(opaque, new PngEncoder()));
            yield return ($"WebP turned {orientation}", Encode(opaque, new WebpEncoder()));
        }
    }

    /// <summary>The same pictures with bytes behind their end, as some programs leave them.</summary>
    public static IEnumerable<(string Name, byte[] Bytes)> GoodWithMore() =>
        Good().Select(sample => (sample.Name + " and more", (byte[])[.. sample.Bytes, 1, 2, 3, 4, 5]));

    /// <summary>Pictures that are not read, with the status that says why.</summary>
    public static IEnumerable<(string Name, byte[] Bytes, PictureStatus Status)> Bad()
    {
        using Image<Rgba32> picture = Draw(transparent: false);
        byte[] jpeg = Encode(
            picture, new JpegEncoder { Quality = 90 }), png = Encode(picture, new PngEncoder()), bmp = Encode(picture, new BmpEncoder());
        byte[] webp = Encode(picture, new WebpEncoder { FileFormat = WebpFileFormatType.Lossy }), gif = Encode(picture, new GifEncoder());
        int frame = jpeg.AsSpan().IndexOf([(byte)0xFF, (byte)0xC0]), scan = jpeg.AsSpan().IndexOf([(byte)0xFF, (byte)0xDA]);
        yield return ("JPEG arithmetic", With(jpeg, frame + 1, 0xC9), PictureStatus.Unsupported);
        yield return ("JPEG arithmetic progressive", With(jpeg, frame + 1, 0xCA), PictureStatus.Unsupported);
        yield return ("JPEG lossless", With(jpeg, frame + 1, 0xC3), PictureStatus.Unsupported);
        yield return ("JPEG 12 bits", With(jpeg, frame + 4, 12), PictureStatus.Unsupported);
        yield return ("JPEG two colours", With(jpeg, frame + 9, 2), PictureStatus.Unsupported);
        yield return (
            "JPEG many scans",
            [.. jpeg[..scan], .. Enumerable.Repeat(jpeg[scan..^2], 101).SelectMany(bytes => bytes), 0xFF, 0xD9],
            PictureStatus.Unsupported);
        yield return ("JPEG no end", jpeg[..^2], PictureStatus.Corrupt);
        yield return ("JPEG half", jpeg[..(jpeg.Length / 2)], PictureStatus.Corrupt);
        yield return ("JPEG no scan", [.. jpeg[..scan], 0xFF, 0xD9], PictureStatus.Corrupt);
        yield return ("JPEG no width", With(With(jpeg, frame + 7, 0), frame + 8, 0), PictureStatus.Corrupt);
        int huffman = jpeg.AsSpan().IndexOf([(byte)0xFF, (byte)0xC4]), quantisation = jpeg.AsSpan().IndexOf([(byte)0xFF, (byte)0xDB]);
        yield return ("JPEG reserved marker", With(jpeg, quantisation + 1, 0x22), PictureStatus.Corrupt);
        yield return ("JPEG quantisation table missing", With(jpeg, frame + 12, 3), PictureStatus.Corrupt);
        yield return ("JPEG difference of 16 bits", With(jpeg, huffman + 5 + 16, 16), PictureStatus.Corrupt);
        yield return ("JPEG too many codes", With(jpeg, huffman + 5, 3), PictureStatus.Corrupt);
        yield return ("JPEG sampled five times", With(jpeg, frame + 11, 0x51), PictureStatus.Corrupt);
        yield return ("PNG no end", png[..^12], PictureStatus.Corrupt);
        yield return ("PNG half", png[..(png.Length / 2)], PictureStatus.Corrupt);
        yield return ("PNG wrong checksum", With(png, png.Length - 20, (byte)~png[^20]), PictureStatus.Corrupt);
        yield return (
            "PNG interlaced", Encode(picture, new PngEncoder { InterlaceMethod = PngInterlaceMode.Adam7 }), PictureStatus.Unsupported);
        yield return (
            "PNG of Apple",
            [.. png[..8], 0, 0, 0, 4, .. "CgBI"u8, 0x50, 0, 0x20, 0x02, 0x2B, 0xD5, 0xB3, 0x7F, .. png[8..]],
            PictureStatus.Unsupported);
        yield return ("PNG too large", DrawnPictures.PngHeader(60_000, 60_000), PictureStatus.TooManyPixels);
        yield return ("PNG too large and cut off", DrawnPictures.PngHeader(60_000, 60_000)[..40], PictureStatus.TooManyPixels);
        byte[] huge = [.. jpeg[..(frame + 5)], 0xEA, 0x60, 0xEA, 0x60, .. jpeg[(frame + 9)..^2]];
        yield return ("JPEG too large and cut off", huge, PictureStatus.TooManyPixels);
        yield return ("WebP animated", AnimatedWebp(webp), PictureStatus.Unsupported);
        yield return ("WebP half", webp[..(webp.Length / 2)], PictureStatus.Corrupt);
        yield return ("WebP chunk beyond its end", With(webp, 18, 0xFF), PictureStatus.Corrupt);
        yield return ("WebP two pictures", TwoPictures(webp), PictureStatus.Corrupt);
        yield return ("GIF half", gif[..(gif.Length / 2)], PictureStatus.Corrupt);
        yield return ("GIF off its screen", With(gif, 6, 8), PictureStatus.Corrupt);
        yield return ("GIF unknown codes", UnknownCodes(), PictureStatus.Corrupt);
        yield return ("BMP half", bmp[..(bmp.Length / 2)], PictureStatus.Corrupt);
        yield return ("BMP run lengths", With(bmp, 30, 1), PictureStatus.Unsupported);
        yield return ("BMP of OS/2", With(bmp, 14, 12), PictureStatus.Unsupported);
        yield return ("nothing", [], PictureStatus.Empty);
        yield return ("text", "BMore text than a bitmap has in its header"u8.ToArray(), PictureStatus.NotAPicture);
        yield return ("TIFF", [.. "II*\0"u8, .. new byte[60]], PictureStatus.NotAPicture);
    }

    private static Image<Rgba32> Draw(bool transparent)
    {
        var image = new Image<Rgba32>(Width, Height);
        for (int y = 0; y < Height; y++)
        {
            for (int x = 0; x < Width; x++)
            {
                var colour = DrawnPictures.Colour(x, y, Width, Height);
                image[x, y] = new Rgba32(colour.Red, colour.Green, colour.Blue, (byte)(transparent ? 255 * x / Width : 255));
            }
        }

        return image;
    }

    private static byte[] Encode(Image<Rgba32> image, IImageEncoder encoder)
    {
        using var file = new MemoryStream();
        image.Save(file, encoder);
        return file.ToArray();
    }

    private static byte[] With(byte[] bytes, int at, byte value)
    {
        byte[] changed = [.. bytes];
        changed[at] = value;
        return changed;
    }

    /// <summary>One picture in the container of an animation (RFC 9649, section 2.7.1).</summary>
    private static byte[] AnimatedWebp(byte[] still)
    {
        byte[] size = [Width - 1, 0, 0, Height - 1, 0, 0];
        byte[] picture = still[12..];
        byte[] file =
        [
            .. "RIFF\0\0\0\0WEBPVP8X"u8, 10, 0, 0, 0, 2, 0, 0, 0, .. size, .. "ANIM"u8, 6, 0, 0, 0, 0, 0, 0, 0, 0, 0,
            .. "ANMF\0\0\0\0"u8, 0, 0, 0, 0, 0, 0, .. size, 100, 0, 0, 0, .. picture
        ];
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(4), file.Length - 8);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(48), 16 + picture.Length);
        return file;
    }

    private static byte[] WithoutTables(byte[] jpeg)
    {
        int at = jpeg.AsSpan().IndexOf([(byte)0xFF, (byte)0xC4]);
        return [.. jpeg[..at], .. jpeg[(at + 2 + BinaryPrimitives.ReadUInt16BigEndian(jpeg.AsSpan(at + 2)))..]];
    }

    private static byte[] TwoPictures(byte[] webp)
    {
        byte[] file = [.. webp, .. webp[12..]];
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(4), file.Length - 8);
        return file;
    }

    private static byte[] UnknownCodes()
    {
        byte[] gif = DrawnPictures.TwoFrameGif(Width, Height);
        // Behind the descriptor of the first picture: the smallest code, the first block's length, and codes.
        int codes = gif.AsSpan().IndexOf((byte)0x2C) + 10 + 2;
        gif.AsSpan(codes + 4, 20).Fill(0xFF);
        return gif;
    }
}
