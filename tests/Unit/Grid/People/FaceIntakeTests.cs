using FaceGrid.Abstractions.Embedding;
using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.Galleries;
using FaceGrid.Abstractions.People;
using FaceGrid.Grains.People;
using FaceGrid.Grains.Storage;
using Microsoft.Extensions.Time.Testing;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Grid.People;

/// <summary>Goal: a write adds each new face once, under the right contract, and within the limits. Method: rows alone.</summary>
public sealed class FaceIntakeTests
{
    private static readonly FaceIntake Intake = new(facesMax: 4, new FakeTimeProvider(PersonRows.Then));

    [Fact]
    public void New_faces_are_found_once_and_known_ones_are_left_alone()
    {
        PersonState now = PersonRows.Person(null, ("a", 0));
        List<FaceState> added = Intake.Take(now, [Face("a", 10), Face("b", 20), Face("b", 30)], PersonRows.Map, out bool mended);
        added.ShouldHaveSingleItem().Id.ShouldBe("b");
        added[0].Vector.ShouldBe(PersonRows.At(20));
        added[0].EnrolledAt.ShouldBe(PersonRows.Then);
        mended.ShouldBeFalse();
        now.Faces[0].Vector.ShouldBe(PersonRows.At(0));
    }

    [Fact]
    public void A_known_face_gets_the_vector_and_the_cut_out_that_it_lacks()
    {
        PersonState now = PersonRows.Person(null, ("a", 0));
        FaceState before = now.Faces[0];
        GalleryMap map = PersonRows.Both with { Enrolment = EnrolmentPolicy.None with { Crops = true } };
        NewFace face = Face("a", 10) with
        {
            OtherVector = PersonRows.At(50),
            OtherContract = PersonRows.New.Id,
            Crop = new FaceCrop([1], [2])
        };
        Intake.Take(now, [face], map, out bool mended).ShouldBeEmpty();
        mended.ShouldBeTrue();
        (now.Contract, now.OtherContract, now.Faces[0].HasCrop).ShouldBe((PersonRows.Old.Id, PersonRows.New.Id, true));
        now.Faces[0].Vector.ShouldBe(PersonRows.At(0), "what is there stays");
        now.Faces[0].OtherVector.ShouldBe(PersonRows.At(50));
        (before.HasCrop, before.OtherVector).ShouldBe((false, null), "the row that is in force is not touched");
        Intake.Take(now, [face], map, out mended).ShouldBeEmpty();
        mended.ShouldBeFalse();
    }

    [Fact]
    public void Vectors_go_to_the_contract_that_they_name_whichever_comes_first()
    {
        NewFace face = Face("a", 10) with { OtherVector = PersonRows.At(50), OtherContract = PersonRows.New.Id };
        FaceState before = Take(face, PersonRows.Both), after = Take(face, PersonRows.Switched), alone = Take(face, PersonRows.Map);
        (Convert.ToHexString(before.Vector), Convert.ToHexString(before.OtherVector!)).ShouldBe((Hex(10), Hex(50)));
        (Convert.ToHexString(after.Vector), Convert.ToHexString(after.OtherVector!)).ShouldBe((Hex(50), Hex(10)));
        (Convert.ToHexString(alone.Vector), alone.OtherVector).ShouldBe((Hex(10), null));

        static FaceState Take(NewFace face, GalleryMap map) => Intake.Take(new PersonState(), [face], map, out _).ShouldHaveSingleItem();

        static string Hex(double degrees) => Convert.ToHexString(PersonRows.At(degrees));
    }

    [Fact]
    public void A_cut_out_is_noted_only_where_the_gallery_keeps_them()
    {
        NewFace face = Face("a", 10) with { Crop = new FaceCrop([1], [2]) };
        Intake.Take(new PersonState(), [face], PersonRows.Map, out _)[0].HasCrop.ShouldBeFalse();
        GalleryMap keeps = PersonRows.Map with { Enrolment = EnrolmentPolicy.None with { Crops = true } };
        Intake.Take(new PersonState(), [face], keeps, out _)[0].HasCrop.ShouldBeTrue();
    }

    [Fact]
    public void Past_the_limit_of_the_node_faces_are_refused()
    {
        PersonState now = PersonRows.Person(null, ("a", 0), ("b", 10), ("c", 20));
        Intake.Take(now, [Face("d", 30)], PersonRows.Map, out _).Count.ShouldBe(1);
        Refusal(() => Intake.Take(now, [Face("d", 30), Face("e", 40)], PersonRows.Map, out _)).ShouldBe(ErrorCodes.TooManyFaces);
        now.Faces.Add(PersonRows.Face("d", 30));
        Intake.CheckCount(now);
        now.Faces.Add(PersonRows.Face("e", 40));
        Refusal(() => Intake.CheckCount(now)).ShouldBe(ErrorCodes.TooManyFaces);
    }

    [Fact]
    public void Past_the_limit_of_the_gallery_a_new_face_takes_the_place_of_the_least_useful_older_one()
    {
        GalleryMap map = PersonRows.Map with { Enrolment = EnrolmentPolicy.None with { FacesMax = 3 } };
        PersonState next = PersonRows.Person(null, ("a", 0), ("b", 90), ("c", 91));
        List<FaceState> added = Intake.Take(next, [Face("new", 200)], map, out _);
        Intake.Add(next, added, map);
        next.Faces.Select(face => face.Id).ShouldBe(["a", "c", "new"]); // Of the nearest two the older goes.
        added[0].Review!.Replaced.ShouldBe("b");
        Refusal(() => Intake.Take(next, [Face("1", 1), Face("2", 2), Face("3", 3), Face("4", 4)], map, out _))
            .ShouldBe(ErrorCodes.TooManyFaces);
    }

    [Fact]
    public void Faces_of_one_write_do_not_replace_each_other()
    {
        GalleryMap map = PersonRows.Map with { Enrolment = EnrolmentPolicy.None with { FacesMax = 2 } };
        PersonState next = PersonRows.Person(null, ("a", 0), ("b", 90));
        List<FaceState> added = Intake.Take(next, [Face("c", 200), Face("d", 201)], map, out _);
        Intake.Add(next, added, map);
        next.Faces.Select(face => face.Id).ShouldBe(["c", "d"]);
        added.Select(face => face.Review!.Replaced).Order(StringComparer.Ordinal).ShouldBe(["a", "b"]);
    }

    [Fact]
    public void A_face_in_quarantine_replaces_nobody()
    {
        GalleryMap map = PersonRows.Map with { Enrolment = EnrolmentPolicy.None with { FacesMax = 1 } };
        PersonState next = PersonRows.Person(null, ("a", 0));
        List<FaceState> added = Intake.Take(next, [Face("b", 90)], map, out _);
        added[0].Review = FaceReview.Nothing with { Quarantined = true };
        Intake.Add(next, added, map);
        next.Faces.Select(face => face.Id).ShouldBe(["a", "b"]);
    }

    [Fact]
    public void A_gallery_is_bound_by_valid_faces_of_one_contract_only()
    {
        FaceIntake.ContractOf([Face("a", 0), Face("b", 1)]).ShouldBe(PersonRows.Old);
        Refusal(() => FaceIntake.ContractOf([Face("a", 0), Face("b", 1) with { Contract = "x" }])).ShouldBe(ErrorCodes.ContractMismatch);
        Refusal(() => FaceIntake.ContractOf([Face("a", 0), Face("b", 1) with { Vector = new byte[12] }]))
            .ShouldBe(ErrorCodes.WrongDimension);
        Refusal(() => FaceIntake.ContractOf([Face("a", 0) with { Vector = new byte[8] }])).ShouldBe(ErrorCodes.ZeroNorm);
    }

    [Fact]
    public void A_map_knows_a_face_whose_contracts_it_holds()
    {
        FaceIntake.Knows(PersonRows.Map, Face("a", 0) with { Contract = null }).ShouldBeTrue();
        FaceIntake.Knows(PersonRows.Map, Face("a", 0)).ShouldBeTrue();
        FaceIntake.Knows(PersonRows.Map, Face("a", 0) with { Contract = PersonRows.New.Id }).ShouldBeFalse();
        FaceIntake.Knows(PersonRows.Map, Face("a", 0) with { OtherContract = PersonRows.New.Id }).ShouldBeFalse();
        FaceIntake.Knows(PersonRows.Both, Face("a", 0) with { OtherContract = PersonRows.New.Id }).ShouldBeTrue();
    }

    private static NewFace Face(string id, double degrees) => new(id, PersonRows.At(degrees), PersonRows.Old.Id, EnrolledAt: null);

    private static string Refusal(Action act) => Should.Throw<FaceGridException>(act).Code;
}
