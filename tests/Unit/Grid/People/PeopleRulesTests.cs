using FaceGrid.Abstractions.Embedding;
using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.People;
using FaceGrid.Grains.People;
using FaceGrid.Grains.Storage;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Grid.People;

/// <summary>Goal: the small rules about people hold on both sides of their limits. Method: rows alone.</summary>
public sealed class PeopleRulesTests
{
    private static readonly Threshold Threshold = new(1f, "gallery", FalseMatchRate: null);

    [Fact]
    public void Verify_compares_with_the_nearest_face_that_is_not_held_and_the_first_of_equals()
    {
        PersonState state = PersonRows.Person(null, ("far", 180), ("near", 60), ("same", -60), ("held", 1));
        state.Faces[3].Review = FaceReview.Nothing with { Quarantined = true };
        FaceState[] faces = Verification.FacesOf(state);
        VerifyResult result = Verification.Compare(Vectors.FromBytes(PersonRows.At(0)), faces, Threshold with { Distance = 1.001f });
        (result.FaceId, result.Match).ShouldBe(("near", true));
        result.Distance.ShouldBe(1f, 1e-5f);
        Verification.Compare(Vectors.FromBytes(PersonRows.At(0)), faces, Threshold with { Distance = 0.99f }).Match.ShouldBeFalse();
        state.Faces.RemoveRange(0, 3);
        Should.Throw<FaceGridException>(() => Verification.FacesOf(state)).Code.ShouldBe(ErrorCodes.FaceNotFound);
    }

    [Fact]
    public void Names_and_labels_are_checked_and_taken_over_where_they_differ()
    {
        PersonState state = PersonRows.Person("Ada");
        PersonText.Apply(state, Write("Ada", [])).ShouldBeFalse();
        PersonText.Apply(state, Write(null, null)).ShouldBeFalse();
        PersonText.Apply(state, Write("Countess", null)).ShouldBeTrue();
        PersonText.Apply(state, Write(null, new() { ["team"] = "one" })).ShouldBeTrue();
        PersonText.Apply(state, Write(null, new() { ["team"] = "one" })).ShouldBeFalse();
        PersonText.Apply(state, Write(null, new() { ["team"] = "two" })).ShouldBeTrue();
        (state.Name, state.Labels["team"]).ShouldBe(("Countess", "two"));
        Dictionary<string, string> most = Enumerable.Range(0, PersonText.LabelsMax).ToDictionary(i => $"label{i}", _ => "x");
        PersonText.Check(Write(new string('x', 256), most));
        Refused(Write(new string('x', 257), null));
        Refused(Write(null, new(most) { ["more"] = "x" }));
        Refused(Write(null, new() { [""] = "x" }));
        Refused(Write(null, new() { [new string('x', 65)] = "x" }));
        Refused(Write(null, new() { ["a"] = new string('x', 257) }));

        static PersonWrite Write(string? name, Dictionary<string, string>? labels) => new(name, labels, [], Bulk: false);

        static void Refused(PersonWrite write) =>
            Should.Throw<FaceGridException>(() => PersonText.Check(write)).Code.ShouldBe(ErrorCodes.InvalidParameter);
    }

    [Fact]
    public void People_are_declared_different_up_to_a_limit_and_nobody_is_no_list()
    {
        Differences.Change(null, "bob", different: true).ShouldBe(["bob"]);
        Differences.Change(["bob", "cy"], "bob", different: true).ShouldBe(["cy", "bob"]);
        Differences.Change(["bob"], "bob", different: false).ShouldBeNull();
        List<string> most = [.. Enumerable.Range(0, Differences.Max).Select(i => $"p{i}")];
        Differences.Change(most, "p3", different: true)!.Count.ShouldBe(Differences.Max);
        Should.Throw<FaceGridException>(() => Differences.Change(most, "bob", different: true)).Code.ShouldBe(ErrorCodes.InvalidParameter);
    }

    [Fact]
    public void Of_the_nearest_pair_the_less_sharp_face_is_missed_least_and_then_the_older()
    {
        FaceState a = PersonRows.Face("a", 0), b = PersonRows.Face("b", 10), far = PersonRows.Face("far", 100);
        Usefulness.Least([a, b, far], []).ShouldBe(a);
        a.Quality = new FaceQualityInfo(60, 9, 0.5f, 0.2f, 0, 0, 0);
        b.Quality = new FaceQualityInfo(60, 8, 0.5f, 0.2f, 0, 0, 0);
        Usefulness.Least([a, b, far], []).ShouldBe(b);
        Usefulness.Least([a, far], [PersonRows.Face("new", 101)]).ShouldBe(far, "a face that stays covers it");
        Usefulness.OwnDistance(a, [a]).ShouldBe(float.PositiveInfinity);
        Usefulness.OwnDistance(a, [a, PersonRows.Face("c", 60)]).ShouldBe(1f, 1e-5f);
    }

    [Fact]
    public void Findings_name_every_trouble_of_a_face_and_leave_good_faces_out()
    {
        PersonState state = PersonRows.Person(null, ("good", 0), ("good2", 20), ("lonely", 180), ("held", 10), ("bare", 0), ("poor", 5));
        state.Faces[3].Review = new FaceReview(Quarantined: true, Unchecked: true, new LookAlike("bob", "f", 0.3f), null, null);
        state.Faces[4] = state.Faces[4].WithVectors([], null);
        state.Faces[5].Quality = new FaceQualityInfo(10, 50, 0.5f, 0.2f, 0, 0, 0);
        string[] found = [.. FaceFindings.Of(state, QualityLimits.Standard, Threshold).Select(face =>
            $"{face.FaceId}:{string.Join('+', face.Findings)}:{string.Join('+', face.Reasons)}:{face.LookAlike?.Person}")];
        found.ShouldBe(["lonely:lonely::", "held:quarantined+unchecked::bob", "bare:no-template::", "poor:poor:too-small:"]);
        FaceFindings.Of(state, QualityLimits.Standard, verify: null).ShouldNotContain(face => face.FaceId == "lonely");
    }

    [Fact]
    public void Look_alikes_are_kept_once_by_their_nearest_face_nearest_first_and_by_id_where_equal()
    {
        var found = new LookAlikes(max: 3);
        foreach ((string person, float distance) in new[] { ("d", 0.5f), ("c", 0.2f), ("b", 0.2f), ("a", 0.9f), ("d", 0.1f), ("d", 0.6f) })
        {
            found.Add("ada", new LookAlike(person, "f", distance));
        }

        found.ToDictionary().ShouldHaveSingleItem().Value.Select(other => (other.Person, other.Distance))
            .ShouldBe([("d", 0.1f), ("b", 0.2f), ("c", 0.2f)]);
    }
}
