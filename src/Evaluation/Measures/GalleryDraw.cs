using FaceGrid.Evaluation.Faces;
using FaceGrid.Search;

namespace FaceGrid.Evaluation.Measures;

/// <summary>
/// One random gallery of a labelled set, and searches in it for everybody. The gallery has one picture of each enrolled person. The probes
/// are another picture of each enrolled person who has one, and one picture of each person who is not enrolled.
/// </summary>
/// <param name="Strangers">People who are not enrolled, each with the squared distance of the nearest enrolled person.</param>
/// <param name="Enrolled">
/// Enrolled people who have a probe, each with the squared distance of their own template and that of the nearest other person.
/// </param>
internal sealed record GalleryDraw((int Person, float Nearest)[] Strangers, (int Person, float Mate, float Other)[] Enrolled)
{
    /// <summary>Draws.</summary>
    /// <param name="set">Vectors.</param>
    /// <param name="people">Pictures by person.</param>
    /// <param name="gallery">Numbers of the people to enrol.</param>
    /// <param name="strangers">Numbers of the people who are not enrolled.</param>
    /// <param name="random">Chooses pictures.</param>
    /// <param name="threads">Threads to use.</param>
    /// <returns>The distances.</returns>
    public static GalleryDraw Ask(FaceSet set, int[][] people, int[] gallery, int[] strangers, Random random, int threads) =>
        Ask(set, people, gallery, strangers, random, threads, out _);

    /// <summary>Draws, and returns the probes as well.</summary>
    /// <param name="set">Vectors.</param>
    /// <param name="people">Pictures by person.</param>
    /// <param name="gallery">Numbers of the people to enrol.</param>
    /// <param name="strangers">Numbers of the people who are not enrolled.</param>
    /// <param name="random">Chooses pictures.</param>
    /// <param name="threads">Threads to use.</param>
    /// <param name="asked">
    /// Receives the vectors of the probes, one after the other: those of <see cref="Enrolled"/>, then those of <see cref="Strangers"/>.
    /// </param>
    /// <returns>The distances.</returns>
    public static GalleryDraw Ask(
        FaceSet set, int[][] people, int[] gallery, int[] strangers, Random random, int threads, out float[] asked)
    {
        List<(int Person, float[] Vector)> probes = [];
        (int Person, float[] Template)[] enrolled = new (int, float[])[gallery.Length];
        for (int i = 0; i < gallery.Length; i++)
        {
            int[] pictures = people[gallery[i]];
            int first = random.Next(pictures.Length);
            enrolled[i] = (gallery[i], set.Vectors[pictures[first]]!);
            if (pictures.Length > 1)
            {
                int second = (first + 1 + random.Next(pictures.Length - 1)) % pictures.Length;
                probes.Add((gallery[i], set.Vectors[pictures[second]]!));
            }
        }

        int mated = probes.Count;
        probes.AddRange(strangers.Select(person => (person, set.Vectors[people[person][random.Next(people[person].Length)]]!)));
        (float Mate, float Other)[] found = new (float, float)[probes.Count];
        Parallel.For(
            0,
            probes.Count,
            new ParallelOptions { MaxDegreeOfParallelism = threads },
            i => found[i] = Nearest(enrolled, probes[i]));
        asked = [.. probes.SelectMany(probe => probe.Vector)];
        return new GalleryDraw(
            [.. Enumerable.Range(mated, probes.Count - mated).Select(i => (probes[i].Person, found[i].Other))],
            [.. Enumerable.Range(0, mated).Select(i => (probes[i].Person, found[i].Mate, found[i].Other))]);
    }

    private static (float Mate, float Other) Nearest((int Person, float[] Template)[] enrolled, (int Person, float[] Vector) probe)
    {
        (float mate, float other) = (float.PositiveInfinity, float.PositiveInfinity);
        foreach ((int person, float[] template) in enrolled)
        {
            float squared = Distance.Squared(template, probe.Vector);
            if (person == probe.Person)
            {
                mate = squared;
            }
            else if (squared < other)
            {
                other = squared;
            }
        }

        return (mate, other);
    }
}
