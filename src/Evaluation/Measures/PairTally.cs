using FaceGrid.Evaluation.Faces;
using FaceGrid.Search;

namespace FaceGrid.Evaluation.Measures;

/// <summary>
/// Compares every picture of a set with every other, once. It keeps counts over the distance, the near pairs of different people one by
/// one, and all mated pairs. Curves, calibration and confidence intervals come from these.
/// </summary>
internal sealed class PairTally
{
    /// <summary>Bins over the squared distance, 0 to 4.</summary>
    public const int Bins = 4000;

    private const int SampledPairs = 400_000;

    private PairTally(int people, int pictures, double nearShare)
    {
        People = people;
        Pictures = pictures;
        NearShare = nearShare;
    }

    /// <summary>People with a vector.</summary>
    public int People { get; }

    /// <summary>Pictures with a vector.</summary>
    public int Pictures { get; }

    /// <summary>The approximate share of the non-mated pairs that is in <see cref="Near"/>.</summary>
    public double NearShare { get; }

    /// <summary>Pairs of different people.</summary>
    public long PeoplePairs => (long)People * (People - 1) / 2;

    /// <summary>Non-mated pairs of pictures by squared distance.</summary>
    public long[] NonMated { get; } = new long[Bins];

    /// <summary>Mated pairs of pictures by squared distance.</summary>
    public long[] MatedCounts { get; } = new long[Bins];

    /// <summary>
    /// All non-mated pairs up to a distance, ascending. About <see cref="NearShare"/> of all non-mated pairs are within this distance.
    /// </summary>
    public NearPair[] Near { get; private set; } = [];

    /// <summary>The largest squared distance in <see cref="Near"/>.</summary>
    public float NearLimit { get; private set; }

    /// <summary>Squared distances of the pairs of each person's pictures, by the number of the person; ascending.</summary>
    public float[][] Mated { get; private set; } = [];

    /// <summary>Names of the people, by number.</summary>
    public string[] Names { get; private set; } = [];

    /// <summary>Counts.</summary>
    /// <param name="set">Vectors.</param>
    /// <param name="nearShare">The approximate share of the non-mated pairs to keep one by one.</param>
    /// <param name="threads">Threads to use.</param>
    /// <param name="cancellationToken">Ends the work. It leaves nothing behind.</param>
    /// <returns>The tally.</returns>
    public static PairTally Count(FaceSet set, double nearShare, int threads, CancellationToken cancellationToken)
    {
        int[][] people = set.PicturesByPerson();
        (int Person, int Picture)[] rows = [.. people.SelectMany((pictures, person) => pictures.Select(picture => (person, picture)))];
        PairTally tally = new(people.Length, rows.Length, nearShare)
        {
            Names = [.. people.Select(pictures => set.People[pictures[0]])],
            Mated = new float[people.Length][],
        };
        tally.NearLimit = LimitOf(set, rows, nearShare);
        Lock gate = new();
        List<NearPair> near = [];
        List<float>[] mated = [.. people.Select(_ => new List<float>())];
        ParallelOptions options = new() { MaxDegreeOfParallelism = threads, CancellationToken = cancellationToken };
        Parallel.For(0, rows.Length, options, () => new Part(), (row, _, part) =>
        {
            part.Compare(set, rows, row, people, tally.NearLimit, mated[rows[row].Person]);
            return part;
        }, part =>
        {
            lock (gate)
            {
                near.AddRange(part.Near);
                for (int i = 0; i < Bins; i++)
                {
                    tally.NonMated[i] += part.NonMated[i];
                    tally.MatedCounts[i] += part.Mated[i];
                }
            }
        });
        tally.Near = [.. near.OrderBy(pair => pair.Squared).ThenBy(pair => pair.PictureA).ThenBy(pair => pair.PictureB)];
        tally.Mated = [.. mated.Select(distances => distances.Order().ToArray())];
        return tally;
    }

    /// <summary>The share of pairs of people at or below a squared distance. All pairs of people weigh the same.</summary>
    /// <param name="squared">At most <see cref="NearLimit"/>.</param>
    /// <returns>0 to 1.</returns>
    public double RateAt(float squared)
    {
        double sum = 0;
        foreach (NearPair pair in Near)
        {
            if (pair.Squared > squared)
            {
                break;
            }

            sum += pair.Weight;
        }

        return sum / PeoplePairs;
    }

    /// <summary>The share of mated pairs above a squared distance. All people with two pictures weigh the same.</summary>
    /// <param name="squared">0 to 4.</param>
    /// <returns>0 to 1; 0 when nobody has two pictures.</returns>
    public double MissRateAt(float squared) =>
        Mated.Where(distances => distances.Length > 0)
            .Select(distances => (double)distances.Count(distance => distance > squared) / distances.Length)
            .DefaultIfEmpty(0)
            .Average();

    private static float LimitOf(FaceSet set, (int Person, int Picture)[] rows, double share)
    {
        Random random = new(1);
        List<float> sample = [];
        for (int i = 0; i < SampledPairs && rows.Length > 1; i++)
        {
            (int Person, int Picture) a = rows[random.Next(rows.Length)];
            (int Person, int Picture) b = rows[random.Next(rows.Length)];
            if (a.Person != b.Person)
            {
                sample.Add(Distance.Squared(set.Vectors[a.Picture]!, set.Vectors[b.Picture]!));
            }
        }

        sample.Sort();
        return sample.Count == 0 ? 4 : sample[(int)Math.Min(sample.Count - 1, share * sample.Count)];
    }

    private sealed class Part
    {
        public readonly List<NearPair> Near = [];
        public readonly long[] NonMated = new long[Bins];
        public readonly long[] Mated = new long[Bins];

        public void Compare(FaceSet set, (int Person, int Picture)[] rows, int row, int[][] people, float limit, List<float> mated)
        {
            (int person, int picture) = rows[row];
            float[] vector = set.Vectors[picture]!;
            for (int other = row + 1; other < rows.Length; other++)
            {
                (int second, int secondPicture) = rows[other];
                float squared = Distance.Squared(vector, set.Vectors[secondPicture]!);
                int bin = Math.Clamp((int)(squared * (Bins / 4)), 0, Bins - 1);
                if (second == person)
                {
                    Mated[bin]++;
                    lock (mated)
                    {
                        mated.Add(squared);
                    }
                }
                else
                {
                    NonMated[bin]++;
                    if (squared <= limit)
                    {
                        Near.Add(
                            new NearPair(
                                person, second, picture, secondPicture, squared, 1f / people[person].Length / people[second].Length));
                    }
                }
            }
        }
    }
}
