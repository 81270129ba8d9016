using FaceGrid.Abstractions.Errors;
using FaceGrid.Grains.People;
using FaceGrid.Grains.Storage;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Grid.People;

/// <summary>Goal: vectors of another model go to the faces that lack one, and to no other. Method: rows alone.</summary>
public sealed class PersonMigrationTests
{
    [Fact]
    public void A_face_gets_the_vector_that_it_lacks_once()
    {
        PersonState state = PersonRows.Person(null, ("a", 0), ("b", 30));
        PersonMigration.Fill(state, PersonRows.New, [new MadeVector("a", PersonRows.At(45)), new MadeVector("gone", PersonRows.At(1))])
            .ShouldBeTrue();
        state.OtherContract.ShouldBe(PersonRows.New.Id);
        state.Faces[0].Vector.ShouldBe(PersonRows.At(0));
        state.Faces[0].OtherVector.ShouldBe(PersonRows.At(45));
        state.Faces[1].OtherVector.ShouldBeNull();
        PersonMigration.Fill(state, PersonRows.New, [new MadeVector("a", PersonRows.At(46))]).ShouldBeFalse();
        state.Faces[0].OtherVector.ShouldBe(PersonRows.At(45));
    }

    [Fact]
    public void Faces_that_are_remembered_of_a_merged_person_get_it_as_well_and_the_row_given_stays_as_it_is()
    {
        PersonState ada = PersonRows.Person(null, ("a", 0), ("shared", 30));
        PersonMerge.TakeOver(ada, "ada", "ida", PersonRows.Person("Ida", ("shared", 31), ("b", 60)), PersonRows.Then);
        PersonState next = ada.Copy();
        PersonMigration.Fill(next, PersonRows.New, [new MadeVector("shared", PersonRows.At(45))]).ShouldBeTrue();
        next.Faces[1].OtherVector.ShouldBe(PersonRows.At(45));
        next.Merged![0].State.Faces[0].OtherVector.ShouldBe(PersonRows.At(45));
        next.Merged[0].State.Faces[1].IsBare.ShouldBeTrue("it moved, and its vectors are with the person");
        ada.Merged![0].State.Faces[0].OtherVector.ShouldBeNull();
    }

    [Fact]
    public void A_vector_of_another_length_is_refused() => Should.Throw<FaceGridException>(() =>
        PersonMigration.Fill(PersonRows.Person(null, ("a", 0)), PersonRows.New, [new MadeVector("a", new byte[12])]))
        .Code.ShouldBe(ErrorCodes.WrongDimension);
}
