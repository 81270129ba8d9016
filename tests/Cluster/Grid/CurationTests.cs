using FaceGrid.Abstractions.Embedding;
using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.Galleries;
using FaceGrid.Abstractions.People;
using FaceGrid.Grains.People;
using FaceGrid.Grains.Storage;
using FaceGrid.Tests.Gateway;
using FaceGrid.Tests.Support;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Grid;

/// <summary>
/// Goal: what an operator decides after looking holds: released faces, people who are not the same, people who are and the way back; and
/// a merge that breaks off anywhere loses nobody and can be repeated or undone. Method: grains in one process; each step of a merge is
/// made to fail once.
/// </summary>
public sealed class CurationTests : IAsyncLifetime
{
    private static readonly CancellationToken None = CancellationToken.None;
    private readonly TemporaryDirectory _directory = new();
    private readonly Random _random = new(23);
    private GridCluster _grid = null!;

    private ICurationGrain Curation => _grid.Grains.GetGrain<ICurationGrain>(0);

    public async ValueTask InitializeAsync()
    {
        _grid = await GridCluster.StartAsync(_directory.Path, options => options.MapAge = TimeSpan.Zero);
        await _grid.CreateGalleryAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _grid.DisposeAsync();
        _directory.Dispose();
    }

    [Fact]
    public async Task A_released_face_is_searched_again()
    {
        await PolicyAsync(new EnrolmentPolicy(null, null, ConsistencyRule.Quarantine, null));
        float[] bob = GridCluster.RandomUnit(_random);
        float[] held = Near(bob, 0.2f);
        await _grid.EnrolAsync("ada", GridCluster.RandomUnit(_random));
        await _grid.EnrolAsync("bob", bob);
        await _grid.EnrolAsync("ada", held);
        string face = GridCluster.Face(held).Id;
        for (int repeat = 0; repeat < 2; repeat++)
        {
            WriteResult released = await _grid.Person("ada").ReleaseFaceAsync(face, None);
            released.Person.Faces[1].Review!.Quarantined.ShouldBeFalse();
            (await _grid.IdentifyAsync(held)).Answers[0].Person.ShouldBe("ada");
        }

        (await Should.ThrowAsync<FaceGridException>(_grid.Person("ada").ReleaseFaceAsync(new string('0', 32), None)))
            .Code.ShouldBe(ErrorCodes.FaceNotFound);
    }

    [Fact]
    public async Task People_declared_different_are_not_named_any_more()
    {
        float[] ada = GridCluster.RandomUnit(_random);
        float[] twin = Near(ada, 0.3f);
        await _grid.EnrolAsync("ada", ada);
        await _grid.Person("twin").WriteAsync(new PersonWrite("Twin", null, [], Bulk: false), None);
        await PolicyAsync(new EnrolmentPolicy(null, DuplicateRule.Reject, ConsistencyRule.Quarantine, null));
        (await Should.ThrowAsync<FaceGridException>(_grid.EnrolAsync("twin", twin))).Code.ShouldBe(ErrorCodes.DuplicatePerson);
        (await _grid.Person("twin").GetAsync(vectors: false, None))!.Faces.ShouldBeEmpty();

        await Curation.SetDifferentAsync(GridCluster.Gallery, "twin", "ada", different: true, None);
        await Curation.SetDifferentAsync(GridCluster.Gallery, "twin", "ada", different: true, None);
        (await _grid.EnrolAsync("twin", twin)).Person.DifferentFrom.ShouldBe(["ada"]);
        (await _grid.Person("ada").GetAsync(vectors: false, None))!.DifferentFrom.ShouldBe(["twin"]);
        (await Curation.ReportAsync(GridCluster.Gallery, null, 100, lookAlikes: true, None)).People.ShouldBeEmpty();
        (await Should.ThrowAsync<FaceGridException>(Curation.MergeAsync(GridCluster.Gallery, "ada", "twin", None)))
            .Code.ShouldBe(ErrorCodes.MergeConflict);

        await Curation.SetDifferentAsync(GridCluster.Gallery, "ada", "twin", different: false, None);
        (await _grid.Person("twin").GetAsync(vectors: false, None))!.DifferentFrom.ShouldBeNull();
        ReportPage page = await Curation.ReportAsync(GridCluster.Gallery, null, 100, lookAlikes: true, None);
        page.People.Select(person => person.LookAlikes.ShouldHaveSingleItem().Person).Order(StringComparer.Ordinal)
            .ShouldBe(["ada", "twin"]);
        (await Should.ThrowAsync<FaceGridException>(
            Curation.SetDifferentAsync(GridCluster.Gallery, "ada", "nobody", different: true, None)))
                .Code.ShouldBe(ErrorCodes.PersonNotFound);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("BeginMergeAsync")]
    [InlineData("AbsorbAsync")]
    [InlineData("CompleteMergeAsync")]
    [InlineData("RestoreAsync")]
    [InlineData("GiveBackAsync")]
    public async Task A_merge_and_its_undoing_are_exact_wherever_they_break_off(string? broken)
    {
        (float[] a, float[] b, float[] shared) = (
            GridCluster.RandomUnit(_random), GridCluster.RandomUnit(_random), GridCluster.RandomUnit(_random));
        await _grid.Person("ada")
            .WriteAsync(new PersonWrite(null, new() { ["team"] = "one" }, [GridCluster.Face(a), GridCluster.Face(shared)], Bulk: false),
                None);
        await _grid.Person("ida")
            .WriteAsync(new PersonWrite("Ida", new() { ["team"] = "two", ["floor"] = "3" },
                [GridCluster.Face(shared), GridCluster.Face(b)], Bulk: false), None);
        PersonInfo ada = (await _grid.Person("ada").GetAsync(vectors: true, None))!;
        PersonInfo ida = (await _grid.Person("ida").GetAsync(vectors: true, None))!;

        await OnceBrokenAsync(broken, () => Curation.MergeAsync(GridCluster.Gallery, "ada", "ida", None), [a, b, shared]);
        await Curation.MergeAsync(GridCluster.Gallery, "ada", "ida", None); // A repeat changes nothing.
        PersonInfo merged = (await _grid.Person("ada").GetAsync(vectors: true, None))!;
        merged.Name.ShouldBe("Ida");
        merged.Labels.ShouldBe(new Dictionary<string, string> { ["team"] = "one", ["floor"] = "3" }, ignoreOrder: true);
        merged.Faces.Select(face => face.Id).ShouldBe([.. ada.Faces.Select(face => face.Id), ida.Faces[1].Id]);
        merged.Merged.ShouldBe(["ida"]);
        (await _grid.Person("ida").GetAsync(vectors: false, None)).ShouldBeNull();
        (await _grid.IdentifyAsync(b)).Answers[0].Candidates.Where(candidate => candidate.Distance < 0.5f)
            .Select(candidate => candidate.Person).ShouldBe(["ada"]);

        await OnceBrokenAsync(broken, () => Curation.UnmergeAsync(GridCluster.Gallery, "ada", "ida", None), [a, b, shared]);
        await Curation.UnmergeAsync(GridCluster.Gallery, "ada", "ida", None);
        await ShouldBeAsync("ada", ada);
        await ShouldBeAsync("ida", ida);
        (await _grid.IdentifyAsync(b)).Answers[0].Person.ShouldBe("ida");
        (await _grid.IdentifyAsync(a)).Answers[0].Person.ShouldBe("ada");
    }

    [Fact]
    public async Task A_delete_that_somebody_elses_broken_off_merge_refuses_has_changed_nothing_and_may_be_repeated()
    {
        await using GatewayHost gateway = await GatewayHost.StartAsync(_grid.Grains);
        foreach (string person in new[] { "ada", "bob", "cy" })
        {
            await _grid.EnrolAsync(person, GridCluster.RandomUnit(_random));
        }

        await Curation.SetDifferentAsync(GridCluster.Gallery, "ada", "bob", different: true, None);
        _grid.Calls.Failing.Add("CompleteMergeAsync");
        await Should.ThrowAsync<TimeoutException>(Curation.MergeAsync(GridCluster.Gallery, "cy", "bob", None));
        _grid.Calls.Failing.Clear();
        string path = $"/v1/galleries/{GridCluster.Gallery}/people/ada";
        for (int repeat = 0; repeat < 2; repeat++)
        {
            (await gateway.SendAsync(HttpMethod.Delete, path, null)).Status.ShouldBe(409);
            (await _grid.Person("ada").GetAsync(vectors: false, None))!.DifferentFrom.ShouldBe(["bob"]);
        }

        await Curation.MergeAsync(GridCluster.Gallery, "cy", "bob", None);
        (await gateway.SendAsync(HttpMethod.Delete, path, null)).Status.ShouldBe(204);
        (await _grid.Person("cy").GetAsync(vectors: false, None))!.DifferentFrom.ShouldBeNull();
    }

    [Fact]
    public async Task A_merge_that_broke_off_is_reported_refuses_changes_and_can_be_undone()
    {
        float[] b = GridCluster.RandomUnit(_random);
        await _grid.EnrolAsync("ada", GridCluster.RandomUnit(_random));
        await _grid.EnrolAsync("ida", b);
        PersonInfo ida = (await _grid.Person("ida").GetAsync(vectors: true, None))!;
        _grid.Calls.Failing.Add("CompleteMergeAsync");
        await Should.ThrowAsync<TimeoutException>(Curation.MergeAsync(GridCluster.Gallery, "ada", "ida", None));
        _grid.Calls.Failing.Clear();
        (await Curation.ReportAsync(GridCluster.Gallery, null, 100, lookAlikes: false, None))
            .People.Single(person => person.MergingInto is not null).ShouldSatisfyAllConditions(
            person => person.Person.ShouldBe("ida"), person => person.MergingInto.ShouldBe("ada"));
        (await Should.ThrowAsync<FaceGridException>(_grid.EnrolAsync("ida", GridCluster.RandomUnit(_random))))
            .Code.ShouldBe(ErrorCodes.MergeConflict);
        (await Should.ThrowAsync<FaceGridException>(_grid.Person("ida").DeleteAsync(null, None))).Code.ShouldBe(ErrorCodes.MergeConflict);
        (await Should.ThrowAsync<FaceGridException>(Curation.MergeAsync(GridCluster.Gallery, "bob", "ida", None)))
            .Code.ShouldBe(ErrorCodes.MergeConflict);
        await Curation.UnmergeAsync(GridCluster.Gallery, "ada", "ida", None);
        await ShouldBeAsync("ida", ida);
        (await _grid.Person("ada").GetAsync(vectors: false, None))!.Faces.Length.ShouldBe(1);
        (await Should.ThrowAsync<FaceGridException>(Curation.UnmergeAsync(GridCluster.Gallery, "ida", "ada", None)))
            .Code.ShouldBe(ErrorCodes.NotMerged);

        // Into somebody who does not exist: the one who was to go is free again.
        (await Should.ThrowAsync<FaceGridException>(Curation.MergeAsync(GridCluster.Gallery, "bob", "ida", None)))
            .Code.ShouldBe(ErrorCodes.PersonNotFound);
        (await _grid.EnrolAsync("ida", GridCluster.RandomUnit(_random))).Person.MergingInto.ShouldBeNull();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_is_erased_when_a_merge_had_broken_off_is_not_found_under_the_other_id_either(bool person)
    {
        float[] b = GridCluster.RandomUnit(_random);
        await _grid.EnrolAsync("ada", GridCluster.RandomUnit(_random));
        await _grid.EnrolAsync("ida", b);
        _grid.Calls.Failing.Add("CompleteMergeAsync");
        await Should.ThrowAsync<TimeoutException>(Curation.MergeAsync(GridCluster.Gallery, "ada", "ida", None));
        _grid.Calls.Failing.Clear();
        await (person
            ? (Task)_grid.Person("ada").DeleteAsync(null, None)
            : _grid.Person("ada").RemoveFaceAsync(GridCluster.Face(b).Id, null, None));
        (await _grid.IdentifyAsync(b)).Answers[0].Person.ShouldBeNull();
        (await _grid.Person("ida").GetAsync(vectors: false, None)).ShouldBeNull();
        (await _grid.Person("ada").GetAsync(vectors: false, None))?.Faces.Length.ShouldBe(1);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_is_erased_when_a_parting_had_broken_off_is_not_found_under_the_other_id_either(bool person)
    {
        float[] b = GridCluster.RandomUnit(_random);
        await _grid.EnrolAsync("ada", GridCluster.RandomUnit(_random));
        await _grid.EnrolAsync("ida", b);
        await Curation.MergeAsync(GridCluster.Gallery, "ada", "ida", None);
        _grid.Calls.Failing.Add("GiveBackAsync");
        await Should.ThrowAsync<TimeoutException>(Curation.UnmergeAsync(GridCluster.Gallery, "ada", "ida", None));
        _grid.Calls.Failing.Clear();
        await (person
            ? (Task)_grid.Person("ida").DeleteAsync(null, None)
            : _grid.Person("ida").RemoveFaceAsync(GridCluster.Face(b).Id, null, None));
        (await _grid.IdentifyAsync(b)).Answers[0].Person.ShouldBeNull();
        (await _grid.Person("ada").GetAsync(vectors: false, None))!.Faces.Length.ShouldBe(1);
        (await _grid.Person("ida").GetAsync(vectors: false, None))?.Faces.ShouldBeEmpty();
    }

    [Fact]
    public async Task Steps_of_a_merge_that_were_given_up_change_nothing_when_they_arrive_after_it_was_undone()
    {
        float[] a = GridCluster.RandomUnit(_random), b = GridCluster.RandomUnit(_random);
        await _grid.EnrolAsync("ada", a);
        await _grid.EnrolAsync("ida", b);
        IPersonPeerGrain ada = _grid.Grains.GetGrain<IPersonPeerGrain>(PersonKey.Of(GridCluster.Gallery, "ada").ToString());
        IPersonPeerGrain ida = _grid.Grains.GetGrain<IPersonPeerGrain>(PersonKey.Of(GridCluster.Gallery, "ida").ToString());
        PersonState going = (await ida.BeginMergeAsync("ada", None))!;
        await ada.AbsorbAsync("ida", going, None);
        await Curation.UnmergeAsync(GridCluster.Gallery, "ada", "ida", None);

        (await Should.ThrowAsync<FaceGridException>(ada.AbsorbAsync("ida", going, None))).Code.ShouldBe(ErrorCodes.MergeConflict);
        await ida.CompleteMergeAsync(going.MergeToken, None);
        (await _grid.IdentifyAsync(b)).Answers[0].Candidates.Where(candidate => candidate.Distance < 0.5f)
            .Select(candidate => candidate.Person).ShouldBe(["ida"]);
        (await _grid.Person("ada").GetAsync(vectors: false, None))!.Faces.ShouldHaveSingleItem().Id.ShouldBe(GridCluster.Face(a).Id);

        // The same for a step of the undoing, which arrives when the two are one again.
        await Curation.MergeAsync(GridCluster.Gallery, "ada", "ida", None);
        (await Should.ThrowAsync<FaceGridException>(ida.RestoreAsync("ada", going, None))).Code.ShouldBe(ErrorCodes.MergeConflict);
        (await _grid.Person("ida").GetAsync(vectors: false, None)).ShouldBeNull();
    }

    [Fact]
    public async Task Two_who_were_being_parted_when_that_broke_off_and_are_merged_again_can_still_be_parted_exactly()
    {
        (float[] a, float[] b) = (GridCluster.RandomUnit(_random), GridCluster.RandomUnit(_random));
        await _grid.EnrolAsync("ada", a);
        await _grid.Person("ida").WriteAsync(new PersonWrite("Ida", new() { ["floor"] = "3" }, [GridCluster.Face(b)], Bulk: false), None);
        PersonInfo ada = (await _grid.Person("ada").GetAsync(vectors: true, None))!,
            ida = (await _grid.Person("ida").GetAsync(vectors: true, None))!;
        await Curation.MergeAsync(GridCluster.Gallery, "ada", "ida", None);
        _grid.Calls.Failing.Add("GiveBackAsync");
        await Should.ThrowAsync<TimeoutException>(Curation.UnmergeAsync(GridCluster.Gallery, "ada", "ida", None));
        _grid.Calls.Failing.Clear();

        // Ada never gave back; nobody repeats that, they are merged instead.
        PersonInfo merged = await Curation.MergeAsync(GridCluster.Gallery, "ada", "ida", None);
        (merged.Name, merged.Merged!.Length, merged.Faces.Length).ShouldBe(("Ida", 1, 2));
        await Curation.UnmergeAsync(GridCluster.Gallery, "ada", "ida", None);
        await ShouldBeAsync("ada", ada);
        await ShouldBeAsync("ida", ida);
        (await Should.ThrowAsync<FaceGridException>(Curation.UnmergeAsync(GridCluster.Gallery, "ida", "ada", None)))
            .Code.ShouldBe(ErrorCodes.NotMerged);
    }

    [Fact]
    public async Task A_face_removed_after_a_merge_does_not_come_back_and_neither_does_its_vector_stay()
    {
        float[] b = GridCluster.RandomUnit(_random);
        await _grid.EnrolAsync("ada", b);
        await _grid.EnrolAsync("ida", b);
        await _grid.EnrolAsync("ida", GridCluster.RandomUnit(_random));
        await Curation.MergeAsync(GridCluster.Gallery, "ada", "ida", None);
        await _grid.Person("ada").RemoveFaceAsync(GridCluster.Face(b).Id, null, None);
        foreach (string file in Directory.GetFiles(_directory.Path, "facegrid.db*"))
        {
            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            byte[] bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            bytes.AsSpan().IndexOf(Vectors.ToBytes(b)).ShouldBe(-1, Path.GetFileName(file));
        }

        await Curation.UnmergeAsync(GridCluster.Gallery, "ada", "ida", None);
        (await _grid.Person("ida").GetAsync(vectors: false, None))!.Faces.ShouldHaveSingleItem().Id.ShouldNotBe(GridCluster.Face(b).Id);
        (await _grid.Person("ada").GetAsync(vectors: false, None))!.Faces.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_report_names_poor_lonely_and_held_faces_once_each_over_pages()
    {
        float[] ada = GridCluster.RandomUnit(_random);
        for (int i = 0; i < 25; i++)
        {
            await _grid.EnrolAsync($"p{i}", GridCluster.RandomUnit(_random));
        }

        await _grid.EnrolAsync("ada", ada);
        await _grid.EnrolAsync("ada", Near(ada, 0.2f));
        await _grid.EnrolAsync("ada", GridCluster.RandomUnit(_random));
        NewFace poor = GridCluster.Face(GridCluster.RandomUnit(_random)) with
        {
            Quality = new FaceQualityInfo(60, 2, 0.5f, 0.2f, 0, 0, 0),
            Confidence = 0.9f,
        };
        await _grid.Person("bob").WriteAsync(new PersonWrite(null, null, [poor], Bulk: false), None);
        await PolicyAsync(new EnrolmentPolicy(null, null, ConsistencyRule.Quarantine, null));
        await _grid.EnrolAsync("bob", Near(ada, 0.1f));

        var found = new Dictionary<string, PersonReport>(StringComparer.Ordinal);
        int looked = 0;
        string? after = null;
        do
        {
            ReportPage page = await Curation.ReportAsync(GridCluster.Gallery, after, 10, lookAlikes: true, None);
            page.Complete.ShouldBeTrue();
            looked += page.Looked;
            page.People.ToList().ForEach(person => found.Add(person.Person, person));
            after = page.Next;
        }
        while (after is not null);

        looked.ShouldBe(27);
        found.Keys.Order(StringComparer.Ordinal).ShouldBe(["ada", "bob"]);
        found["ada"].Faces.ShouldHaveSingleItem().Findings.ShouldBe(["lonely"]);
        found["bob"].Faces[0].Findings.ShouldBe(["poor"]);
        found["bob"].Faces[0].Reasons.ShouldBe(["blurred"]);
        found["bob"].Faces[1].Findings.ShouldBe(["quarantined"]);
        found["bob"].Faces[1].LookAlike!.Person.ShouldBe("ada");
        found["bob"].LookAlikes.ShouldBeEmpty("a face in quarantine is nobody's look-alike");
    }

    /// <summary>Carries out what breaks off at a step, looks that nobody is lost, and does it again.</summary>
    private async Task OnceBrokenAsync(string? step, Func<Task> act, float[][] faces)
    {
        if (step is not null)
        {
            _grid.Calls.Failing.Add(step);
            try
            {
                await act();
            }
            catch (TimeoutException)
            {
                // As wished. Some steps belong to the other direction.
            }

            _grid.Calls.Failing.Clear();
            (await _grid.IdentifyAsync(faces)).Answers.ShouldAllBe(answer => answer.Candidates[0].Distance == 0);
        }

        await act();
    }

    private async Task ShouldBeAsync(string id, PersonInfo before)
    {
        PersonInfo now = (await _grid.Person(id).GetAsync(vectors: true, None))!;
        now.Name.ShouldBe(before.Name);
        now.Labels.ShouldBe(before.Labels, ignoreOrder: true);
        now.Faces.Select(face => (face.Id, face.EnrolledAt, Convert.ToHexString(face.Vector!)))
            .ShouldBe(before.Faces.Select(face => (face.Id, face.EnrolledAt, Convert.ToHexString(face.Vector!))));
        now.Merged.ShouldBeNull();
        now.MergingInto.ShouldBeNull();
        now.DifferentFrom.ShouldBe(before.DifferentFrom);
    }

    private Task PolicyAsync(EnrolmentPolicy policy) =>
        _grid.GalleryGrain().PutAsync(new GallerySettings(null, null, null) { Enrolment = policy }, None);

    private float[] Near(float[] vector, float distance)
    {
        float[] noise = GridCluster.RandomUnit(_random);
        return GridCluster.Unit([.. vector.Zip(noise, (a, b) => a + (distance * b))]);
    }
}
