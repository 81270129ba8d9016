using System.Numerics;
using FaceGrid.Models;
using FaceGrid.Vision.Alignment;
using FaceGrid.Vision.Decoding;
using FaceGrid.Vision.Quality;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Vision;

public sealed class HeadPoseTests
{
    /// <summary>A frontal face in front of an orthographic camera: x to the right, y down, z to the camera.</summary>
    private static readonly Vector3[] Face =
        [new(-17.62f, 0, 0), new(17.62f, 0, 0), new(0, 20.46f, 15.6f), new(-15.36f, 36.69f, 1.7f), new(15.36f, 36.69f, 1.7f)];

    // Turns the model about its own axes, projects it, and expects the angles back.
    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(30, 0, 0)]
    [InlineData(-45, 0, 0)]
    [InlineData(0, 20, 0)]
    [InlineData(0, -25, 0)]
    [InlineData(0, 0, 40)]
    [InlineData(25, -15, 0)]
    public void Estimate_ProjectedFace_GivesTheAngles(float yaw, float pitch, float roll)
    {
        var turn = Matrix4x4.CreateRotationX(-Radians(-pitch)) * Matrix4x4.CreateRotationY(Radians(yaw)) * Matrix4x4.CreateRotationZ(Radians(roll));
        float[] points = [.. Face.SelectMany(point =>
        {
            var turned = Vector3.Transform(point, turn) * 2;
            return new[] { turned.X + 100, turned.Y + 80 };
        })];

        var found = HeadPose.Estimate(FaceLandmarks.FromArray(points));

        found.Yaw.ShouldBe(yaw, 6);
        found.Pitch.ShouldBe(pitch, 6);
        found.Roll.ShouldBe(roll, 6);
    }

    [Fact]
    public void Estimate_OnePoint_GivesZero() => HeadPose.Estimate(FaceLandmarks.FromArray([3, 3, 3, 3, 3, 3, 3, 3, 3, 3])).ShouldBe((0, 0, 0));

    [Fact]
    public void Measure_BlurredAndDarkCrop_IsLessSharpAndDarker()
    {
        using var crisp = DrawnPictures.Noise(112, 112, seed: 8);
        using var small = PictureScaler.Shrink(crisp, 56, 56);
        using var soft = new RgbImage(112, 112);
        FaceAligner.Warp(small, new SimilarityTransform(0.5, 0, 0, 0), soft);
        foreach (ref byte level in soft.Pixels)
        {
            level /= 2;
        }

        var landmarks = FaceAligner.ArcFaceTemplate;
        var sharp = FaceQualityMeter.Measure(crisp, landmarks, 0.9f);
        var dull = FaceQualityMeter.Measure(soft, landmarks, 0.9f);

        dull.Sharpness.ShouldBeLessThan(sharp.Sharpness / 4);
        dull.Brightness.ShouldBe(sharp.Brightness / 2, 0.02);
        dull.Contrast.ShouldBeLessThan(sharp.Contrast);
        sharp.EyeDistancePixels.ShouldBe(35.24f, 0.01f);
    }

    private static float Radians(float degrees) => degrees * MathF.PI / 180;
}
