using FaceGrid.Abstractions.Cluster;
using FaceGrid.Abstractions.Embedding;
using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.Galleries;
using FaceGrid.Abstractions.People;
using FaceGrid.Abstractions.Policies;
using FaceGrid.Abstractions.Search;
using FaceGrid.Tests.Support;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Grid;

/// <summary>
/// Goal: a gallery keeps the error rate that it promises while it grows, and says so in each answer. Method: people whose vectors are
/// random directions, for which the impostor line is known (the cosine of two directions in d dimensions has a deviation of 1/sqrt(d)),
/// and an embedder whose calibration says just that.
/// </summary>
public sealed class PromiseTests
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly Contract Contract = new("test@1", GridCluster.Dimension);
    private static readonly ErrorModel Errors = new(0, Math.Sqrt(GridCluster.Dimension), 1e-6, 1e-9);

    [Fact]
    public async Task A_promised_gallery_lowers_its_threshold_as_it_grows_and_keeps_the_promise()
    {
        using var directory = new TemporaryDirectory();
        await using GridCluster grid = await StartAsync(directory.Path, Errors);
        await PutAsync(grid, new GallerySettings(Contract, null, null, new GalleryPolicy(new Promise(Fmr: 1e-3), new Promise(Fpir: 0.05))));
        var random = new Random(11);
        Threshold? before = null;
        foreach (int size in new[] { 20, 100, 400 })
        {
            await EnrolUpToAsync(grid, size, random);
            IdentifyAnswer answer = await grid.IdentifyAsync([.. Enumerable.Range(0, 1000).Select(_ => GridCluster.RandomUnit(random))]);
            Threshold threshold = answer.Threshold;

            threshold.Origin.ShouldBe("promise");
            threshold.Promise.ShouldBe(new Promise(Fpir: 0.05));
            threshold.FalsePositiveRate!.Value.ShouldBe(0.05, 0.001);
            threshold.FalseMatchRate!.Value.ShouldBe(0.05 / size, 0.004 / size);
            threshold.Extrapolated.ShouldBe(false);
            threshold.Distance.ShouldBeLessThan(before?.Distance ?? 2);
            before = threshold;

            // Directions have a slightly thinner tail than the normal one, so fewer strangers are found; a hundred would be twice the
            // promise.
            answer.Answers.Count(probe => probe.Person is not null).ShouldBeInRange(10, 100);
            answer.Answers.ShouldAllBe(probe => probe.RunnerUp == probe.Candidates[1].Distance);
        }

        GalleryInfo gallery = (await grid.GalleryGrain().GetAsync(None))!;
        gallery.Identify.ShouldBe(before);
        gallery.Verify!.FalseMatchRate!.Value.ShouldBe(1e-3, 1e-5);
        gallery.Verify.Distance.ShouldBe(1.108f, 0.002f);
    }

    [Fact]
    public async Task One_candidate_asked_for_is_one_candidate_and_still_a_runner_up()
    {
        using var directory = new TemporaryDirectory();
        await using GridCluster grid = await StartAsync(directory.Path, Errors);
        await PutAsync(grid, new GallerySettings(Contract, null, null));
        var random = new Random(4);
        await EnrolUpToAsync(grid, 1, random);
        float[] probe = GridCluster.RandomUnit(random);
        ProbeAnswer alone = (await grid.IdentifyAsync(1, probe)).Answers[0];
        await EnrolUpToAsync(grid, 3, random);
        ProbeAnswer several = (await grid.IdentifyAsync(1, probe)).Answers[0];
        ProbeAnswer all = (await grid.IdentifyAsync(5, probe)).Answers[0];

        alone.RunnerUp.ShouldBeNull();
        several.Candidates.Length.ShouldBe(1);
        several.RunnerUp.ShouldBe(all.Candidates[1].Distance);
    }

    [Fact]
    public async Task A_gallery_whose_people_are_alike_is_stricter()
    {
        using var directory = new TemporaryDirectory();
        await using GridCluster grid = await StartAsync(
            directory.Path, Errors, options => options.LookAroundPeriod = TimeSpan.FromMilliseconds(200));
        await PutAsync(grid, new GallerySettings(Contract, null, null));
        var random = new Random(6);
        float[] common = GridCluster.RandomUnit(random);
        float[] Alike() => GridCluster.Unit([.. GridCluster.RandomUnit(random).Zip(common, (own, shared) => own + (0.35f * shared))]);
        for (int i = 0; i < 120; i++)
        {
            await grid.EnrolAsync($"p{i}", Alike());
        }

        // It looks again when it has grown by a tenth, so the last look may have come a little before the last enrolment.
        await Eventually.AssertAsync(async () => (await grid.GalleryGrain().GetAsync(None))!.Alikeness!.People.ShouldBeInRange(110, 120));
        GalleryInfo gallery = (await grid.GalleryGrain().GetAsync(None))!;
        float[][] strangers = [.. Enumerable.Range(0, 1000).Select(_ => Alike())];

        // A silo may use its copy of the map for a second.
        await Eventually.AssertAsync(async () => (await grid.IdentifyAsync(strangers[0])).Threshold.ShouldBe(gallery.Identify));
        IdentifyAnswer answer = await grid.IdentifyAsync(strangers);

        // Two of them have a mean cosine of 0.35^2 / (1 + 0.35^2) = 0.11.
        gallery.Alikeness!.Shift.ShouldBeInRange(0.04, 0.13);
        gallery.Alikeness.Sampled.ShouldBe((int)gallery.Alikeness.People);
        float unshifted = (float)Math.Sqrt(2 - (2 * 3.7657 / Math.Sqrt(GridCluster.Dimension))); // 3.7657: the deviate of 1 - 0.99^(1/120).
        answer.Threshold.Distance.ShouldBeLessThan(unshifted);
        int found = answer.Answers.Count(probe => probe.Person is not null);
        int wouldBeFound = answer.Answers.Count(probe => probe.Candidates[0].Distance <= unshifted);
        found.ShouldBeLessThanOrEqualTo(30);
        wouldBeFound.ShouldBeGreaterThan(2 * found);
    }

    [Fact]
    public async Task Policies_that_cannot_be_kept_are_refused()
    {
        using var directory = new TemporaryDirectory();
        await using GridCluster grid = await StartAsync(directory.Path, Errors);
        var verify = new GalleryPolicy(new Promise(Fmr: 1e-4), null);
        var identify = new GalleryPolicy(null, new Promise(Fpir: 0.01));

        (await RefusedAsync(grid, new GallerySettings(Contract, 0.9f, null, verify))).ShouldBe(ErrorCodes.InvalidParameter);
        (await RefusedAsync(grid, new GallerySettings(Contract, null, 0.9f, identify))).ShouldBe(ErrorCodes.InvalidParameter);
        (await RefusedAsync(grid, new GallerySettings(Contract, null, null, new GalleryPolicy(new Promise(Fpir: 0.01), null))))
            .ShouldBe(ErrorCodes.InvalidParameter);
        (await RefusedAsync(grid, new GallerySettings(Contract, null, null, new GalleryPolicy(new Promise(), null))))
            .ShouldBe(ErrorCodes.InvalidParameter);
        (await RefusedAsync(grid, new GallerySettings(Contract, null, null, new GalleryPolicy(null, new Promise(Fpir: 0.9)))))
            .ShouldBe(ErrorCodes.InvalidParameter);
        (await RefusedAsync(grid, new GallerySettings(Contract, null, null, new GalleryPolicy(new Promise(Fmr: double.NaN), null))))
            .ShouldBe(ErrorCodes.InvalidParameter);
        (await RefusedAsync(grid, new GallerySettings(Contract, null, null, new GalleryPolicy(new Promise(Fmr: 1e-10), null))))
            .ShouldBe(ErrorCodes.PromiseNotCarried);
        (await RefusedAsync(grid, new GallerySettings(Contract, null, null, new GalleryPolicy(null, new Promise(Fpir: 1e-10)))))
            .ShouldBe(ErrorCodes.PromiseNotCarried);
        (await grid.GalleryGrain().GetAsync(None)).ShouldBeNull();

        // Another contract, of which no calibration is known.
        var other = new Contract("other@1", GridCluster.Dimension);
        (await RefusedAsync(grid, new GallerySettings(other, null, null, identify))).ShouldBe(ErrorCodes.NotCalibrated);

        // A promise before there is a contract is looked at when one is bound.
        await PutAsync(grid, new GallerySettings(null, null, null, identify));
        (await Should.ThrowAsync<FaceGridException>(() => grid.GalleryGrain().BindAsync(other, None)))
            .Code.ShouldBe(ErrorCodes.NotCalibrated);
    }

    [Fact]
    public async Task A_distance_and_a_promise_take_each_others_place()
    {
        using var directory = new TemporaryDirectory();
        await using GridCluster grid = await StartAsync(directory.Path, Errors);

        GalleryInfo byDefault = await PutAsync(grid, new GallerySettings(Contract, null, null));
        GalleryInfo fix = await PutAsync(grid, new GallerySettings(null, null, 1f));
        GalleryInfo promised = await PutAsync(
            grid, new GallerySettings(null, null, null, new GalleryPolicy(null, new Promise(Fpir: 0.02))));

        byDefault.Policy.ShouldBe(GalleryPolicy.Default);
        (fix.Identify!.Origin, fix.Policy!.Identify, fix.Verify!.Origin).ShouldBe(("gallery", null, "promise"));
        fix.Identify.FalseMatchRate!.Value.ShouldBe(3.17e-5, 1e-7); // Cosine 0.5 is four deviations of 1/8.
        (promised.Identify!.Origin, promised.Identify.Promise).ShouldBe(("promise", new Promise(Fpir: 0.02)));
    }

    [Fact]
    public async Task Without_a_calibration_the_profiles_threshold_stays_in_force_and_nothing_is_promised()
    {
        using var directory = new TemporaryDirectory();
        await using GridCluster grid = await StartAsync(directory.Path, errors: null);

        GalleryInfo gallery = await PutAsync(grid, new GallerySettings(Contract, null, null));
        await grid.EnrolAsync("ada", GridCluster.RandomUnit(new Random(1)));
        IdentifyAnswer answer = await grid.IdentifyAsync(GridCluster.RandomUnit(new Random(2)));

        gallery.Policy.ShouldBe(new GalleryPolicy(null, null));
        answer.Threshold.ShouldBe(new Threshold(1.02f, "profile", 1e-5));
    }

    [Fact]
    public async Task A_gallery_bound_before_its_embedder_was_calibrated_takes_the_calibration_over()
    {
        using var directory = new TemporaryDirectory();
        await using GridCluster grid = await StartAsync(
            directory.Path, errors: null, options => options.LookAroundPeriod = TimeSpan.FromMilliseconds(200));
        await PutAsync(grid, new GallerySettings(Contract, null, null));

        grid.Calls.Answered = ("GetEmbeddersAsync", Cluster(Errors));

        await Eventually.AssertAsync(async () => (await grid.GalleryGrain().GetAsync(None))!.Policy.ShouldBe(GalleryPolicy.Default));
    }

    private static async Task<GridCluster> StartAsync(string directory, ErrorModel? errors, Action<Grains.GridOptions>? configure = null)
    {
        GridCluster grid = await GridCluster.StartAsync(directory, configure);
        grid.Calls.Answered = ("GetEmbeddersAsync", Cluster(errors));
        return grid;
    }

    private static ClusterInfo Cluster(ErrorModel? errors) => new([], [], new Dictionary<string, EmbedderInfo>(StringComparer.Ordinal)
    {
        ["node"] = new("test", "test", "cpu", Contract, 0, new Threshold(1.08f, "profile", 1e-4), new Threshold(1.02f, "profile", 1e-5),
            errors),
    }, "");

    private static async Task<GalleryInfo> PutAsync(GridCluster grid, GallerySettings settings) =>
        (await grid.GalleryGrain().PutAsync(settings, None)).Gallery;

    private static async Task<string> RefusedAsync(GridCluster grid, GallerySettings settings) =>
        (await Should.ThrowAsync<FaceGridException>(() => grid.GalleryGrain().PutAsync(settings, None))).Code;

    private static async Task EnrolUpToAsync(GridCluster grid, int size, Random random)
    {
        for (int i = 0; i < size; i++)
        {
            float[] vector = GridCluster.RandomUnit(random);
            if (await grid.Person($"p{i}").GetAsync(vectors: false, None) is null)
            {
                await grid.EnrolAsync($"p{i}", vector);
            }
        }
    }
}
