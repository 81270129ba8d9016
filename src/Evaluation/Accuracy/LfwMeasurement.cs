using FaceGrid.Client;
using FaceGrid.Evaluation.Faces;
using FaceGrid.Evaluation.Measures;

namespace FaceGrid.Evaluation.Accuracy;

/// <summary>Measures one embedder on labelled pictures: it embeds them and then computes all figures that were asked for.</summary>
/// <param name="data">The pictures.</param>
/// <param name="view2Only">True to use only the pictures of View 2. Then all pairs, rank-1 and held-out people are not measured.</param>
/// <param name="allPairs">True to compare every picture with every other.</param>
/// <param name="heldOut">True to judge the embedder also on people whom the built-in models were not trained on.</param>
/// <param name="log">Receives progress messages.</param>
internal sealed class LfwMeasurement(LabelledPictures data, bool view2Only, bool allPairs, bool heldOut, IWorkLog log)
{
    private const string GoldenEmbedder = "mobilefacenet-foamliu-128";
    private const int Draws = 5;
    private const int Seed = 1;

    /// <summary>Measures.</summary>
    /// <param name="plan">Models and threads.</param>
    /// <param name="cancellationToken">Ends the run; vectors that were kept stay.</param>
    /// <returns>The figures.</returns>
    /// <exception cref="EvaluationException">The pictures show too few people, or nobody twice.</exception>
    public async Task<LfwReport> MeasureAsync(FaceSetPlan plan, CancellationToken cancellationToken)
    {
        IReadOnlyList<LabelledPair> pairs = data.ReadPairs();
        int[]? wanted = view2Only ? [.. pairs.SelectMany(pair => new[] { pair.A, pair.B }).Distinct().Order()] : null;
        FaceSet set = await FaceSetBuilder.BuildAsync(data, plan, wanted, log, cancellationToken);
        Require(set);
        AllPairsFigures? all = allPairs && !view2Only ? await AllPairsAsync(set, plan.Threads, cancellationToken) : null;
        return new LfwReport(
            set.Embedder,
            set.Contract,
            set.Detector,
            set.ExecutionProvider,
            plan.Threads,
            set.Embedding,
            View2.Measure(pairs, set.Vectors),
            all,
            view2Only ? null : RankOne.Measure(data, set.Vectors, plan.Threads, cancellationToken),
            all is null ? null : await CurvesAsync(set, all, plan.Threads, cancellationToken),
            heldOut && !view2Only ? HeldOut.Measure(data, pairs, set.Vectors, cancellationToken) : null,
            set.Embedder == GoldenEmbedder ? Golden(set) : null);
    }

    private static void Require(FaceSet set)
    {
        int[][] people = set.PicturesByPerson();
        if (people.Length < 2)
        {
            throw new EvaluationException(
                $"The pictures show {people.Length} person with a face: errors are counted between different people.", "too-few-people");
        }

        if (!Array.Exists(people, pictures => pictures.Length > 1))
        {
            throw new EvaluationException(
                "Nobody has two pictures with a face: without mated pairs no accuracy can be measured.", "no-mated-pairs");
        }
    }

    private async Task<AllPairsFigures> AllPairsAsync(FaceSet set, int threads, CancellationToken cancellationToken)
    {
        await using IWork work = log.Begin("all pairs", data.Files.Length);
        return await Task.Run(
            () => AllPairs.Measure(data.People, set.Vectors, threads, () => work.Advance(), cancellationToken), cancellationToken);
    }

    private static Task<CurveFigures> CurvesAsync(FaceSet set, AllPairsFigures all, int threads, CancellationToken cancellationToken) =>
        Task.Run(() => CurveFigures.Measure(set, all.Points, Draws, Seed, threads, cancellationToken), cancellationToken);

    private GoldenFigures? Golden(FaceSet set) =>
        GoldenFigures.Measure(data, set.Vectors, data.ReadGolden(set.Vectors.First(vector => vector is not null)!.Length));
}
