using FaceGrid.Evaluation.Calibrating;
using FaceGrid.Evaluation.Faces;
using FaceGrid.Evaluation.Measures;
using FaceGrid.Models;
using FaceGrid.Search;

namespace FaceGrid.Evaluation.Promise;

/// <summary>
/// Calibrates on one half of the people and checks the promises on the other half. It draws galleries of growing size and searches them for
/// people who are not enrolled. When there are too few real people, it fills the galleries up with made-up people
/// (<see cref="Distractors"/>). These are like a quarter of the people, the enrolled ones. The experiment also counts whether strangers are
/// as often near to made-up people as to real people.
/// </summary>
internal sealed class PromiseExperiment
{
    private const int ProbesTogether = 32;
    private const int LikenessPeople = 20_000;
    private readonly FaceSet _set;
    private readonly int[][] _people;
    private readonly HashSet<int> _alike;
    private readonly int _seed;
    private readonly int _threads;
    private readonly double[] _promises;
    private readonly Dictionary<(double Promise, int People, int MadeUp), (
        IdentifyTally All, IdentifyTally Plain, List<double> Distances, bool Carried)> tallies = [];
    private readonly List<(double Distance, double Real, double MadeUp)> _likeness = [];
    private readonly CrowdExperiment[] _crowds;

    private PromiseExperiment(FaceSet set, double[] promises, int seed, int threads, CancellationToken cancellationToken)
    {
        (_set, _promises, _seed, _threads) = (set, promises, seed, threads);
        _people = set.PicturesByPerson();
        PairTally tally = PairTally.Count(set, Calibrator.NearShare, threads, cancellationToken);
        LookAlikes = TailFit.Of(tally, seed).Fit.LookAlikes;
        Dictionary<string, int> numbers = tally.Names.Index().ToDictionary(name => name.Item, name => name.Index, StringComparer.Ordinal);
        _crowds = [.. promises.Select(promise => new CrowdExperiment(set, _people, promise))];
        _alike = [.. LookAlikes.SelectMany(pair => new[] { numbers[pair.A], numbers[pair.B] })];
    }

    private IReadOnlyList<LookAlike> LookAlikes { get; }

    /// <summary>Runs.</summary>
    /// <param name="set">A labelled set.</param>
    /// <param name="promises">Shares of strangers found, 0 to 1.</param>
    /// <param name="sizes">Galleries of real people.</param>
    /// <param name="filled">Sizes to fill galleries up to with made-up people.</param>
    /// <param name="splits">How often people are divided again.</param>
    /// <param name="draws">Galleries per size and division.</param>
    /// <param name="crowds">Crowds of people who are alike per division.</param>
    /// <param name="seed">Where the random choices begin.</param>
    /// <param name="threads">Threads to use.</param>
    /// <param name="note">Receives a message at the start of each step.</param>
    /// <param name="cancellationToken">Ends the work. It leaves nothing behind.</param>
    /// <returns>The figures.</returns>
    public static PromiseFigures Run(
        FaceSet set,
        double[] promises,
        int[] sizes,
        int[] filled,
        int splits,
        int draws,
        int crowds,
        int seed,
        int threads,
        Action<string> note,
        CancellationToken cancellationToken)
    {
        PromiseExperiment experiment = new(set, promises, seed, threads, cancellationToken);
        ImpostorModel? first = null;
        for (int split = 0; split < splits; split++)
        {
            note($"{set.Embedder}: division {split + 1} of {splits}");
            Random random = new(seed + split);
            int[] order = [.. Enumerable.Range(0, experiment._people.Length)];
            random.Shuffle(order);
            int[] calibrated = order[..(order.Length / 2)];
            int[] asked = order[(order.Length / 2)..];
            FaceSet half = set.Only(
                calibrated.Select(person => set.People[experiment._people[person][0]]).ToHashSet(StringComparer.Ordinal));
            PairTally tally = PairTally.Count(half, Calibrator.NearShare, threads, cancellationToken);
            ImpostorModel model = TailFit.Of(tally, seed + split).Model;
            first ??= model;
            experiment.Real(model, asked, sizes, draws, random);
            foreach (CrowdExperiment crowd in experiment._crowds)
            {
                crowd.Add(model, asked, crowds, random, threads);
            }

            if (filled.Length > 0)
            {
                experiment.Filled(model, calibrated, asked, filled, random, cancellationToken);
            }
        }

        return experiment.Figures(splits, draws, first!);
    }

    private void Real(ImpostorModel model, int[] asked, int[] sizes, int draws, Random random)
    {
        foreach (int size in sizes.Where(size => size < asked.Length))
        {
            for (int draw = 0; draw < draws; draw++)
            {
                random.Shuffle(asked);
                Add(model, size, 0, GalleryDraw.Ask(_set, _people, asked[..size], asked[size..], random, _threads));
            }
        }
    }

    private void Filled(ImpostorModel model, int[] calibrated, int[] asked, int[] sizes, Random random, CancellationToken cancellationToken)
    {
        random.Shuffle(asked);
        int[] gallery = asked[..(asked.Length / 2)];
        int[] strangers = asked[(asked.Length / 2)..];
        Distractors distractors = new(Vectors(gallery), Vectors(calibrated), random, _threads);
        GalleryDraw draw = GalleryDraw.Ask(_set, _people, gallery, strangers, random, _threads, out float[] probes);
        int dimension = probes.Length / (draw.Strangers.Length + draw.Enrolled.Length);
        Compare(calibrated, strangers, distractors, random);
        using TemplateIndex index = new(dimension);
        foreach (int size in sizes.Order())
        {
            while (index.People < size - gallery.Length)
            {
                index.Set($"d{index.People}", distractors.Next(random));
            }

            Add(model, size, index.People, Beside(draw, Nearest(index, probes, cancellationToken)));
        }
    }

    private float[] Nearest(TemplateIndex index, float[] probes, CancellationToken cancellationToken)
    {
        int dimension = index.Dimension;
        int count = probes.Length / dimension;
        float[] nearest = new float[count];
        ParallelOptions options = new() { MaxDegreeOfParallelism = _threads, CancellationToken = cancellationToken };
        Parallel.For(0, (count + ProbesTogether - 1) / ProbesTogether, options, part =>
        {
            int from = part * ProbesTogether;
            int some = Math.Min(ProbesTogether, count - from);
            SearchHit[][] hits = index.Search(probes.AsSpan(from * dimension, some * dimension), some, 1, cancellationToken);
            for (int i = 0; i < some; i++)
            {
                nearest[from + i] = hits[i][0].SquaredDistance;
            }
        });
        return nearest;
    }

    /// <summary>The same searches when made-up people are enrolled as well.</summary>
    private static GalleryDraw Beside(GalleryDraw draw, float[] nearest)
    {
        int mated = draw.Enrolled.Length;
        return new GalleryDraw(
            [.. draw.Strangers.Select((probe, i) => (probe.Person, Math.Min(probe.Nearest, nearest[mated + i])))],
            [.. draw.Enrolled.Select((probe, i) => (probe.Person, probe.Mate, Math.Min(probe.Other, nearest[i])))]);
    }

    private void Add(ImpostorModel model, int size, int madeUp, GalleryDraw draw)
    {
        foreach (double promise in _promises)
        {
            double rate = ImpostorModel.RateFor(promise, size);
            float distance = model.DistanceAt(rate);
            if (!tallies.TryGetValue((promise, size, madeUp), out var tally))
            {
                tally = (new IdentifyTally(_people.Length), new IdentifyTally(_people.Length), [], true);
            }

            tally.All.Add(draw, distance * distance);
            tally.Plain.Add(
                draw with { Strangers = [.. draw.Strangers.Where(probe => !_alike.Contains(probe.Person))] },
                distance * distance);
            tally.Distances.Add(distance);
            tallies[(promise, size, madeUp)] = tally with { Carried = tally.Carried && rate >= model.RateMin };
        }
    }

    /// <summary>
    /// Are made-up people as often near to a stranger as real people are? The real people are the calibration's half. Made-up people do not
    /// come from this half.
    /// </summary>
    private void Compare(int[] calibrated, int[] strangers, Distractors distractors, Random random)
    {
        float[][] probes = Vectors(strangers);
        float[][] madeUp = [.. Enumerable.Range(0, LikenessPeople).Select(_ => distractors.Next(random))];
        float[] nearReal = Distances(probes, Vectors(calibrated));
        float[] nearMadeUp = Distances(probes, madeUp);
        foreach (double rate in new[] { 1e-2, 1e-3, 1e-4, 1e-5 })
        {
            float squared = nearReal[(int)(rate * nearReal.Length)];
            int below = Array.BinarySearch(nearMadeUp, squared) is var at && at >= 0 ? at : ~at;
            _likeness.Add((Math.Sqrt(squared), rate, (double)below / nearMadeUp.Length));
        }
    }

    /// <summary>A vector of each person who has no look-alike.</summary>
    private float[][] Vectors(int[] some) =>
        [.. some.Where(person => !_alike.Contains(person)).Select(person => _set.Vectors[_people[person][0]]!)];

    private float[] Distances(float[][] probes, float[][] others)
    {
        float[] all = new float[(long)probes.Length * others.Length];
        Parallel.For(0, probes.Length, new ParallelOptions { MaxDegreeOfParallelism = _threads }, i =>
        {
            for (int j = 0; j < others.Length; j++)
            {
                all[(i * others.Length) + j] = Distance.Squared(probes[i], others[j]);
            }
        });
        Array.Sort(all);
        return all;
    }

    private PromiseFigures Figures(int splits, int draws, ImpostorModel model) => new(
        _set.Embedder,
        _seed,
        splits,
        draws,
        model,
        LookAlikes.Count,
        [.. tallies.OrderBy(entry => entry.Key).Select(entry => new PromisePoint(
            entry.Key.Promise,
            entry.Key.People,
            entry.Key.MadeUp,
            Math.Round(entry.Value.Distances.Average(), 4),
            entry.Value.Carried,
            entry.Value.All.FalsePositive(_seed),
            entry.Value.Plain.FalsePositive(_seed),
            entry.Value.All.FalseNegative(_seed)))],
        [.. _crowds.Select(crowd => crowd.Figures(_seed)).OfType<CrowdFigures>()],
        [.. _likeness.GroupBy(point => point.Real).OrderByDescending(group => group.Key).Select(group => new LikenessPoint(
            Math.Round(group.Average(point => point.Distance), 4), group.Key, group.Average(point => point.MadeUp)))]);
}
