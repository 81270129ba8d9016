using System.Text.Json;
using FaceGrid.Abstractions.Embedding;
using FaceGrid.Abstractions.People;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Grid;

/// <summary>Goal: one rule of what matches, and answers that keep their form. Method: distances at the edge; JSON.</summary>
public sealed class ThresholdTests
{
    [Fact]
    public void Matches_AtOrBelowTheDistance_IsTrue()
    {
        var threshold = new Threshold(0.5f, "gallery", FalseMatchRate: null);
        threshold.Matches(0.5f).ShouldBeTrue();
        threshold.Matches(MathF.BitIncrement(0.5f)).ShouldBeFalse();
        threshold.Matches(float.NaN).ShouldBeFalse();
        threshold.IsNone.ShouldBeFalse();
    }

    [Fact]
    public void Matches_WithoutThreshold_IsNeverTrue()
    {
        Threshold.None.Matches(0).ShouldBeFalse();
        Threshold.None.IsNone.ShouldBeTrue();
        new Threshold(2, "none", FalseMatchRate: null).Matches(0).ShouldBeFalse();
    }

    [Fact]
    public void Json_HoldsNoneOfTheRules()
    {
        JsonSerializer.Serialize(Threshold.None).ShouldBe("""{"Distance":0,"Origin":"none","FalseMatchRate":null}""");
        JsonSerializer.Serialize(new Liveness(0.5f, 0.75f, [])).ShouldBe("""{"Live":0.5,"Threshold":0.75,"Models":[],"Decision":"spoof"}""");
    }
}
