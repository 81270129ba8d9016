using FaceGrid.Abstractions.Embedding;
using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.Galleries;
using FaceGrid.Abstractions.People;
using FaceGrid.Abstractions.Search;
using FaceGrid.Grains.Storage;
using FaceGrid.Tests.Support;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Grid;

/// <summary>
/// Goal: a gallery that asks for it stays clean at enrolment: nobody under two ids, no face under the wrong person, no more faces than
/// wanted; and what was decided once is decided so again. Method: grains in one process; vectors at known distances; the race of two
/// enrolments is made certain by holding up what comes after the row.
/// </summary>
public sealed class ScreeningTests : IAsyncLifetime
{
    private static readonly CancellationToken None = CancellationToken.None;
    private readonly TemporaryDirectory _directory = new();
    private readonly Random _random = new(11);
    private GridCluster _grid = null!;

    public async ValueTask InitializeAsync()
    {
        // A policy is in force at once.
        _grid = await GridCluster.StartAsync(
            _directory.Path, options => (options.SearchDeadline, options.MapAge) = (TimeSpan.FromSeconds(3), TimeSpan.Zero));
        await _grid.CreateGalleryAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _grid.DisposeAsync();
        _directory.Dispose();
    }

    [Fact]
    public async Task A_new_person_who_looks_like_another_is_refused_and_nothing_is_stored()
    {
        await PolicyAsync(new EnrolmentPolicy(null, DuplicateRule.Reject, null, null));
        float[] ada = GridCluster.RandomUnit(_random);
        await _grid.EnrolAsync("ada", ada);
        for (int attempt = 0; attempt < 2; attempt++)
        {
            FaceGridException refused = await Should.ThrowAsync<FaceGridException>(_grid.EnrolAsync("ada2", Near(ada, 0.3f)));
            refused.Code.ShouldBe(ErrorCodes.DuplicatePerson);
            refused.LookAlike!.Person.ShouldBe("ada");
            refused.LookAlike.FaceId.ShouldBe(GridCluster.Face(ada).Id);
            refused.LookAlike.Distance.ShouldBe(0.3f, 0.05f);
            refused.Message.ShouldNotContain("ada");
        }

        (await _grid.Person("ada2").GetAsync(vectors: false, None)).ShouldBeNull();
        (await _grid.Database.CountAsync(StateNames.Person, "", "~", None)).ShouldBe(1);

        // Somebody unlike anybody, and another face of the same person, are no duplicates.
        (await _grid.EnrolAsync("bob", GridCluster.RandomUnit(_random))).Created.ShouldBeTrue();
        (await _grid.EnrolAsync("ada", Near(ada, 0.3f))).Person.Faces.Length.ShouldBe(2);
        (await _grid.Person("ada2")
            .WriteAsync(new PersonWrite(null, null, [GridCluster.Face(Near(ada, 0.3f))], Bulk: false) { Force = true }, None))
                .Created.ShouldBeTrue();
    }

    [Fact]
    public async Task A_warning_names_the_look_alike_and_is_the_same_for_a_retried_enrolment()
    {
        await PolicyAsync(new EnrolmentPolicy(null, DuplicateRule.Warn, null, null));
        float[] ada = GridCluster.RandomUnit(_random);
        float[] twin = Near(ada, 0.3f);
        await _grid.EnrolAsync("ada", ada);
        WriteResult first = await _grid.EnrolAsync("twin", twin);
        WriteResult again = await _grid.EnrolAsync("twin", twin);
        first.Person.Faces[0].Review!.LookAlike!.Person.ShouldBe("ada");
        again.Person.Faces[0].Review.ShouldBe(first.Person.Faces[0].Review);
        again.Person.Revision.ShouldBe(first.Person.Revision);
        (await _grid.IdentifyAsync(twin)).Answers[0].Person.ShouldBe("twin");
    }

    [Fact]
    public async Task A_face_that_fits_somebody_else_better_is_stored_but_neither_searched_nor_verified()
    {
        await PolicyAsync(new EnrolmentPolicy(null, null, ConsistencyRule.Quarantine, null));
        float[] ada = GridCluster.RandomUnit(_random);
        float[] bob = GridCluster.RandomUnit(_random);
        await _grid.EnrolAsync("ada", ada);
        await _grid.EnrolAsync("bob", bob);
        float[] mislabelled = Near(bob, 0.2f);
        WriteResult held = await _grid.EnrolAsync("ada", mislabelled);
        FaceReview review = held.Person.Faces[1].Review.ShouldNotBeNull();
        review.Quarantined.ShouldBeTrue();
        review.LookAlike!.Person.ShouldBe("bob");
        review.OwnDistance!.Value.ShouldBeGreaterThan(1);

        (await _grid.IdentifyAsync(mislabelled)).Answers[0].Person.ShouldBe("bob");
        (await _grid.Person("ada").VerifyAsync(new Probe(Vectors.ToBytes(mislabelled), null), None)).Match.ShouldBeFalse();
        (await _grid.GalleryGrain().GetAsync(None))!.Faces.ShouldBe(2);

        // A good face of the same person is not held, and a face unlike everybody is nobody's business.
        (await _grid.EnrolAsync("ada", Near(ada, 0.3f))).Person.Faces[2].Review.ShouldBeNull();
        (await _grid.EnrolAsync("ada", GridCluster.RandomUnit(_random))).Person.Faces[3].Review.ShouldBeNull();
    }

    [Fact]
    public async Task Of_two_who_are_enrolled_at_the_same_moment_exactly_one_stays()
    {
        await PolicyAsync(new EnrolmentPolicy(null, DuplicateRule.Reject, null, null));
        for (int round = 0; round < 5; round++)
        {
            float[] face = GridCluster.RandomUnit(_random);
            var gate = new TaskCompletionSource();
            _grid.Calls.Held = ("ApplyAsync", gate.Task);
            string[] ids = [$"a{round}", $"b{round}", $"c{round}"];
            Task<WriteResult>[] writes = [.. ids.Select(id => _grid.EnrolAsync(id, Near(face, 0.1f)))];

            // All three have looked, found nobody, and are durable, before any of them can be found.
            long before = round;
            await Eventually.AssertAsync(
                async () => (await _grid.Database.CountAsync(StateNames.Person, "", "~", None)).ShouldBe(before + 3));
            _grid.Calls.Held = null;
            gate.SetResult();
            int stayed = 0;
            foreach (Task<WriteResult> write in writes)
            {
                try
                {
                    await write;
                    stayed++;
                }
                catch (FaceGridException refused)
                {
                    refused.Code.ShouldBe(ErrorCodes.DuplicatePerson);
                }
            }

            stayed.ShouldBe(1, $"round {round}");
            (await _grid.Database.CountAsync(StateNames.Person, "", "~", None)).ShouldBe(round + 1);
            (await _grid.IdentifyAsync(face)).Answers[0].Candidates.Count(candidate => candidate.Distance < 0.5f)
                .ShouldBe(1, $"round {round}");
        }
    }

    [Fact]
    public async Task Without_all_shards_a_refusing_gallery_refuses_and_others_say_that_nobody_looked()
    {
        float[] ada = GridCluster.RandomUnit(_random);
        await _grid.EnrolAsync("ada", ada);
        await PolicyAsync(new EnrolmentPolicy(null, DuplicateRule.Reject, ConsistencyRule.Quarantine, null));
        _grid.Calls.Failing.Add("SearchAsync");
        (await Should.ThrowAsync<FaceGridException>(_grid.EnrolAsync("bob", GridCluster.RandomUnit(_random))))
            .Code.ShouldBe(ErrorCodes.ShardsMissing);
        (await _grid.Person("bob").GetAsync(vectors: false, None)).ShouldBeNull();
        (await _grid.EnrolAsync("ada", Near(ada, 0.3f))).Person.Faces[1].Review.ShouldBe(FaceReview.Nothing with { Unchecked = true });
        await PolicyAsync(new EnrolmentPolicy(null, DuplicateRule.Warn, null, null));
        (await _grid.EnrolAsync("bob", GridCluster.RandomUnit(_random))).Person.Faces[0].Review!.Unchecked.ShouldBeTrue();
        _grid.Calls.Failing.Clear();
    }

    [Fact]
    public async Task Where_shards_are_missing_at_the_second_look_a_refusing_gallery_refuses_and_keeps_nothing()
    {
        await PolicyAsync(new EnrolmentPolicy(null, DuplicateRule.Reject, null, null));
        float[] ada = GridCluster.RandomUnit(_random);
        var gate = new TaskCompletionSource();
        _grid.Calls.Held = ("ApplyAsync", gate.Task);
        Task<WriteResult> write = _grid.EnrolAsync("ada", ada);
        await Eventually.AssertAsync(async () => (await _grid.Database.CountAsync(StateNames.Person, "", "~", None)).ShouldBe(1));
        _grid.Calls.Failing.Add("SearchAsync");
        _grid.Calls.Held = null;
        gate.SetResult();
        (await Should.ThrowAsync<FaceGridException>(write)).Code.ShouldBe(ErrorCodes.ShardsMissing);
        (await _grid.Database.CountAsync(StateNames.Person, "", "~", None)).ShouldBe(0);
        _grid.Calls.Failing.Clear();
        (await _grid.EnrolAsync("ada", ada)).Created.ShouldBeTrue();
        (await _grid.IdentifyAsync(ada)).Answers[0].Candidates[0].Person.ShouldBe("ada");
    }

    [Fact]
    public async Task A_bad_picture_is_refused_with_its_reasons_unless_forced()
    {
        await PolicyAsync(new EnrolmentPolicy(QualityLimits.Standard, null, null, null));
        NewFace face = GridCluster.Face(GridCluster.RandomUnit(_random)) with
        {
            Quality = new FaceQualityInfo(60, 2, 0.02f, 0.2f, 0, 0, 0),
            Confidence = 0.9f,
        };
        FaceGridException refused = await Should.ThrowAsync<FaceGridException>(
            _grid.Person("ada").WriteAsync(new PersonWrite(null, null, [face], Bulk: false), None));
        refused.Code.ShouldBe(ErrorCodes.LowQuality);
        refused.Reasons.ShouldBe(["blurred", "dark"]);
        (await _grid.Person("ada").WriteAsync(new PersonWrite(null, null, [face], Bulk: false) { Force = true }, None))
            .Created.ShouldBeTrue();
        (await _grid.EnrolAsync("bob", GridCluster.RandomUnit(_random))).Created.ShouldBeTrue("an embedding has no quality to measure");
    }

    [Fact]
    public async Task Past_its_limit_a_person_loses_the_face_that_another_one_covers()
    {
        await PolicyAsync(new EnrolmentPolicy(null, null, null, 3));
        float[] ada = GridCluster.RandomUnit(_random);
        float[] covered = Near(ada, 0.05f);
        float[] far = GridCluster.RandomUnit(_random);
        float[] added = GridCluster.RandomUnit(_random);
        await _grid.EnrolAsync("ada", ada);
        await _grid.EnrolAsync("ada", far);
        await _grid.EnrolAsync("ada", covered);
        WriteResult result = await _grid.EnrolAsync("ada", added);
        string[] left = [.. result.Person.Faces.Select(face => face.Id)];
        // Of the nearest two the older goes.
        left.ShouldBe([GridCluster.Face(far).Id, GridCluster.Face(covered).Id, GridCluster.Face(added).Id]);
        result.Person.Faces[2].Review!.Replaced.ShouldBe(GridCluster.Face(ada).Id);
        (await _grid.EnrolAsync("ada", added)).Person.Faces[2].Review!.Replaced.ShouldBe(GridCluster.Face(ada).Id, "a retried enrolment");
        (await _grid.IdentifyAsync(added)).Answers[0].Person.ShouldBe("ada");
        PersonWrite four = new(
            null, null, [.. Enumerable.Range(0, 4).Select(_ => GridCluster.Face(GridCluster.RandomUnit(_random)))], Bulk: false);
        (await Should.ThrowAsync<FaceGridException>(_grid.Person("ada").WriteAsync(four, None))).Code.ShouldBe(ErrorCodes.TooManyFaces);
    }

    [Fact]
    public async Task A_policy_is_kept_member_by_member_and_one_out_of_range_is_refused()
    {
        await PolicyAsync(new EnrolmentPolicy(null, DuplicateRule.Reject, null, 5));
        await PolicyAsync(new EnrolmentPolicy(QualityLimits.Standard, null, ConsistencyRule.Quarantine, null));
        (await _grid.GalleryGrain().GetAsync(None))!.Enrolment.ShouldBe(
            new EnrolmentPolicy(QualityLimits.Standard, DuplicateRule.Reject, ConsistencyRule.Quarantine, 5));
        EnrolmentPolicy[] wrong =
        [
            new(null, null, null, 65), new(null, null, null, -1), new(QualityLimits.Off with { YawMax = float.NaN }, null, null, null),
            new(QualityLimits.Off with { BrightnessMin = 0.6f, BrightnessMax = 0.4f }, null, null, null),
            new(null, (DuplicateRule)7, null, null),
        ];
        foreach (EnrolmentPolicy policy in wrong)
        {
            (await Should.ThrowAsync<FaceGridException>(PolicyAsync(policy))).Code.ShouldBe(ErrorCodes.InvalidParameter);
        }
    }

    private Task PolicyAsync(EnrolmentPolicy policy) =>
        _grid.GalleryGrain().PutAsync(new GallerySettings(null, null, null) { Enrolment = policy }, None);

    private float[] Near(float[] vector, float distance)
    {
        float[] noise = GridCluster.RandomUnit(_random);
        return GridCluster.Unit([.. vector.Zip(noise, (a, b) => a + (distance * b))]);
    }
}
