using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.Galleries;
using FaceGrid.Abstractions.Policies;
using FaceGrid.Grains.Galleries;
using FaceGrid.Grains.Storage;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Grid;

/// <summary>
/// Goal: what is set last is in force, and nothing is promised that cannot be kept. Method: settings over states, one rule at a time.
/// </summary>
public sealed class GalleryRulesTests
{
    private static readonly Promise Fmr = new(Fmr: 1e-4), Fpir = new(Fpir: 0.01);

    [Fact]
    public void Decide_DistanceAfterPromise_ReplacesItForThatQuestionOnly()
    {
        var state = new GalleryState { Policy = new GalleryPolicy(Fmr, Fpir) };
        GalleryRules.Decide(state, new GallerySettings(null, 1.1f, null));
        (state.VerifyThreshold, state.IdentifyThreshold, state.Policy).ShouldBe((1.1f, null, new GalleryPolicy(null, Fpir)));
    }

    [Fact]
    public void Decide_PromiseAfterDistance_ReplacesItForThatQuestionOnly()
    {
        var state = new GalleryState { VerifyThreshold = 1.1f, IdentifyThreshold = 1.0f };
        GalleryRules.Decide(state, new GallerySettings(null, null, null, new GalleryPolicy(null, Fpir)));
        (state.VerifyThreshold, state.IdentifyThreshold, state.Policy).ShouldBe((1.1f, null, new GalleryPolicy(null, Fpir)));
    }

    [Fact]
    public void Decide_Nothing_KeepsWhatIsThere()
    {
        var state = new GalleryState { VerifyThreshold = 1.1f, Policy = new GalleryPolicy(null, Fpir) };
        GalleryRules.Decide(state, new GallerySettings(null, null, null));
        (state.VerifyThreshold, state.Policy).ShouldBe((1.1f, new GalleryPolicy(null, Fpir)));
    }

    [Fact]
    public void RequireCarried_PromiseBelowTheCalibration_IsRefused()
    {
        var errors = new ErrorModel(-5, 5, 1e-5, 1e-7);
        GalleryRules.RequireCarried(errors, new GalleryPolicy(new Promise(Fmr: 1e-7), new Promise(Fpir: 1e-4)), people: 1_000);
        Code(() => GalleryRules.RequireCarried(null, new GalleryPolicy(Fmr, null), 0)).ShouldBe(ErrorCodes.NotCalibrated);
        Code(() => GalleryRules.RequireCarried(errors, new GalleryPolicy(new Promise(Fmr: 0.9e-7), null), 0))
            .ShouldBe(ErrorCodes.PromiseNotCarried);
        Code(() => GalleryRules.RequireCarried(errors, new GalleryPolicy(null, new Promise(Fpir: 1e-4)), people: 2_000))
            .ShouldBe(ErrorCodes.PromiseNotCarried);
    }

    [Fact]
    public void FixedDistance_NeededAndNotGiven_IsRefused()
    {
        GalleryRules.FixedDistance(now: null, wanted: null, "t").ShouldBeNull();
        GalleryRules.FixedDistance(now: 1, wanted: 2, "t").ShouldBe(2);
        Code(() => GalleryRules.FixedDistance(now: 1, wanted: null, "t")).ShouldBe(ErrorCodes.InvalidParameter);
        Code(() => GalleryRules.FixedDistance(now: null, wanted: 2.1f, "t")).ShouldBe(ErrorCodes.InvalidParameter);
        Code(() => GalleryRules.FixedDistance(now: null, wanted: float.NaN, "t")).ShouldBe(ErrorCodes.InvalidParameter);
    }

    [Fact]
    public void Check_OutOfRangeOrContradicting_IsRefused()
    {
        GallerySettings[] wrong =
        [
            new(null, 2.1f, null),
            new(null, null, -0.1f),
            new(new Contract("", 64), null, null),
            new(new Contract("c", 31), null, null),
            new(new Contract("c", 2_049), null, null),
            new(new Contract(new string('c', 129), 64), null, null),
            new(null, 1, null, new GalleryPolicy(Fmr, null)),
            new(null, null, 1, new GalleryPolicy(null, Fpir)),
            new(null, null, null) { Enrolment = EnrolmentPolicy.None with { FacesMax = 65 } },
        ];
        wrong.ShouldAllBe(settings => Code(() => GalleryRules.Check(settings, 64)) == ErrorCodes.InvalidParameter);
        var right = new GallerySettings(new Contract("c", 64), 2, null, new GalleryPolicy(null, Fpir));
        GalleryRules.Check(right with { Enrolment = EnrolmentPolicy.None with { FacesMax = 64 } }, 64);
    }

    [Theory]
    [InlineData(49, 0, false, false)]
    [InlineData(50, 0, false, true)]
    [InlineData(105, 100, false, false)]
    [InlineData(111, 100, false, true)]
    [InlineData(95, 100, false, false)]
    [InlineData(90, 100, false, true)]
    [InlineData(100, 100, true, true)]
    public void HasReason_ToMeasureAlikeness_IsATenthOrANewCalibration(long people, long before, bool newErrors, bool expected) =>
        GalleryAlikeness.HasReason(people, before, newErrors).ShouldBe(expected);

    private static string Code(Action call) => Should.Throw<FaceGridException>(call).Code;
}
