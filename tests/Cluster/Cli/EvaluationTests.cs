using System.IO.Compression;
using FaceGrid.Evaluation.Accuracy;
using FaceGrid.Evaluation.Measures;
using FaceGrid.Evaluation.Faces;
using FaceGrid.Cli.Shell;
using FaceGrid.Search;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Cli;

/// <summary>The arithmetic of accuracy, each piece against its plain twin or against figures worked out by hand.</summary>
public sealed class EvaluationTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("facegrid-evaluate-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(100)]
    [InlineData(5000)]
    public void SmallestValues_equal_those_of_a_sort(int count)
    {
        Random random = new(count + 7);
        float[] all = [.. Enumerable.Range(0, 20_000).Select(_ => (float)random.Next(3000))];
        SmallestValues one = new(count);
        SmallestValues two = new(count);
        foreach ((int index, float value) in all.Index())
        {
            (index % 3 == 0 ? one : two).Add(value);
        }

        one.Add(two);

        one.ToAscending().ShouldBe(all.Order().Take(count));
    }

    [Fact]
    public void OperatingPoint_accepts_as_many_false_pairs_as_allowed_and_no_more()
    {
        float[] nonMated = [.. Enumerable.Range(1, 3000).Select(i => 1 + (i / 3000f))];
        float[] mated = [0.5f, nonMated[2], nonMated[3], float.PositiveInfinity];

        OperatingPoint point = OperatingPoint.Find(1e-3, nonMated.Length, nonMated, mated);

        nonMated.Count(squared => squared <= (float)(point.Threshold * point.Threshold)).ShouldBe(3);
        point.TrueAcceptRate.ShouldBe(0.5);
    }

    [Fact]
    public void OperatingPoint_equal_distances_are_accepted_together_or_not_at_all()
    {
        float[] nonMated = [.. Enumerable.Repeat(1f, 1000)];

        OperatingPoint point = OperatingPoint.Find(1e-3, nonMated.Length, nonMated, [0.9f, 1f]);

        point.TrueAcceptRate.ShouldBe(0.5);
        point.Threshold.ShouldBeLessThan(1);
    }

    [Fact]
    public void View2_chooses_each_threshold_on_the_other_folds()
    {
        // Two folds that want different thresholds: fold 0 is parted between 0.25 and 1, fold 1 between 2.25 and 4.
        float[]?[] vectors = [[0f], [0.5f], [1f], [1.5f], [2f], null];
        LabelledPair[] pairs =
        [
            new(0, 0, 1, Mated: true),
            new(0, 0, 2, Mated: false),
            new(1, 0, 3, Mated: true),
            new(1, 0, 4, Mated: false),
            new(1, 0, 5, Mated: true),
        ];

        View2Figures figures = View2.Measure(pairs, vectors)!;

        // Fold 0 by 1.75: its non-mated pair at distance 1 is accepted. Fold 1 by 0.75: only its non-mated pair is right.
        figures.FoldAccuracies.ShouldBe([0.5, 1 / 3.0]);
        figures.Accuracy.ShouldBe(((1 / 2.0) + (1 / 3.0)) / 2);
        figures.AccuracyDeviation.ShouldBe(1 / 12.0, 1e-12);
        figures.BestAccuracy.ShouldBe(0.6);
    }

    [Fact]
    public void AllPairs_counts_and_rates_equal_those_of_plain_loops()
    {
        Random random = new(5);
        string[] people = [.. Enumerable.Range(0, 600).Select(i => $"p{i / 3}")];
        float[]?[] vectors = [.. people.Select((_, i) => i == 17 ? null : Unit(random, 8))];

        AllPairsFigures figures = AllPairs.Measure(people, vectors, threads: 3, () => { }, TestContext.Current.CancellationToken);

        List<float> mated = [];
        List<float> nonMated = [];
        for (int a = 0; a < people.Length; a++)
        {
            for (int b = a + 1; b < people.Length; b++)
            {
                (people[a] == people[b] ? mated : nonMated).Add(
                    vectors[a] is null || vectors[b] is null ? float.PositiveInfinity : Distance.Squared(vectors[a], vectors[b]));
            }
        }

        figures.Mated.ShouldBe(mated.Count);
        figures.NonMated.ShouldBe(nonMated.Count);
        foreach (OperatingPoint point in figures.Points)
        {
            float refused = nonMated.Order().ElementAt((int)(point.FalseAcceptRate * nonMated.Count));
            point.TrueAcceptRate.ShouldBe((double)mated.Count(squared => squared < refused) / mated.Count);
        }
    }

    [Fact]
    public void LfwData_reads_zip_files_and_folders_alike()
    {
        using (ZipArchive zip = ZipFile.Open(Path.Combine(folder, "a.zip"), ZipArchiveMode.Create))
        {
            using Stream stream = zip.CreateEntry("Ada/Ada_0002.jpg").Open();
            stream.WriteByte(2);
        }

        string ada = Directory.CreateDirectory(Path.Combine(folder, "lfw", "Ada")).FullName;
        File.WriteAllBytes(Path.Combine(ada, "Ada_0001.jpg"), [1]);
        string alan = Directory.CreateDirectory(Path.Combine(folder, "Alan")).FullName;
        File.WriteAllBytes(Path.Combine(alan, "Alan_0001.jpg"), [3]);
        File.WriteAllText(Path.Combine(folder, "pairs.txt"), "1\t1\nAda\t1\t2\nAda\t1\tAlan\t1\n");

        LabelledPictures data = LabelledPictures.Open(folder);

        data.Files.ShouldBe(["Ada/Ada_0001.jpg", "Ada/Ada_0002.jpg", "Alan/Alan_0001.jpg"]);
        data.ReadPairs().ShouldBe([new LabelledPair(0, 0, 1, Mated: true), new LabelledPair(0, 0, 2, Mated: false)]);
        RankOne.FirstPictures(data).ShouldBe([0, 2]);
        data.ReadAsync([2, 1, 0], TestContext.Current.CancellationToken).ToBlockingEnumerable(TestContext.Current.CancellationToken)
            .OrderBy(picture => picture.Index).Select(picture => picture.Bytes[0]).ShouldBe([(byte)1, (byte)2, (byte)3]);
    }

    [Theory]
    [InlineData(0, 0, 40, 1)]
    [InlineData(30, 30, 40, 0)]
    public void MainFace_prefers_large_and_central(double x, double y, double size, int chosen) =>
        MainFace.Choose([(x, y, size, size), (35, 35, 30, 30)], 100, 100).ShouldBe(chosen);

    [Fact]
    public async Task Evaluate_gallery_finds_a_grid_that_answers_wrongly()
    {
        using FakeGateway server = new();
        Random random = new(9);
        for (int i = 0; i < 6; i++)
        {
            float[] vector = Unit(random, 4);
            string person = Directory.CreateDirectory(Path.Combine(folder, $"P{i}")).FullName;
            File.WriteAllBytes(Path.Combine(person, $"P{i}_0001.jpg"), FakeGateway.Picture(vector));
            File.WriteAllBytes(Path.Combine(person, $"P{i}_0002.jpg"), FakeGateway.Picture([vector[0] + 0.01f, .. vector[1..]]));
        }

        File.WriteAllText(Path.Combine(folder, "P5", "P5_0003.jpg"), "no-face");
        (await CliRun.Async(server, folder, "enrol", folder, "--first", "1")).ExitCode.ShouldBe((int)ExitCode.Ok);

        CliRun exact = await CliRun.Async(server, folder, "evaluate", "gallery", "--data", folder);
        exact.ExitCode.ShouldBe((int)ExitCode.Ok, exact.Out);
        ((int)exact.Json["probes"]!).ShouldBe(6);
        ((int)exact.Json["withoutFace"]!).ShouldBe(1);
        ((double)exact.Json["rankOne"]!).ShouldBe(1);

        server.DistanceError = 1e-4;
        CliRun wrong = await CliRun.Async(server, folder, "evaluate", "gallery", "--data", folder);
        wrong.ExitCode.ShouldBe((int)ExitCode.Failed);
        ((int)wrong.Json["mismatches"]!).ShouldBe(6);
    }

    private static float[] Unit(Random random, int dimension)
    {
        float[] vector = [.. Enumerable.Range(0, dimension).Select(_ => (float)(random.NextDouble() - 0.5))];
        float norm = MathF.Sqrt(vector.Sum(value => value * value));
        return [.. vector.Select(value => value / norm)];
    }
}
