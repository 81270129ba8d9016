using System.Text;
using FaceGrid.Vision;
using FaceGrid.Vision.Decoding;
using Shouldly;
using SkiaSharp;
using Xunit;

namespace FaceGrid.Tests.Vision.Decoding;

/// <summary>
/// Goal: every codec gives the right pixels, turns and statuses. Method: drawn pictures whose pixels are known. A class for each codec
/// runs all of it.
/// </summary>
/// <param name="decoder">The codec.</param>
public abstract class PictureDecoderTests(IPictureDecoder decoder)
{
    protected static readonly PictureLimits Limits = new(BytesMax: 10 << 20, PixelsMax: 50_000_000);

    [Theory]
    [InlineData("jpeg")]
    [InlineData("png")]
    [InlineData("webp")]
    [InlineData("bmp")]
    public void Decode_EveryFormat_GivesThePixels(string format)
    {
        using var picture = decoder.Decode(Encoded(format), Limits);

        picture.Status.ShouldBe(PictureStatus.Ok, picture.Detail);
        (picture.Width, picture.Height).ShouldBe((60, 40));
        ShouldShowQuarters(picture.Image!);
    }

    [Fact]
    public void Decode_AnimatedGif_GivesTheFirstFrame()
    {
        using var picture = decoder.Decode(DrawnPictures.TwoFrameGif(20, 10), Limits);

        picture.Status.ShouldBe(PictureStatus.Ok, picture.Detail);
        picture.Image!.Row(5).Slice(40, 3).ToArray().ShouldBe([200, 10, 20]);
    }

    // Stores the picture as a camera held the other way would, and expects the upright one back: the stored pixel at the place the EXIF table names.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void Decode_EveryOrientation_GivesTheUprightPicture(int orientation)
    {
        bool swaps = orientation >= 5;
        using var stored = new SKBitmap(new SKImageInfo(swaps ? 40 : 64, swaps ? 64 : 40, SKColorType.Rgba8888, SKAlphaType.Opaque));
        for (int y = 0; y < 40; y++)
        {
            for (int x = 0; x < 64; x++)
            {
                // Row 0 and column 0 of the stored picture are the sides of the upright one that the orientation names.
                var (storedX, storedY) = orientation switch
                {
                    1 => (x, y),
                    2 => (63 - x, y),
                    3 => (63 - x, 39 - y),
                    4 => (x, 39 - y),
                    5 => (y, x),
                    6 => (y, 63 - x),
                    7 => (39 - y, 63 - x),
                    _ => (39 - y, x)
                };
                stored.SetPixel(storedX, storedY, DrawnPictures.Colour(x, y, 64, 40));
            }
        }

        byte[] jpeg = DrawnPictures.WithOrientation(DrawnPictures.Encode(stored, SKEncodedImageFormat.Jpeg), orientation);
        using var picture = decoder.Decode(jpeg, Limits);

        picture.Status.ShouldBe(PictureStatus.Ok, picture.Detail);
        (picture.Width, picture.Height, picture.Image!.Width, picture.Image.Height).ShouldBe((64, 40, 64, 40));
        ShouldShowQuarters(picture.Image);
    }

    [Fact]
    public void Decode_NoBytes_SaysEmpty() => StatusOf([]).ShouldBe(PictureStatus.Empty);

    [Theory]
    [InlineData("just some text")]
    [InlineData("BMore text than a bitmap has in its header")]
    [InlineData("<svg xmlns='http://www.w3.org/2000/svg'/>")]
    [InlineData("\0\0\u0001\u0001")]
    public void Decode_OtherBytes_SaysNotAPicture(string text) =>
        StatusOf(Encoding.UTF8.GetBytes(text)).ShouldBe(PictureStatus.NotAPicture);

    [Theory]
    [InlineData("jpeg", 0.6)]
    [InlineData("png", 0.6)]
    [InlineData("webp", 0.6)]
    [InlineData("bmp", 0.6)]
    [InlineData("gif", 0.2)]
    [InlineData("jpeg", 0.02)]
    [InlineData("png", 0.2)]
    [InlineData("webp", 0.2)]
    [InlineData("jpeg", 0.999)]
    [InlineData("png", 0.99)]
    [InlineData("webp", 0.99)]
    [InlineData("bmp", 0.99)]
    public void Decode_CutOff_SaysCorrupt(string format, double share)
    {
        byte[] bytes = Encoded(format);
        StatusOf(bytes.AsSpan(0, Math.Max(16, (int)(bytes.Length * share))).ToArray()).ShouldBe(PictureStatus.Corrupt);
    }

    [Fact]
    public void Decode_MoreBytesThanAllowed_SaysTooManyBytes()
    {
        using var picture = decoder.Decode(Encoded("png"), Limits with { BytesMax = 100 });
        picture.Status.ShouldBe(PictureStatus.TooManyBytes);
    }

    // 60,000 x 60,000 pixels would be 14 GB; the managed allocations of the call show that no pixel memory was taken.
    [Fact]
    public void Decode_HugePicture_SaysTooManyPixelsWithoutAllocating()
    {
        byte[] bomb = DrawnPictures.PngHeader(60_000, 60_000);
        long before = GC.GetAllocatedBytesForCurrentThread();
        using var picture = decoder.Decode(bomb, Limits);

        picture.Status.ShouldBe(PictureStatus.TooManyPixels, picture.Detail);
        (picture.Width, picture.Height).ShouldBe((60_000, 60_000));
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(1 << 20);
    }

    [Fact]
    public void Decode_DamagedBytes_NeverThrows()
    {
        var random = new Random(7);
        foreach (string format in new[] { "jpeg", "png", "webp", "bmp", "gif" })
        {
            byte[] good = Encoded(format);
            for (int round = 0; round < 60; round++)
            {
                byte[] bad = [.. good];
                for (int hit = 0; hit < 4; hit++)
                {
                    bad[random.Next(bad.Length)] = (byte)random.Next(256);
                }

                using var picture = decoder.Decode(bad, Limits with { PixelsMax = 1_000_000 });
                (picture.Image is not null).ShouldBe(picture.Status == PictureStatus.Ok);
            }
        }
    }

    private static byte[] Encoded(string format)
    {
        using var bitmap = DrawnPictures.Quarters(60, 40);
        return format switch
        {
            "jpeg" => DrawnPictures.Encode(bitmap, SKEncodedImageFormat.Jpeg),
            "png" => DrawnPictures.Encode(bitmap, SKEncodedImageFormat.Png),
            "webp" => DrawnPictures.Encode(bitmap, SKEncodedImageFormat.Webp),
            "gif" => DrawnPictures.TwoFrameGif(60, 40),
            _ => DrawnPictures.Bmp(bitmap)
        };
    }

    private static void ShouldShowQuarters(RgbImage image)
    {
        foreach (var (x, y) in new[] { (8, 8), (image.Width - 8, 8), (8, image.Height - 8), (image.Width - 8, image.Height - 8) })
        {
            var expected = DrawnPictures.Colour(x, y, image.Width, image.Height);
            byte[] pixel = image.Row(y).Slice(4 * x, 3).ToArray();
            Math.Abs(pixel[0] - expected.Red).ShouldBeLessThan(12, $"red at {x}, {y}");
            Math.Abs(pixel[1] - expected.Green).ShouldBeLessThan(12, $"green at {x}, {y}");
            Math.Abs(pixel[2] - expected.Blue).ShouldBeLessThan(12, $"blue at {x}, {y}");
        }
    }

    private PictureStatus StatusOf(byte[] bytes)
    {
        using var picture = decoder.Decode(bytes, Limits);
        return picture.Status;
    }
}
