using FaceGrid.Abstractions.Embedding;
using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.Galleries;
using FaceGrid.Abstractions.People;
using FaceGrid.Grains.People;
using FaceGrid.Grains.Storage;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Grid.People;

/// <summary>
/// Goal: a policy decides as its rules say, on both sides of each limit. Method: faces on a circle and neighbours made up, without a
/// search.
/// </summary>
public sealed class EnrolmentScreeningTests
{
    private static readonly Threshold Verify = new(1.1f, "gallery", FalseMatchRate: null);

    [Theory]
    [InlineData(DuplicateRule.Allow, ConsistencyRule.Off, 0, 1, false)]
    [InlineData(DuplicateRule.Warn, ConsistencyRule.Off, 0, 1, true)]
    [InlineData(DuplicateRule.Reject, ConsistencyRule.Off, 0, 1, true)]
    [InlineData(DuplicateRule.Reject, ConsistencyRule.Off, 1, 1, false)] // Somebody known is no duplicate.
    [InlineData(DuplicateRule.Allow, ConsistencyRule.Quarantine, 0, 1, false)] // Nothing to be consistent with.
    [InlineData(DuplicateRule.Allow, ConsistencyRule.Quarantine, 0, 2, true)]
    [InlineData(DuplicateRule.Allow, ConsistencyRule.Quarantine, 1, 1, true)]
    [InlineData(DuplicateRule.Reject, ConsistencyRule.Quarantine, 1, 0, false)] // No new face.
    public void A_search_is_asked_for_only_where_a_rule_needs_it(
        DuplicateRule duplicates, ConsistencyRule consistency, int own, int added, bool asks)
    {
        var screening = EnrolmentScreening.Begin(new EnrolmentPolicy(null, duplicates, consistency, null), Person(own), Faces(added));
        (screening is not null).ShouldBe(asks);
        (screening?.RefusesDuplicates ?? false).ShouldBe(asks && duplicates == DuplicateRule.Reject && own == 0);
    }

    [Fact]
    public void A_face_in_quarantine_does_not_make_a_person_known()
    {
        PersonState held = Person(1);
        held.Faces[0].Review = FaceReview.Nothing with { Quarantined = true };
        EnrolmentScreening.Begin(new EnrolmentPolicy(null, DuplicateRule.Warn, null, null), held, Faces(1)).ShouldNotBeNull();
    }

    [Fact]
    public void Low_quality_is_refused_with_all_reasons_and_a_face_that_was_not_measured_passes()
    {
        List<FaceState> added = Faces(2);
        added[0].Quality = new FaceQualityInfo(60, 2, 0.5f, 0.2f, 0, 0, 0);
        added[1].Quality = new FaceQualityInfo(60, 2, 0.02f, 0.2f, 0, 0, 0);
        var policy = new EnrolmentPolicy(QualityLimits.Standard, null, null, null);
        FaceGridException refused = Should.Throw<FaceGridException>(() => EnrolmentScreening.Begin(policy, Person(0), added));
        (refused.Code, string.Join(',', refused.Reasons!)).ShouldBe((ErrorCodes.LowQuality, "blurred,dark"));
        EnrolmentScreening.Begin(policy, Person(0), Faces(1)).ShouldBeNull();
    }

    [Fact]
    public void A_new_person_is_refused_when_another_is_near_to_more_than_half_of_the_faces()
    {
        LookAlike[] near = [new("bob", "f", 0.9f)], nearer = [new("cy", "g", 0.8f)], far = [new("dan", "h", 1.01f)];
        Refused([near, nearer]).ShouldBe("cy", "the nearest is named");
        Refused([near]).ShouldBe("bob");
        Refused([[new("bob", "f", 1f)]]).ShouldBe("bob", "at the threshold");
        Refused([far]).ShouldBeNull();
        Refused([near, far]).ShouldBeNull("half is not more than half");
        Refused([near, near, far]).ShouldBe("bob");
        Refused([[]]).ShouldBeNull();

        static string? Refused(LookAlike[][] people)
        {
            var screening = EnrolmentScreening.Begin(
                new EnrolmentPolicy(null, DuplicateRule.Reject, null, null), Person(0), Faces(people.Length))!;
            try
            {
                screening.Decide(new Neighbours(people, Complete: true, Threshold: 1), Verify);
                return null;
            }
            catch (FaceGridException refused)
            {
                refused.Code.ShouldBe(ErrorCodes.DuplicatePerson);
                return refused.LookAlike!.Person;
            }
        }
    }

    [Fact]
    public void A_warning_is_noted_in_the_faces_that_look_alike()
    {
        List<FaceState> added = Faces(3);
        var other = new LookAlike("bob", "f", 0.9f);
        EnrolmentScreening.Begin(new EnrolmentPolicy(null, DuplicateRule.Warn, null, null), Person(0), added)!
            .Decide(new Neighbours([[other], [], [other]], Complete: true, Threshold: 1), Verify);
        added.Select(face => face.Review)
            .ShouldBe([FaceReview.Nothing with { LookAlike = other }, null, FaceReview.Nothing with { LookAlike = other }]);
    }

    [Fact]
    public void Without_everybody_a_refusing_gallery_refuses_and_another_notes_that_nobody_looked()
    {
        var found = new Neighbours([[]], Complete: false, Threshold: 1);
        Should.Throw<FaceGridException>(() =>
            EnrolmentScreening.Begin(new EnrolmentPolicy(null, DuplicateRule.Reject, null, null), Person(0), Faces(1))!.Decide(
                found, Verify))
            .Code.ShouldBe(ErrorCodes.ShardsMissing);
        List<FaceState> added = Faces(1);
        EnrolmentScreening.Begin(new EnrolmentPolicy(null, DuplicateRule.Warn, null, null), Person(0), added)!.Decide(found, Verify);
        added[0].Review.ShouldBe(FaceReview.Nothing with { Unchecked = true });
    }

    [Theory]
    [InlineData(0.5, 60, true)] // Own at 1, the other nearer by more than the margin.
    [InlineData(0.91, 60, false)] // By less than the margin.
    [InlineData(0.89, 60, true)]
    [InlineData(1.11, 120, false)] // The other would not pass for verify.
    [InlineData(1.09, 120, true)]
    public void A_face_goes_into_quarantine_where_another_person_is_clearly_nearer(double distance, double degrees, bool held)
    {
        List<FaceState> added = [PersonRows.Face("new", degrees)];
        var other = new LookAlike("bob", "f", (float)distance);
        EnrolmentScreening.Begin(new EnrolmentPolicy(null, null, ConsistencyRule.Quarantine, null), Person(1), added)!
            .Decide(new Neighbours([[other]], Complete: true, Threshold: 1), Verify);
        added[0].IsQuarantined.ShouldBe(held);
        if (held)
        {
            added[0].Review!.LookAlike.ShouldBe(other);
            added[0].Review!.OwnDistance!.Value.ShouldBe((float)(2 * Math.Sin(degrees * Math.PI / 360)), 1e-5f);
        }
    }

    [Fact]
    public void No_face_goes_into_quarantine_where_no_threshold_is_known()
    {
        List<FaceState> added = [PersonRows.Face("new", 120)];
        EnrolmentScreening.Begin(new EnrolmentPolicy(null, null, ConsistencyRule.Quarantine, null), Person(1), added)!
            .Decide(new Neighbours([[new LookAlike("bob", "f", 0.1f)]], Complete: true, Threshold: 1), verify: null);
        added[0].Review.ShouldBeNull();
    }

    private static PersonState Person(int faces) =>
        PersonRows.Person(null, [.. Enumerable.Range(0, faces).Select(index => ($"own{index}", 0.0))]);

    private static List<FaceState> Faces(int count) => [.. Enumerable.Range(0, count).Select(index => PersonRows.Face($"new{index}", 0))];
}
