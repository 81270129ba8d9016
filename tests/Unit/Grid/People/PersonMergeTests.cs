using FaceGrid.Grains.People;
using FaceGrid.Grains.Storage;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Grid.People;

/// <summary>Goal: a merge loses nothing and its undo gives back the rows as they were. Method: rows alone, compared as texts.</summary>
public sealed class PersonMergeTests
{
    private static readonly Guid Token = Guid.Parse("11111111-2222-3333-4444-555555555555");

    [Fact]
    public void A_merge_and_its_undo_give_back_both_rows()
    {
        PersonState ada = Ada(), ida = Ida();
        (string adaBefore, string idaBefore) = (PersonRows.Describe(ada), PersonRows.Describe(ida));
        PersonState merged = Merge(ada, ida);
        merged.Name.ShouldBe("Ida");
        merged.Faces.Select(face => face.Id).ShouldBe(["a", "shared", "b"]);
        merged.Labels.ShouldBe(new Dictionary<string, string> { ["team"] = "one", ["floor"] = "3" }, ignoreOrder: true);
        merged.DifferentFrom.ShouldBe(["cy", "dan"]);
        (PersonRows.Describe(ada), PersonRows.Describe(ida)).ShouldBe((adaBefore, idaBefore), "a merge changes the copy alone");

        PersonRows.Describe(PersonMerge.Recall(merged, "ida")!).ShouldBe(idaBefore);
        PersonState parted = merged.Copy();
        PersonMerge.GiveBack(parted, PersonMerge.Find(merged, Token)!);
        PersonRows.Describe(parted).ShouldBe(adaBefore);
        parted.Merged.ShouldBeNull();
        parted.DifferentFrom.ShouldBe(["cy"]);
        PersonMerge.Recall(parted, "ida").ShouldBeNull();
    }

    [Fact]
    public void What_moved_takes_no_room_in_the_memory_and_what_both_had_keeps_its_own_vector()
    {
        PersonState ida = Ida();
        ida.Faces[0] = PersonRows.Face("shared", 17); // Theirs differs a little.
        PersonState memory = PersonMerge.Find(Merge(Ada(), ida), Token)!.State;
        memory.Faces.Select(face => face.IsBare).ShouldBe([false, true]);
        memory.Faces[0].Vector.ShouldBe(PersonRows.At(17));
        memory.MergingInto.ShouldBeNull();
    }

    [Fact]
    public void What_was_changed_after_the_merge_stays_when_it_is_undone()
    {
        PersonState next = Merge(Ada(), Ida());
        next.Name = "Countess";
        next.Labels["floor"] = "4";
        next.Faces.Add(PersonRows.Face("later", 200));
        PersonMerge.GiveBack(next, PersonMerge.Find(next, Token)!);
        next.Name.ShouldBe("Countess");
        next.Labels.ShouldBe(new Dictionary<string, string> { ["team"] = "one", ["floor"] = "4" }, ignoreOrder: true);
        next.Faces.Select(face => face.Id).ShouldBe(["a", "shared", "later"]);
    }

    [Fact]
    public void A_face_removed_after_the_merge_is_forgotten_in_every_memory_and_does_not_come_back()
    {
        PersonState inner = PersonRows.Person("Ben", ("b", 40));
        inner.MergeToken = Guid.NewGuid();
        PersonState ida = PersonRows.Person("Ida", ("i", 90));
        PersonMerge.TakeOver(ida, "ida", "ben", inner, PersonRows.Then);
        ida.MergeToken = Token;
        PersonState merged = Merge(Ada(), ida);
        PersonMerge.Everybody(merged).Select(memory => memory.Person).ShouldBe(["ida", "ben"]);

        PersonState next = merged.Copy();
        next.Faces.RemoveAll(face => face.Id == "b");
        PersonMerge.ForgetFace(next, "b");
        PersonMerge.Everybody(next).ShouldAllBe(memory => !memory.State.Faces.Exists(face => face.Id == "b"));
        PersonMerge.Recall(next, "ida")!.Faces.ShouldHaveSingleItem().Id.ShouldBe("i");
        PersonMerge.Everybody(merged)
            .ShouldAllBe(memory => memory.State.Faces.Exists(face => face.Id == "b"), "the row itself is unchanged");
    }

    [Fact]
    public void A_face_that_the_keeper_lost_without_a_word_is_not_recalled()
    {
        PersonState merged = Merge(Ada(), Ida());
        merged.Faces.RemoveAll(face => face.Id == "b");
        PersonMerge.Recall(merged, "ida")!.Faces.ShouldHaveSingleItem().Id.ShouldBe("shared");
    }

    [Fact]
    public void An_undo_that_broke_off_between_its_two_rows_is_known_by_the_faces_that_both_rows_hold()
    {
        PersonState merged = Merge(Ada(), Ida());
        PersonState back = PersonMerge.Recall(merged, "ida")!;
        PersonMerge.Unfinished(merged, "ida", back).ShouldBe(PersonMerge.Find(merged, Token));
        PersonMerge.Unfinished(merged, "ben", back).ShouldBeNull("of another person");
        PersonMerge.Unfinished(merged, "ida", PersonRows.Person("Ida", ("shared", 30))).ShouldBeNull("they lack a face that moved");
        PersonMerge.Unfinished(Ada(), "ida", back).ShouldBeNull();
    }

    [Fact]
    public void A_merge_is_undone_also_when_the_gallery_has_switched_to_its_other_contract_since()
    {
        PersonState merged = Merge(Ada(), Ida());
        merged.OtherContract = PersonRows.New.Id;
        merged.Merged![0].State.OtherContract = PersonRows.New.Id;
        PersonState next = merged.ArrangedFor(PersonRows.Switched).Copy();
        next.ShouldNotBe(merged, "or the row is in order and this shows nothing");
        PersonMerge.GiveBack(next, PersonMerge.Find(merged, Token)!);
        next.Merged.ShouldBeNull();
        next.Faces.Select(face => face.Id).ShouldBe(["a", "shared"]);
    }

    [Fact]
    public void Of_two_merges_of_the_same_person_only_the_one_with_the_token_is_found()
    {
        PersonState next = Merge(Ada(), Ida());
        PersonMerge.Find(next, Token, "ida").ShouldNotBeNull();
        PersonMerge.Find(next, Token, "ben").ShouldBeNull();
        PersonMerge.Find(next, Guid.NewGuid(), "ida").ShouldBeNull();
        PersonMerge.Find(Ada(), Guid.Empty).ShouldBeNull();
    }

    [Fact]
    public void How_far_sightings_go_is_noted_once()
    {
        PersonState next = Merge(Ada(), Ida());
        PersonMerge.Settle(next, Guid.NewGuid(), 5);
        next.Merged![0].SeenUpTo.ShouldBeNull();
        PersonMerge.Settle(next, Token, 7);
        PersonMerge.Settle(next, Token, 9);
        next.Merged![0].SeenUpTo.ShouldBe(7);
    }

    [Fact]
    public void Labels_that_find_no_room_are_not_taken_and_come_back_with_the_other()
    {
        PersonState ada = Ada();
        for (int i = ada.Labels.Count; i < PersonText.LabelsMax; i++)
        {
            ada.Labels.Add($"label{i}", "mine");
        }

        PersonState merged = Merge(ada, Ida());
        merged.Labels.Count.ShouldBe(PersonText.LabelsMax);
        merged.Labels.ContainsKey("floor").ShouldBeFalse();
        PersonMerge.Recall(merged, "ida")!.Labels["floor"].ShouldBe("3");
    }

    private static PersonState Ada()
    {
        PersonState ada = PersonRows.Person(null, ("a", 0), ("shared", 30));
        ada.Labels["team"] = "one";
        ada.DifferentFrom = ["cy"];
        return ada;
    }

    private static PersonState Ida()
    {
        PersonState ida = PersonRows.Person("Ida", ("shared", 30), ("b", 60));
        ida.Labels["team"] = "two";
        ida.Labels["floor"] = "3";
        ida.DifferentFrom = ["cy", "dan"];
        ida.MergeToken = Token;
        return ida;
    }

    private static PersonState Merge(PersonState keeper, PersonState other)
    {
        PersonState next = keeper.Copy();
        PersonMerge.TakeOver(next, "ada", "ida", other, PersonRows.Then);
        return next;
    }
}
