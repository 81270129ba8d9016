using FaceGrid.Vision;
using FaceGrid.Vision.Decoding;
using FaceGrid.Vision.Pad;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Vision;

/// <summary>The part of the picture that a PAD model sees: against figures worked out by hand, and against the rule written down the long way.</summary>
public sealed class PadRegionTests
{
    [Theory]
    // In the middle: 100 x 120 about (320, 240), 2.7 times.
    [InlineData(270, 180, 100, 120, 2.7, 640, 480, 185, 78, 271, 325)]
    // At the left edge: the region is moved to the right, not cut.
    [InlineData(0, 180, 100, 120, 2.7, 640, 480, 0, 78, 271, 325)]
    // At the bottom right corner.
    [InlineData(560, 380, 100, 120, 2.7, 640, 480, 369, 155, 271, 325)]
    // 4 times 100 x 120 is 400 x 480, one row too many: both sides shrink alike, to 479 rows.
    [InlineData(270, 180, 100, 120, 4.0, 640, 480, 120, 0, 400, 480)]
    // Far too large for its picture: the shorter way is used up, the other keeps the box's shape.
    [InlineData(75, 65, 100, 120, 4.0, 250, 250, 21, 0, 208, 250)]
    // Larger than the picture itself.
    [InlineData(-50, -50, 200, 200, 2.7, 100, 100, 0, 0, 100, 100)]
    public void Around_IsTheBoxMadeLargerAndMovedInside(float x, float y, float width, float height, double scale, int pictureWidth, int pictureHeight, int left, int top, int columns, int rows) =>
        PadRegion.Around(new FaceBox(x, y, width, height), scale, pictureWidth, pictureHeight).ShouldBe(new PixelRegion(left, top, columns, rows));

    [Fact]
    public void Around_AnyBox_EqualsTheLongWayAndLiesInside()
    {
        var random = new Random(42);
        for (int i = 0; i < 20_000; i++)
        {
            int width = random.Next(1, 700), height = random.Next(1, 700);
            var box = new FaceBox(
                (random.NextSingle() * 2 - 0.5f) * width, (random.NextSingle() * 2 - 0.5f) * height, random.NextSingle() * width + 1, random.NextSingle() * height + 1);
            double scale = i % 2 == 0 ? 2.7 : 4.0;

            PixelRegion region = PadRegion.Around(box, scale, width, height);

            region.Left.ShouldBeGreaterThanOrEqualTo(0);
            region.Top.ShouldBeGreaterThanOrEqualTo(0);
            region.Width.ShouldBeGreaterThan(0);
            region.Height.ShouldBeGreaterThan(0);
            (region.Left + region.Width).ShouldBeLessThanOrEqualTo(width);
            (region.Top + region.Height).ShouldBeLessThanOrEqualTo(height);

            // Where a bound falls on a whole pixel but for the last bits the two may cut differently.
            PixelRegion expected = TheLongWay(box, scale, width, height);
            string because = $"{box} x {scale} in {width} x {height}";
            Math.Abs(region.Left - expected.Left).ShouldBeLessThanOrEqualTo(1, because);
            Math.Abs(region.Top - expected.Top).ShouldBeLessThanOrEqualTo(1, because);
            Math.Abs(region.Left + region.Width - expected.Left - expected.Width).ShouldBeLessThanOrEqualTo(1, because);
            Math.Abs(region.Top + region.Height - expected.Top - expected.Height).ShouldBeLessThanOrEqualTo(1, because);
        }
    }

    [Fact]
    public void Resample_EqualsThePlainTwin()
    {
        using RgbImage picture = DrawnPictures.Noise(97, 61, 3);
        foreach (PixelRegion region in new PixelRegion[] { new(0, 0, 97, 61), new(5, 7, 80, 50), new(90, 55, 7, 6), new(40, 30, 1, 1), new(10, 0, 80, 61) })
        {
            using var crop = new RgbImage(80, 80);
            PictureScaler.Resample(picture, region, crop);
            for (int y = 0; y < 80; y++)
            {
                for (int x = 0; x < 80; x++)
                {
                    for (int channel = 0; channel < 3; channel++)
                    {
                        double expected = Plain(picture, region, x, y, channel);
                        Math.Abs(crop.Row(y)[x * 4 + channel] - expected).ShouldBeLessThanOrEqualTo(0.51, $"{region} at {x}, {y}");
                    }
                }
            }
        }
    }

    [Fact]
    public void Softmax_IsTheShareOfOneClass()
    {
        PadModel.Softmax([0, 0, 0], 1).ShouldBe(1 / 3.0, 1e-12);
        PadModel.Softmax([1, 2, 3], 1).ShouldBe(Math.Exp(2) / (Math.Exp(1) + Math.Exp(2) + Math.Exp(3)), 1e-12);
        PadModel.Softmax([1000, 0, -1000], 0).ShouldBe(1, 1e-12);
        double.IsNaN(PadModel.Softmax([float.NaN, 0, 0], 1)).ShouldBeTrue();
    }

    [Fact]
    public void Fuse_AddsTheModelsAndDividesByTheirNumber()
    {
        LivenessMeter.Fuse([[0.9, 0.2], [0.4, 0.1]], 0).ShouldBe(0.65f, 1e-6f);
        LivenessMeter.Fuse([[0.9, 0.2], [0.4, 0.1]], 1).ShouldBe(0.15f, 1e-6f);
        LivenessMeter.Fuse([[0.9, 0.2]], 0).ShouldBe(0.9f, 1e-6f);
    }

    // Make the box larger, move what sticks out on the left and on top, then what sticks out on the right and below; cut to whole pixels last.
    private static PixelRegion TheLongWay(FaceBox box, double scale, int width, int height)
    {
        double factor = Math.Min((height - 1) / (double)box.Height, Math.Min((width - 1) / (double)box.Width, scale));
        double halfWidth = box.Width * factor / 2, halfHeight = box.Height * factor / 2;
        double left = box.X + box.Width / 2.0 - halfWidth, right = box.X + box.Width / 2.0 + halfWidth;
        double top = box.Y + box.Height / 2.0 - halfHeight, bottom = box.Y + box.Height / 2.0 + halfHeight;
        if (left < 0)
        {
            (left, right) = (0, right - left);
        }

        if (top < 0)
        {
            (top, bottom) = (0, bottom - top);
        }

        if (right > width - 1)
        {
            (left, right) = (left - (right - (width - 1)), width - 1);
        }

        if (bottom > height - 1)
        {
            (top, bottom) = (top - (bottom - (height - 1)), height - 1);
        }

        return new((int)left, (int)top, (int)right - (int)left + 1, (int)bottom - (int)top + 1);
    }

    private static double Plain(RgbImage picture, PixelRegion region, int x, int y, int channel)
    {
        double column = Math.Clamp((x + 0.5) * region.Width / 80 - 0.5, 0, region.Width - 1), row = Math.Clamp((y + 0.5) * region.Height / 80 - 0.5, 0, region.Height - 1);
        int left = (int)column, top = (int)row, right = Math.Min(left + 1, region.Width - 1), bottom = Math.Min(top + 1, region.Height - 1);
        double upper = Level(left, top) + (Level(right, top) - Level(left, top)) * (column - left);
        double lower = Level(left, bottom) + (Level(right, bottom) - Level(left, bottom)) * (column - left);
        return upper + (lower - upper) * (row - top);

        double Level(int atX, int atY) => picture.Row(region.Top + atY)[(region.Left + atX) * 4 + channel];
    }
}
