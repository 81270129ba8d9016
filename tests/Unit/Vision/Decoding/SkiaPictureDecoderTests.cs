using FaceGrid.Vision.Decoding;
using Shouldly;
using SkiaSharp;
using Xunit;

namespace FaceGrid.Tests.Vision.Decoding;

/// <summary>All tests of a codec with SkiaSharp, and what only it can do.</summary>
public sealed class SkiaPictureDecoderTests() : PictureDecoderTests(new SkiaPictureDecoder())
{
    [Fact]
    public void Decode_LargeJpeg_IsReducedButReportsItsFullSize()
    {
        using var bitmap = DrawnPictures.Quarters(1_600, 1_200);
        byte[] jpeg = DrawnPictures.WithOrientation(DrawnPictures.Encode(bitmap, SKEncodedImageFormat.Jpeg), 6);

        using var picture = new SkiaPictureDecoder().Decode(jpeg, Limits with { LongSideWanted = 700 });

        (picture.Width, picture.Height).ShouldBe((1_200, 1_600));
        (picture.Image!.Width, picture.Image.Height).ShouldBe((600, 800));
        picture.Scale.ShouldBe(2);
    }
}
