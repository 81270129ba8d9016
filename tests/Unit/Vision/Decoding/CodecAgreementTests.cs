using FaceGrid.Vision;
using FaceGrid.Vision.Decoding;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Vision.Decoding;

/// <summary>
/// Goal: it makes no difference to a sender which codec a node has. Method: the same pictures, good and bad, through both; statuses,
/// words, sizes and pixels are compared.
/// </summary>
public sealed class CodecAgreementTests
{
    /// <summary>
    /// Mean difference of a channel, 0 to 255. Measured: at most 0.5, where 16 bits become 8 and where colours are laid over black.
    /// </summary>
    private const double DifferenceMax = 0.6;

    private static readonly PictureLimits Limits = new(BytesMax: 10 << 20, PixelsMax: 50_000_000);
    private readonly ImageSharpPictureDecoder _imageSharp = new();
    private readonly SkiaPictureDecoder _skia = new();

    [Fact]
    public void Decode_GoodPictures_GiveTheSamePixels()
    {
        foreach (var (name, bytes) in PictureSamples.Good().Concat(PictureSamples.GoodWithMore()))
        {
            using DecodedPicture ours = _imageSharp.Decode(bytes, Limits), theirs = _skia.Decode(bytes, Limits);
            ours.Status.ShouldBe(PictureStatus.Ok, name);
            theirs.Status.ShouldBe(PictureStatus.Ok, name);
            (ours.Width, ours.Height, ours.Image!.Width, ours.Image.Height).ShouldBe(
                (theirs.Width, theirs.Height, theirs.Image!.Width, theirs.Image.Height), name);
            MeanDifference(ours.Image, theirs.Image).ShouldBeLessThan(DifferenceMax, name);
        }
    }

    [Fact]
    public void Decode_BadPictures_GiveTheSameStatusAndWords()
    {
        foreach (var (name, bytes, status) in PictureSamples.Bad())
        {
            using DecodedPicture ours = _imageSharp.Decode(bytes, Limits), theirs = _skia.Decode(bytes, Limits);
            ours.Status.ShouldBe(status, name);
            theirs.ShouldBe(ours, name);
        }
    }

    [Theory]
    [InlineData("GIF")]
    [InlineData("BMP")]
    public void Decode_RareFormatTurnedOff_SaysUnsupported(string format)
    {
        byte[] bytes = PictureSamples.Good().First(sample => sample.Name.StartsWith(format, StringComparison.Ordinal)).Bytes;
        foreach (
            IPictureDecoder decoder in new IPictureDecoder[]
            {
                new ImageSharpPictureDecoder(rareFormats: false),
                new SkiaPictureDecoder(rareFormats: false),
            })
        {
            using DecodedPicture picture = decoder.Decode(bytes, Limits);
            picture.Status.ShouldBe(PictureStatus.Unsupported);
            picture.Detail!.ShouldContain("FaceGrid:Vision:RareFormats");
        }
    }

    [Fact]
    public void EncodeJpeg_BothKindsOfColour_GiveThePictureBack()
    {
        byte[] png = PictureSamples.Good().First(sample => sample.Name == "PNG Rgb Bit8").Bytes;
        using DecodedPicture picture = _imageSharp.Decode(png, Limits);
        foreach (bool fullColour in new[] { true, false })
        {
            byte[] jpeg = new ImageSharpPictureEncoder().EncodeJpeg(picture.Image!, 95, fullColour);
            using DecodedPicture again = _skia.Decode(jpeg, Limits);
            MeanDifference(picture.Image!, again.Image!).ShouldBeLessThan(4, $"full colour {fullColour}");

            // The frame header's first component: sampled once per pixel, or twice in both directions beside the colours.
            jpeg[jpeg.AsSpan().IndexOf([(byte)0xFF, (byte)0xC0]) + 11].ShouldBe((byte)(fullColour ? 0x11 : 0x22));
        }
    }

    private static double MeanDifference(RgbImage ours, RgbImage theirs)
    {
        ReadOnlySpan<byte> a = ours.Pixels, b = theirs.Pixels;
        long sum = 0;
        for (int index = 0; index < a.Length; index++)
        {
            // The fourth byte has no meaning.
            sum += index % 4 == 3 ? 0 : Math.Abs(a[index] - b[index]);
        }

        return sum / (a.Length * 0.75);
    }
}
