using FaceGrid.Evaluation.Faces;
using FaceGrid.Evaluation.Measures;
using FaceGrid.Models;

namespace FaceGrid.Evaluation.Groups;

/// <summary>
/// Measures error rates within groups of people. People of one group are nearer to each other than people at large, so a promise that holds
/// for everybody together may fail for a gallery of children, for example.
/// </summary>
internal static class GroupMeasurement
{
    /// <summary>Measures.</summary>
    /// <param name="set">Vectors.</param>
    /// <param name="labels">Labels of the pictures of <paramref name="set"/>.</param>
    /// <param name="model">The calibration that gives the thresholds.</param>
    /// <param name="plan">What to measure.</param>
    /// <param name="threads">Threads to use.</param>
    /// <param name="cancellationToken">Ends the work. It leaves nothing behind.</param>
    /// <returns>The figures.</returns>
    /// <exception cref="EvaluationException">A label does not exist, or no group is large enough.</exception>
    public static GroupReport Run(
        FaceSet set, FaceLabels labels, ImpostorModel model, GroupPlan plan, int threads, CancellationToken cancellationToken)
    {
        int[] columns = ColumnsOf(labels, plan.By);
        int[] usable = [.. Enumerable.Range(0, set.Files.Length).Where(i => set.Vectors[i] is not null && labels.Values[i] is not null)];
        int[] kept = WithoutRepeats(set, labels, usable, plan.RepeatDistance, threads, cancellationToken);
        List<GroupFigures> groups = [];
        foreach ((string name, int[] pictures) in Groups(labels, kept, columns, plan.Cross))
        {
            cancellationToken.ThrowIfCancellationRequested();
            int[][] people = [.. pictures.GroupBy(i => labels.People[i], StringComparer.Ordinal).Select(person => person.ToArray())];
            if (people.Length >= Math.Max(2, plan.PeopleMin))
            {
                groups.Add(Measure(name, set, people, model, plan, threads));
            }
        }

        if (groups.Count == 0)
        {
            throw new EvaluationException($"No group has {plan.PeopleMin} people with a face.", "file");
        }

        GroupFigures[] parts = groups.Count > 1 ? [.. groups.Skip(1)] : [.. groups];
        return new GroupReport(
            set.Embedder,
            set.Detector,
            plan.Fmr,
            model.DistanceAt(plan.Fmr),
            plan.Fpir,
            usable.Length - kept.Length,
            set.Embedding.Turned,
            groups,
            parts.MaxBy(group => (group.Fmr.Low, group.Fmr.Value))!.Group,
            parts.MaxBy(group => (group.Fpir.Low, group.Fpir.Value))!.Group,
            plan.Seed);
    }

    private static int[] ColumnsOf(FaceLabels labels, IReadOnlyList<string> by)
    {
        Dictionary<string, int> known = labels.Columns.Index().Where(column => column.Item != FaceLabels.Person)
            .ToDictionary(column => column.Item, column => column.Index, StringComparer.Ordinal);
        string[] missing = [.. by.Where(name => !known.ContainsKey(name))];
        return missing.Length > 0
            ? throw EvaluationException.Usage($"There is no label '{missing[0]}'. The labels are {string.Join(", ", known.Keys)}.")
            : by.Count == 0 ? [.. known.Values] : [.. by.Select(name => known[name])];
    }

    /// <summary>A picture is compared with all earlier ones that are kept, so one of each set of repeats stays.</summary>
    private static int[] WithoutRepeats(
        FaceSet set, FaceLabels labels, int[] pictures, double distance, int threads, CancellationToken cancellationToken)
    {
        if (distance <= 0)
        {
            return pictures;
        }

        List<int> kept = [];
        float squared = (float)(distance * distance);
        ParallelOptions options = new() { MaxDegreeOfParallelism = threads, CancellationToken = cancellationToken };
        foreach (int picture in pictures)
        {
            ParallelLoopResult looked = Parallel.For(0, kept.Count, options, (i, state) =>
            {
                if (labels.People[kept[i]] != labels.People[picture] && IsNear(set, kept[i], picture, squared))
                {
                    state.Stop();
                }
            });
            if (looked.IsCompleted)
            {
                kept.Add(picture);
            }
        }

        return [.. kept];
    }

    private static IEnumerable<(string Name, int[] Pictures)> Groups(FaceLabels labels, int[] pictures, int[] columns, bool cross)
    {
        yield return ("all", pictures);
        IEnumerable<int[]> sets = columns.Select(column => new[] { column });
        foreach (int[] set in cross && columns.Length > 1 ? sets.Append(columns) : sets)
        {
            foreach (IGrouping<string, int> group in pictures
                .GroupBy(i => NameOf(labels, i, set), StringComparer.Ordinal)
                .OrderBy(group => FirstNumber(labels.Values[group.First()]![set[0]]))
                .ThenBy(group => group.Key, StringComparer.Ordinal))
            {
                yield return (group.Key, [.. group]);
            }
        }
    }

    private static string NameOf(FaceLabels labels, int picture, int[] columns) =>
        string.Join(' ', columns.Select(column => $"{labels.Columns[column]}={labels.Values[picture]![column]}"));

    /// <summary>Ranges of ages read in order: 4-12 before 13-19.</summary>
    private static int FirstNumber(string value)
    {
        string digits = string.Concat(value.TakeWhile(char.IsAsciiDigit));
        return int.TryParse(digits, out int number) ? number : int.MaxValue;
    }

    private static GroupFigures Measure(string name, FaceSet set, int[][] people, ImpostorModel model, GroupPlan plan, int threads)
    {
        float verify = model.DistanceAt(plan.Fmr);
        int size = Math.Min(plan.GalleryPeople, people.Length / 2);
        float identify = model.DistanceAt(ImpostorModel.RateFor(plan.Fpir, size));
        IdentifyTally tally = new(people.Length);
        int[] order = [.. Enumerable.Range(0, people.Length)];
        Random random = new(plan.Seed);
        for (int draw = 0; draw < plan.Draws; draw++)
        {
            random.Shuffle(order);
            tally.Add(GalleryDraw.Ask(set, people, order[..size], order[size..], random, threads), identify * identify);
        }

        return new GroupFigures(
            name,
            people.Length,
            people.Sum(person => person.Length),
            Share.Of(NonMated(set, people, verify * verify, threads), plan.Seed),
            Share.Of([.. people.Select(person => Mated(set, person, verify * verify))], plan.Seed),
            size,
            tally.FalsePositive(plan.Seed),
            tally.FalseNegative(plan.Seed));
    }

    /// <summary>
    /// False matches of each person with all others. A pair of people counts once, half for each of the two, however many pictures they
    /// have.
    /// </summary>
    private static (double Hits, double Trials)[] NonMated(FaceSet set, int[][] people, float squared, int threads)
    {
        (double Hits, double Trials)[] counted = new (double, double)[people.Length];
        Parallel.For(0, people.Length, new ParallelOptions { MaxDegreeOfParallelism = threads }, a =>
        {
            double hits = 0;
            for (int b = 0; b < people.Length; b++)
            {
                if (a != b)
                {
                    double near = people[a].Sum(i => people[b].Count(j => IsNear(set, i, j, squared)));
                    hits += near / (people[a].Length * people[b].Length);
                }
            }

            counted[a] = (hits / 2, (people.Length - 1) / 2.0);
        });
        return counted;
    }

    private static (double Hits, double Trials) Mated(FaceSet set, int[] pictures, float squared)
    {
        int missed = 0;
        for (int i = 0; i < pictures.Length; i++)
        {
            for (int j = i + 1; j < pictures.Length; j++)
            {
                missed += IsNear(set, pictures[i], pictures[j], squared) ? 0 : 1;
            }
        }

        return (missed, pictures.Length * (pictures.Length - 1) / 2.0);
    }

    private static bool IsNear(FaceSet set, int a, int b, float squared) =>
        PairDistances.Squared(set.Vectors[a], set.Vectors[b]) <= squared;
}
