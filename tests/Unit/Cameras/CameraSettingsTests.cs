using FaceGrid.Abstractions.Cameras;
using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.Galleries;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Cameras;

public sealed class CameraSettingsTests
{
    private static readonly CameraZone Triangle = new([0.2f, 0.2f, 0.8f, 0.2f, 0.5f, 0.8f]);

    // A U: its opening is outside.
    private static readonly CameraZone Horseshoe = new([0, 0, 0.2f, 0, 0.2f, 0.8f, 0.8f, 0.8f, 0.8f, 0, 1, 0, 1, 1, 0, 1]);

    [Theory]
    [InlineData(0.5f, 0.3f, true)]
    [InlineData(0.5f, 0.79f, true)]
    [InlineData(0.25f, 0.7f, false)]
    [InlineData(0.1f, 0.3f, false)]
    [InlineData(0.5f, 0.9f, false)]
    public void A_zone_holds_what_is_inside(float x, float y, bool inside) => Triangle.Contains(x, y).ShouldBe(inside);

    [Theory]
    [InlineData(0.1f, 0.4f, true)]
    [InlineData(0.9f, 0.4f, true)]
    [InlineData(0.5f, 0.9f, true)]
    [InlineData(0.5f, 0.4f, false)]
    public void A_zone_may_have_any_form(float x, float y, bool inside) => Horseshoe.Contains(x, y).ShouldBe(inside);

    [Fact]
    public void Defaults_are_valid() => Should.NotThrow(CameraSettings.Default.Check);

    [Fact]
    public void Check_SeveralMistakes_NamesThemAll()
    {
        CameraSettings wrong =
            CameraSettings.Default with
            {
                FramesPerSecond = double.NaN,
                FaceSizeMin = 3,
                Zones = [new([0, 0, 1, 1])],
                Source = new(CameraSourceKind.Video),
                Threshold = -1,
                Visitors = "default"
            };
        FaceGridException refused = Should.Throw<FaceGridException>(wrong.Check);
        refused.Code.ShouldBe(ErrorCodes.InvalidCamera);
        foreach (string member in new[] { "framesPerSecond", "faceSizeMin", "zones", "source.address", "threshold", "visitors" })
        {
            refused.Message.ShouldContain(member);
        }
    }

    [Fact]
    public void Change_AbsentMembersStay_EmptyOnesGo()
    {
        CameraSettings before =
            CameraSettings.Default with { Name = "Door", Threshold = 0.9f, Visitors = "strangers", FramesPerSecond = 2 };
        new CameraChange().Over(before).ShouldBe(before);
        CameraSettings after = new CameraChange { Name = "", Threshold = 0, Visitors = "", Enabled = false }.Over(before);
        (after.Name, after.Threshold, after.Visitors, after.Enabled, after.FramesPerSecond).ShouldBe((null, null, null, false, 2));
    }

    [Fact]
    public void Change_SourceWithoutCredentials_KeepsThemForTheSameAddressOnly()
    {
        CameraSettings before = CameraSettings.Default with { Source = new(CameraSourceKind.Mjpeg, "http://camera/1", "user", "secret") };
        new CameraChange { Source = new(CameraSourceKind.Mjpeg, "http://camera/1") }.Over(before).Source.Password.ShouldBe("secret");
        new CameraChange { Source = new(CameraSourceKind.Mjpeg, "http://elsewhere/1") }.Over(before).Source.Password.ShouldBeNull();
        new CameraChange { Source = new(CameraSourceKind.Snapshot, "http://camera/1") }.Over(before).Source.UserName.ShouldBeNull();
        before.Source.ToString().ShouldNotContain("secret");
    }

    [Theory]
    [InlineData(null, null, PadPolicy.Report)]
    [InlineData(PadPolicy.Off, null, PadPolicy.Off)]
    [InlineData(null, PadPolicy.Require, PadPolicy.Require)]
    [InlineData(PadPolicy.Require, PadPolicy.Off, PadPolicy.Require)]
    [InlineData(PadPolicy.Off, PadPolicy.Report, PadPolicy.Report)]
    public void The_stricter_policy_is_in_force(PadPolicy? gallery, PadPolicy? asked, PadPolicy inForce) =>
        PadRules.Stricter(gallery, asked).ShouldBe(inForce);
}
