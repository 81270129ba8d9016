using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.People;
using FaceGrid.Grains.People;
using FaceGrid.Grains.Storage;
using FaceGrid.Storage;
using Microsoft.Extensions.Time.Testing;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Grid.People;

/// <summary>
/// Goal: a row's version names each state and each absence once, and after a failed write memory holds what is stored. Method: a row that
/// fails when told to.
/// </summary>
public sealed class PersonRowTests
{
    private readonly FakeTimeProvider _time = new(PersonRows.Then);
    private int _readAgain, _lost;

    [Fact]
    public async Task Each_absence_has_its_own_version_and_no_version_of_another_is_taken()
    {
        PersonRow row = Make(FakeRow.Of(null));
        long first = row.Version;
        first.ShouldBeLessThan(0);
        row.Version.ShouldBe(first);
        row.CheckVersion(first);
        row.CheckVersion(null);
        await row.SaveRevisedAsync(PersonRows.Person(null));
        row.Version.ShouldBe(row.State.Revision);
        Should.Throw<OutdatedRowVersionException>(() => row.CheckVersion(first));
        long stored = row.Version;
        await row.DeleteAsync();
        row.Version.ShouldNotBe(first);
        row.Version.ShouldBeLessThan(0);
        Should.Throw<OutdatedRowVersionException>(() => row.CheckVersion(stored));
    }

    [Fact]
    public async Task Revisions_grow_also_where_the_clock_stands_or_goes_back()
    {
        PersonRow row = Make(FakeRow.Of(PersonRows.Person(null)));
        long micros = PersonRows.Then.ToUnixTimeSeconds() * 1_000_000;
        await row.SaveRevisedAsync(row.CopyFor(PersonRows.Map));
        row.State.Revision.ShouldBe(micros);
        await row.SaveRevisedAsync(row.CopyFor(PersonRows.Map));
        row.State.Revision.ShouldBe(micros + 1);
        await row.SaveAsync(row.CopyFor(PersonRows.Map));
        row.State.Revision.ShouldBe(micros + 1, "what shards know already");
        await row.RaiseRevisionAsync(micros + 50);
        row.NextRevision().ShouldBe(micros + 51);
    }

    [Theory]
    [InlineData(false, "Ada")]
    [InlineData(true, "Countess")]
    public async Task After_a_failed_write_the_row_is_what_is_stored(bool losesAnswer, string name)
    {
        FakeRow stored = FakeRow.Of(PersonRows.Person("Ada", ("a", 0)));
        (stored.FailsWrite, stored.LosesAnswer) = (true, losesAnswer);
        PersonRow row = Make(stored);
        PersonState next = row.CopyFor(PersonRows.Map);
        next.Name = "Countess";
        await Should.ThrowAsync<StorageException>(row.SaveRevisedAsync(next));
        row.State.Name.ShouldBe(name);
        (_readAgain, _lost).ShouldBe((1, 0));
    }

    [Fact]
    public async Task A_row_that_cannot_be_read_after_a_failed_write_is_given_up_and_the_first_failure_is_reported()
    {
        FakeRow stored = FakeRow.Of(PersonRows.Person("Ada"));
        stored.FailsWrite = stored.FailsRead = true;
        PersonRow row = Make(stored);
        await Should.ThrowAsync<StorageException>(row.DeleteAsync());
        (_readAgain, _lost).ShouldBe((0, 1));
    }

    [Fact]
    public void A_row_of_an_earlier_life_of_the_gallery_counts_as_none()
    {
        PersonState old = PersonRows.Person("Ada", ("a", 0));
        old.Epoch = Guid.NewGuid();
        PersonRow row = Make(FakeRow.Of(old));
        row.IsOf(PersonRows.Map).ShouldBeFalse();
        PersonState next = row.CopyFor(PersonRows.Map);
        (next.Name, next.Faces.Count, next.Epoch, next.Revision).ShouldBe((null, 0, PersonRows.Epoch, 100));
    }

    [Fact]
    public async Task Vectors_that_the_gallery_no_longer_holds_are_erased_under_the_same_revision()
    {
        PersonState both = PersonRows.Person("Ada", ("a", 0));
        both.OtherContract = PersonRows.New.Id;
        both.Faces[0].OtherVector = PersonRows.At(50);
        FakeRow stored = FakeRow.Of(both);
        PersonRow row = Make(stored);
        stored.FailsWrite = true;
        await row.ArrangeAsync(PersonRows.Both); // Nothing to write.
        stored.FailsWrite = false;
        await row.ArrangeAsync(PersonRows.Map);
        (stored.Stored!.OtherContract, stored.Stored.Faces[0].OtherVector, stored.Stored.Revision).ShouldBe((null, null, 100));
        stored.Stored.Faces[0].Vector.ShouldBe(PersonRows.At(0));
    }

    [Fact]
    public void A_person_that_is_being_merged_takes_no_change()
    {
        PersonState going = PersonRows.Person("Ada");
        Make(FakeRow.Of(going)).RequireNoMerge();
        going.MergingInto = "bob";
        Should.Throw<FaceGridException>(Make(FakeRow.Of(going)).RequireNoMerge).Code.ShouldBe(ErrorCodes.MergeConflict);
    }

    private PersonRow Make(FakeRow row) => new(PersonKey.Of("default", "ada"), row, new NoRows(), _time)
    {
        ReadAgain = () => _readAgain++,
        Lost = _ => _lost++,
    };
}
