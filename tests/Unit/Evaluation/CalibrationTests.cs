using FaceGrid.Evaluation.Calibrating;
using FaceGrid.Evaluation.Faces;
using FaceGrid.Evaluation.Measures;
using FaceGrid.Evaluation.Promise;
using FaceGrid.Evaluation;
using FaceGrid.Models;
using FaceGrid.Search;
using FaceGrid.Tests.Support;
using FaceGrid.Vision.Quality;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Evaluation;

/// <summary>
/// Calibration and promises on people whose vectors are random directions, where the truth is known or counted by plain loops.
/// </summary>
public sealed class CalibrationTests
{
    private const int Dimension = 48;
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public void TailFit_predicts_the_rates_that_plain_loops_count()
    {
        FaceSet set = People(500, 2, seed: 1);

        PairTally tally = PairTally.Count(set, Calibrator.NearShare, threads: 2, None);
        ImpostorModel model = TailFit.Of(tally, seed: 1).Model;

        List<float> nonMated = [];
        for (int a = 0; a < set.Files.Length; a++)
        {
            for (int b = a + 1; b < set.Files.Length; b++)
            {
                if (set.People[a] != set.People[b])
                {
                    nonMated.Add(Distance.Squared(set.Vectors[a]!, set.Vectors[b]!));
                }
            }
        }

        tally.NonMated.Sum().ShouldBe(nonMated.Count);
        tally.Near.Select(pair => pair.Squared).ShouldBe(nonMated.Order().Take(tally.Near.Length));
        foreach (double rate in new[] { 1e-2, 1e-3, 3e-4 })
        {
            float distance = model.DistanceAt(rate);
            (nonMated.Count(squared => squared <= distance * distance) / (double)nonMated.Count / rate).ShouldBe(1, 0.2, $"{rate}");
        }

        model.RateMeasured.ShouldBe(10.0 / (500 * 499 / 2), 1e-7);
        model.RateMin.ShouldBeInRange(model.RateMeasured / 1001, model.RateMeasured);
    }

    [Fact]
    public void TailFit_leaves_out_one_person_under_two_names_and_names_them()
    {
        FaceSet set = People(300, 2, seed: 2);
        FaceSet twice = set with { Vectors = [.. set.Vectors] };
        twice.Vectors[10] = set.Vectors[20];

        (TailFit fit, ImpostorModel model) = TailFit.Of(PairTally.Count(twice, Calibrator.NearShare, threads: 1, None), seed: 1);
        ImpostorModel without = TailFit.Of(PairTally.Count(set, Calibrator.NearShare, threads: 1, None), seed: 1).Model;

        FaceGrid.Evaluation.Calibrating.LookAlike pair = fit.LookAlikes.ShouldHaveSingleItem();
        new[] { pair.A, pair.B }.ShouldBe([set.People[10], set.People[20]]);
        model.DistanceAt(1e-6).ShouldBe(without.DistanceAt(1e-6), 0.02f);
    }

    [Theory]
    [InlineData(1, 4, "too-few-impostors")]
    [InlineData(100, 2, "too-few-impostors")]
    [InlineData(300, 1, "no-mated-pairs")]
    public void Calibrate_refuses_a_set_that_shows_too_little(int people, int pictures, string code)
    {
        FaceSet set = People(people, pictures, seed: 3);
        PairTally tally = PairTally.Count(set, Calibrator.NearShare, threads: 1, None);

        EvaluationException refused = Should.Throw<EvaluationException>(
            () => Calibrator.Calibrate(set, tally, "made up", new DateOnly(2026, 1, 2), "facegrid calibrate", seed: 1));

        refused.Code.ShouldBe(code);
        refused.Message.ShouldContain(code == "no-mated-pairs" ? "two pictures" : people == 1 ? "1 person" : "174 people");
    }

    [Fact]
    public void ProfileText_changes_nothing_but_the_calibration_and_reads_back()
    {
        FaceSet set = People(300, 2, seed: 4);
        Calibration calibration = Calibrator.Calibrate(
            set,
            PairTally.Count(set, Calibrator.NearShare, threads: 1, None),
            "made up",
            new DateOnly(2026, 1, 2),
            "facegrid calibrate",
            seed: 1).Calibration;
        using var directory = new TemporaryDirectory();
        string path = Path.Combine(directory.Path, "sface.json");
        EmbedderProfile profile = new ModelStore(directory.Path).GetProfile<EmbedderProfile>("sface");
        string text = ProfileText.Of(profile);

        string once = ProfileText.With(text, calibration);
        string again = ProfileText.With(once, calibration);
        File.WriteAllText(path, once);
        EmbedderProfile read = new ModelStore(directory.Path).GetProfile<EmbedderProfile>(path);

        again.ShouldBe(once);
        once.ShouldStartWith(text.TrimEnd()[..^1].TrimEnd());
        read.ContractId.ShouldBe(profile.ContractId);
        read.Calibration!.Impostor.ShouldBe(calibration.Impostor);
        read.Calibration.Points.ShouldBe(calibration.Points);
        read.Calibration.Source.ShouldBe(calibration.Source);
        read.Calibration.FalseNonMatchRateAt(calibration.Points[3].Distance).ShouldBe(calibration.Points[3].FalseNonMatchRate, 1e-6);
    }

    [Fact]
    public void FaceSetFile_reads_what_it_wrote_and_refuses_what_is_cut_short()
    {
        FaceSet set = People(5, 2, seed: 5);
        set.Vectors[3] = null;
        using var directory = new TemporaryDirectory();
        string path = Path.Combine(directory.Path, "a.faces");

        FaceSetFile.Write(path, set);
        FaceSet read = FaceSetFile.Read(path);

        read.Files.ShouldBe(set.Files);
        read.Vectors.ShouldBe(set.Vectors);
        read.Quality.ShouldBe([.. set.Quality.Select((quality, i) => set.Vectors[i] is null ? null : quality)]);
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..^1]);
        Should.Throw<EvaluationException>(() => FaceSetFile.Read(path)).Code.ShouldBe("file");
        File.WriteAllText(path, "something else");
        Should.Throw<EvaluationException>(() => FaceSetFile.Read(path)).Code.ShouldBe("file");
    }

    [Fact]
    public void Promises_hold_for_people_whom_the_calibration_has_not_seen()
    {
        PromiseFigures figures = PromiseExperiment.Run(
            People(700, 2, seed: 6),
            [0.05],
            [100, 300],
            [2000],
            splits: 2,
            draws: 2,
            crowds: 0,
            seed: 1,
            threads: 2,
            _ => { },
            None);

        figures.Points.Select(point => (point.People, point.MadeUp)).ShouldBe([(100, 0), (300, 0), (2000, 1825)]);
        // Directions have a thinner tail than faces, and thinner yet the further out.
        figures.Points.ShouldAllBe(
            point => point.FalsePositive.Value < 0.1 && point.FalsePositive.Value > (point.MadeUp == 0 ? 0.025 : 0.005));
        figures.Points.ShouldAllBe(
            point => point.FalsePositive.Low <= point.FalsePositive.Value && point.FalsePositive.Value <= point.FalsePositive.High);
    }

    [Fact]
    public void Only_keeps_the_pictures_of_the_people_named()
    {
        FaceSet set = People(5, 2, seed: 7);

        FaceSet some = set.Only(new HashSet<string>(StringComparer.Ordinal) { "p0001", "p0003" });

        some.People.ShouldBe(["p0001", "p0001", "p0003", "p0003"]);
        some.Vectors.ShouldBe([set.Vectors[2], set.Vectors[3], set.Vectors[6], set.Vectors[7]]);
    }

    [Fact]
    public void Share_resamples_people_and_not_trials()
    {
        // One person of fifty is behind all hits: the interval has to reach from nothing to several times the share.
        Share share = Share.Of([.. Enumerable.Range(0, 50).Select(person => (person == 7 ? 100.0 : 0.0, 100.0))], seed: 1);

        (share.Value, share.Counted).ShouldBe((0.02, 5000));
        share.Low.ShouldBe(0);
        share.High.ShouldBeInRange(0.04, 0.08);
    }

    /// <summary>People with pictures near a direction of their own.</summary>
    private static FaceSet People(int people, int pictures, int seed)
    {
        Random random = new(seed);
        List<string> files = [];
        List<float[]?> vectors = [];
        for (int person = 0; person < people; person++)
        {
            float[] own = Direction(random);
            for (int picture = 0; picture < pictures; picture++)
            {
                files.Add($"p{person:0000}/{picture}.jpg");
                vectors.Add(Unit([.. own.Zip(Direction(random), (a, b) => a + (0.4f * b))]));
            }
        }

        FaceQuality quality = new(40, 100, 0.5f, 0.2f, 1, 2, 3, 0.9f);
        return new FaceSet(
            "test",
            "test@1",
            "none",
            "cpu",
            [.. files],
            [.. vectors],
            [.. vectors.Select(_ => quality)],
            new EmbeddingFigures(files.Count, [], 1, files.Count, 1, 1));
    }

    private static float[] Direction(Random random) => Unit([.. Enumerable.Range(0, Dimension)
        .Select(_ => (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble())))]);

    private static float[] Unit(float[] vector)
    {
        float norm = MathF.Sqrt(vector.Sum(value => value * value));
        return [.. vector.Select(value => value / norm)];
    }
}
