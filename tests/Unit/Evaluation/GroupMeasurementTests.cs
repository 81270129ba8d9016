using FaceGrid.Evaluation;
using FaceGrid.Evaluation.Faces;
using FaceGrid.Evaluation.Groups;
using FaceGrid.Models;
using FaceGrid.Search;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Evaluation;

/// <summary>
/// Goal: figures of a group are of its people alone. Method: made-up people, of whom one group is crowded together, against plain counts.
/// </summary>
public sealed class GroupMeasurementTests
{
    private const int Dimension = 16;
    private static readonly ImpostorModel Model = new(3, 4, 1e-5, 1e-7);

    private static readonly GroupPlan Plan = new(["kind"], Cross: false, PeopleMin: 10, 1e-4, 0.01, GalleryPeople: 10, Draws: 5, 0, Seed: 1);

    [Fact]
    public void Run_counts_pairs_of_people_within_each_group()
    {
        (FaceSet set, FaceLabels labels) = Made(seed: 1);

        GroupReport report = Run(set, labels, Plan);

        report.Groups.Select(group => group.Group).ShouldBe(["all", "kind=alike", "kind=plain"]);
        foreach (GroupFigures group in report.Groups)
        {
            int[] pictures = [.. Enumerable.Range(0, set.Files.Length).Where(i => group.Group == "all" || group.Group == "kind=" + labels.Values[i]![0])];
            (double hits, double trials, int missed, int mated) = (0, 0, 0, 0);
            foreach ((int i, int j) in pictures.SelectMany(i => pictures.Where(j => j > i), (i, j) => (i, j)))
            {
                bool near = Distance.Squared(set.Vectors[i]!, set.Vectors[j]!) <= (float)report.VerifyDistance * (float)report.VerifyDistance;
                if (labels.People[i] == labels.People[j])
                {
                    (missed, mated) = (missed + (near ? 0 : 1), mated + 1);
                }
                else
                {
                    (hits, trials) = (hits + (near ? 0.25 : 0), trials + 0.25); // Everybody has two pictures.
                }
            }

            group.Fmr.Value.ShouldBe(hits / trials, 1e-9);
            group.Fnmr.Value.ShouldBe((double)missed / mated, 1e-9);
            group.People.ShouldBe(pictures.Length / 2);
            group.Fpir.Counted.ShouldBe(Plan.Draws * (group.People - 10));
        }

        report.WorstFmr.ShouldBe("kind=alike");
        report.WorstFpir.ShouldBe("kind=alike");
        report.Groups[1].Fmr.Low.ShouldBeGreaterThan(report.Groups[2].Fmr.High);
    }

    [Fact]
    public void Run_leaves_out_repeats_of_other_names_and_keeps_those_of_one_person()
    {
        (FaceSet set, FaceLabels labels) = Made(seed: 2);
        set.Vectors[^1] = set.Vectors[0];
        set.Vectors[1] = set.Vectors[0];

        Run(set, labels, Plan with { RepeatDistance = 0.001 }).Repeats.ShouldBe(1);
        Run(set, labels, Plan).Repeats.ShouldBe(0);
    }

    [Fact]
    public void Run_refuses_unknown_labels_and_groups_that_are_too_small()
    {
        (FaceSet set, FaceLabels labels) = Made(seed: 3);

        Should.Throw<EvaluationException>(() => Run(set, labels, Plan with { By = ["age"] })).Message.ShouldContain("kind");
        Should.Throw<EvaluationException>(() => Run(set, labels, Plan with { PeopleMin = 1000 })).Message.ShouldContain("1000");
    }

    private static GroupReport Run(FaceSet set, FaceLabels labels, GroupPlan plan) =>
        GroupMeasurement.Run(set, labels, Model, plan, threads: 2, TestContext.Current.CancellationToken);

    /// <summary>40 plain people and 40 who are alike, two pictures of each.</summary>
    private static (FaceSet Set, FaceLabels Labels) Made(int seed)
    {
        Random random = new(seed);
        List<(string File, float[] Vector, string Kind)> pictures = [];
        for (int person = 0; person < 80; person++)
        {
            bool isAlike = person >= 40;
            float[] centre = [.. Enumerable.Range(0, Dimension).Select(i => Normal() + (isAlike && i == 0 ? 4 : 0))];
            for (int picture = 0; picture < 2; picture++)
            {
                float[] vector = [.. centre.Select(value => value + (0.3f * Normal()))];
                float norm = MathF.Sqrt(vector.Sum(value => value * value));
                pictures.Add(($"p{person:00}/{picture}.jpg", [.. vector.Select(value => value / norm)], isAlike ? "alike" : "plain"));
            }
        }

        string[] files = [.. pictures.Select(picture => picture.File)];
        FaceSet set = new(
            "made", "made", "made", "cpu", files, [.. pictures.Select(picture => picture.Vector)], new FaceGrid.Vision.Quality.FaceQuality?[files.Length],
            new EmbeddingFigures(files.Length, [], 1, 1, 1, 1));
        return (set, new FaceLabels(["kind"], [.. pictures.Select(picture => new[] { picture.Kind })], set.People, 0, 0));

        float Normal() => (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
    }
}
