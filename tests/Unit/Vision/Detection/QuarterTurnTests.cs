using FaceGrid.Models;
using FaceGrid.Vision;
using FaceGrid.Vision.Decoding;
using FaceGrid.Vision.Detection;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Vision.Detection;

/// <summary>
/// Goal: what is found in a turned picture lies at the same pixels in the picture before. Method: a picture with one marked pixel; made-up
/// detectors for the search.
/// </summary>
public sealed class QuarterTurnTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Back_finds_the_pixel_that_was_turned(int quarters)
    {
        using var before = new RgbImage(7, 4);
        before.Pixels.Clear();
        (int x, int y) = (5, 1);
        before.Row(y)[4 * x] = 200;

        using RgbImage turned = QuarterTurn.Apply(before, quarters);

        (turned.Width, turned.Height).ShouldBe(quarters == 2 ? (7, 4) : (4, 7));
        (int X, int Y) there = Enumerable.Range(0, 28).Select(i => (X: i % turned.Width, Y: i / turned.Width))
            .Single(at => turned.Row(at.Y)[4 * at.X] == 200);
        var turn = new QuarterTurn(quarters, before.Width, before.Height);
        FaceLandmarks landmarks = turn.Back(FaceLandmarks.FromArray([there.X, there.Y, 0, 0, 0, 0, 0, 0, 0, 0]));
        (landmarks.RightEye.X, landmarks.RightEye.Y).ShouldBe((x, y));
        turn.Back(new FaceBox(there.X, there.Y, 1, 1)).ShouldBe(new FaceBox(x, y, 1, 1));
        turn.Degrees.ShouldBe(90 * quarters);
    }

    [Theory]
    [InlineData(0.5f, new[] { 0.5f, 0.6f, 0.9f, 0.7f }, 2)]
    [InlineData(0.5f, new[] { 0.5f, 0.79f, 0.6f, 0.7f }, 0)]
    [InlineData(0.9f, new[] { 0.5f, 0.6f, 0.91f, 0.7f }, 0)]
    [InlineData(0.5f, new[] { 0.95f, 0.6f, 0.96f, 0.7f }, 0)]
    [InlineData(0f, new[] { 0f, 0f, 0f, 0f }, 0)]
    public void Quarters_wants_a_sure_face_and_a_clear_difference(float confidence, float[] seen, int quarters)
    {
        using var picture = new RgbImage(300, 200);
        picture.Pixels.Clear();
        int asked = 0;

        UprightSearch.Quarters(picture, confidence, _ => Face(seen[asked++])).ShouldBe(quarters);

        asked.ShouldBe(4, "the picture is no larger than the first copy");
    }

    [Fact]
    public void Quarters_looks_for_small_faces_in_a_second_copy()
    {
        using var picture = new RgbImage(1600, 900);
        picture.Pixels.Clear();
        List<int> sides = [];

        UprightSearch.Quarters(picture, 0, copy =>
        {
            sides.Add(Math.Max(copy.Width, copy.Height));
            return Face(sides.Count == 6 ? 0.9f : 0.1f);
        }).ShouldBe(1);

        sides.ShouldBe([320, 320, 320, 320, 640, 640, 640, 640]);
    }

    private static DetectedFace[] Face(float confidence) =>
        confidence == 0 ? [] : [new(new(0, 0, 10, 10), FaceLandmarks.FromArray(new float[10]), confidence)];
}
