using System.Numerics;
using FaceGrid.Models;
using FaceGrid.Vision.Alignment;
using FaceGrid.Vision.Decoding;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Vision;

public sealed class FaceAlignerTests
{
    // Compares the fast loop with the textbook one for turned, enlarged, reduced and partly outside faces.
    [Theory]
    [InlineData(1.0, 0, 10, 20)]
    [InlineData(0.37, 25, 60, 30)]
    [InlineData(3.1, -70, 20, 90)]
    [InlineData(2.2, 180, 150, 140)]
    [InlineData(0.9, 3, 4000, 4000)]
    public void Warp_AnyTransform_EqualsThePlainTwin(double scale, double degrees, double x, double y)
    {
        using var source = DrawnPictures.Noise(131, 97, seed: 3);
        using var crop = new RgbImage(112, 113);
        double angle = degrees * Math.PI / 180;
        var transform = new SimilarityTransform(scale * Math.Cos(angle), scale * Math.Sin(angle), x, y);

        FaceAligner.Warp(source, transform, crop);

        int differing = 0;
        for (int row = 0; row < crop.Height; row++)
        {
            for (int column = 0; column < crop.Width; column++)
            {
                for (int channel = 0; channel < 3; channel++)
                {
                    double expected = PlainSample(source, transform, column, row, channel);
                    int actual = crop.Row(row)[4 * column + channel];
                    Math.Abs(actual - expected).ShouldBeLessThanOrEqualTo(0.501, $"at {column}, {row}, channel {channel}");
                    differing += actual != 0 ? 1 : 0;
                }
            }
        }

        (differing > 0).ShouldBe(x < 1_000);
    }

    [Fact]
    public void Estimate_MovedTemplate_GivesTheMoveBack()
    {
        var move = new SimilarityTransform(1.7, -0.4, 33, -12);
        float[] template = FaceAligner.ArcFaceTemplate.ToArray();
        var moved = new float[10];
        for (int index = 0; index < 10; index += 2)
        {
            var point = move.Apply(new Vector2(template[index], template[index + 1]));
            (moved[index], moved[index + 1]) = (point.X, point.Y);
        }

        var found = SimilarityTransform.Estimate(FaceAligner.ArcFaceTemplate, FaceLandmarks.FromArray(moved))!.Value;
        var back = found.Inverse();

        found.A.ShouldBe(1.7, 1e-5);
        found.B.ShouldBe(-0.4, 1e-5);
        Vector2.Distance(back.Apply(found.Apply(new(5, 9))), new(5, 9)).ShouldBeLessThan(1e-4f);
    }

    // Least squares has no better neighbour: every small change of the four numbers makes the sum of squares larger.
    [Fact]
    public void Estimate_NoisyLandmarks_IsTheLeastSquaresAnswer()
    {
        var from = FaceLandmarks.FromArray([100, 80, 152, 92, 118, 121, 98, 150, 140, 161]);
        var to = FaceAligner.ArcFaceTemplate;
        var found = SimilarityTransform.Estimate(from, to)!.Value;
        double best = SquareSum(found, from, to);

        foreach (double change in new[] { -1e-3, 1e-3 })
        {
            SquareSum(found with { A = found.A + change }, from, to).ShouldBeGreaterThan(best);
            SquareSum(found with { B = found.B + change }, from, to).ShouldBeGreaterThan(best);
            SquareSum(found with { X = found.X + change * 10 }, from, to).ShouldBeGreaterThan(best);
            SquareSum(found with { Y = found.Y + change * 10 }, from, to).ShouldBeGreaterThan(best);
        }
    }

    [Theory]
    [InlineData(5f)]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Align_LandmarksThatAreOnePointOrNotFinite_IsRefused(float coordinate)
    {
        using var source = DrawnPictures.Noise(20, 20, seed: 1);
        using var crop = new RgbImage(112, 112);
        var landmarks = FaceLandmarks.FromArray([.. Enumerable.Repeat(coordinate, 10)]);

        FaceAligner.Align(source, landmarks, FaceAligner.ArcFaceTemplate, crop).ShouldBeFalse();
    }

    private static double SquareSum(SimilarityTransform transform, FaceLandmarks from, FaceLandmarks to)
    {
        float[] source = from.ToArray(), target = to.ToArray();
        double sum = 0;
        for (int index = 0; index < 10; index += 2)
        {
            double x = transform.A * source[index] - transform.B * source[index + 1] + transform.X - target[index];
            double y = transform.B * source[index] + transform.A * source[index + 1] + transform.Y - target[index + 1];
            sum += x * x + y * y;
        }

        return sum;
    }

    private static double PlainSample(RgbImage source, SimilarityTransform transform, int column, int row, int channel)
    {
        double x = transform.A * column - transform.B * row + transform.X, y = transform.B * column + transform.A * row + transform.Y;
        int left = (int)Math.Floor(x), top = (int)Math.Floor(y);
        double right = x - left, down = y - top;
        double Level(int atX, int atY) =>
            atX < 0 || atY < 0 || atX >= source.Width || atY >= source.Height ? 0 : source.Row(atY)[4 * atX + channel];
        return Level(left, top) * (1 - right) * (1 - down) + Level(left + 1, top) * right * (1 - down)
            + Level(left, top + 1) * (1 - right) * down + Level(left + 1, top + 1) * right * down;
    }
}
