using FaceGrid.Models;
using FaceGrid.Vision.Decoding;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Vision;

/// <summary>The fast pixel loops against plain ones, on odd sizes.</summary>
public sealed class PixelKernelTests
{
    [Theory]
    [InlineData(1, 1, 32, 32, ChannelOrder.Rgb)]
    [InlineData(37, 21, 64, 32, ChannelOrder.Bgr)]
    [InlineData(64, 32, 64, 32, ChannelOrder.Rgb)]
    public void Fill_AnySize_EqualsThePlainTwin(int width, int height, int planeWidth, int planeHeight, ChannelOrder order)
    {
        using var image = DrawnPictures.Noise(width, height, seed: width);
        float[] mean = [10, 20, 30], scale = [0.5f, 0.25f, 2];
        var planes = new float[3 * planeWidth * planeHeight];
        Array.Fill(planes, float.NaN);

        TensorFiller.Fill(image, planes, planeWidth, planeHeight, order, mean, scale);

        for (int index = 0; index < planes.Length; index++)
        {
            int channel = index / (planeWidth * planeHeight), y = index / planeWidth % planeHeight, x = index % planeWidth;
            float expected = x < width && y < height
                ? (image.Row(y)[4 * x + (order == ChannelOrder.Rgb ? channel : 2 - channel)] - mean[channel]) * scale[channel]
                : 0;
            planes[index].ShouldBe(expected, 1e-3f, $"channel {channel} at {x}, {y}");
        }
    }

    // Whole-number factors and remainders in between: every result pixel lies within the levels of the block it stands for, and flat pictures stay flat.
    [Theory]
    [InlineData(100, 80, 100, 80)]
    [InlineData(101, 83, 67, 55)]
    [InlineData(300, 200, 100, 66)]
    [InlineData(333, 217, 41, 27)]
    [InlineData(600, 400, 60, 40)]
    public void Shrink_Gradient_KeepsItsLevels(int width, int height, int smallWidth, int smallHeight)
    {
        using var image = new RgbImage(width, height);
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                image.Row(y)[4 * x] = (byte)(x * 255 / width);
                image.Row(y)[4 * x + 1] = (byte)(y * 255 / height);
                image.Row(y)[4 * x + 2] = 77;
            }
        }

        using var small = PictureScaler.Shrink(image, smallWidth, smallHeight);

        (small.Width, small.Height).ShouldBe((smallWidth, smallHeight));
        for (int y = 0; y < smallHeight; y++)
        {
            for (int x = 0; x < smallWidth; x++)
            {
                var pixel = small.Row(y).Slice(4 * x, 3);
                Math.Abs(pixel[0] - (x + 0.5) * 255 / smallWidth).ShouldBeLessThan(5, $"red at {x}, {y}");
                Math.Abs(pixel[1] - (y + 0.5) * 255 / smallHeight).ShouldBeLessThan(5, $"green at {x}, {y}");
                pixel[2].ShouldBe((byte)77);
            }
        }
    }
}
