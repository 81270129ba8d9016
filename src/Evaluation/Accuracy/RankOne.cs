using FaceGrid.Evaluation.Faces;
using FaceGrid.Search;
using FaceGrid.Search.Kernels;

namespace FaceGrid.Evaluation.Accuracy;

/// <summary>Closed-set identification: the first picture of each person is enrolled, and every other picture is searched.</summary>
internal static class RankOne
{
    // More places than the first are compared, so that the check covers order and ties too.
    private const int Limit = 5;
    private const int Batch = 64;

    /// <summary>
    /// Measures with the index that the grid searches, and checks that each answer equals that of the plain loop to the bit.
    /// </summary>
    /// <param name="data">The data set.</param>
    /// <param name="vectors">A unit vector per picture; null where no face was found. Such a probe counts as not found.</param>
    /// <param name="threads">Threads to use.</param>
    /// <param name="cancellationToken">Ends the work. It leaves nothing behind.</param>
    /// <returns>The figures.</returns>
    public static RankOneFigures Measure(LabelledPictures data, float[]?[] vectors, int threads, CancellationToken cancellationToken)
    {
        int dimension = vectors.First(vector => vector is not null)!.Length;
        int[] first = [.. FirstPictures(data)];
        int[] probes = [.. Enumerable.Range(0, data.Files.Length).Except(first)];
        (string Person, float[] Templates)[] gallery =
        [
            .. first.Where(index => vectors[index] is not null).Select(index => (data.People[index], vectors[index]!)),
        ];
        using TemplateIndex templates = new(dimension);
        foreach ((string person, float[] vector) in gallery)
        {
            templates.Set(person, vector);
        }

        int found = 0;
        int different = 0;
        ParallelOptions options = new() { MaxDegreeOfParallelism = threads, CancellationToken = cancellationToken };
        Parallel.ForEach(probes.Where(probe => vectors[probe] is not null).Chunk(Batch), options, batch =>
        {
            float[] together = [.. batch.SelectMany(probe => vectors[probe]!)];
            SearchHit[][] hits = templates.Search(together, batch.Length, Limit, cancellationToken);
            for (int i = 0; i < batch.Length; i++)
            {
                SearchHit[] plain = PlainSearch.Search(gallery, vectors[batch[i]]!, Limit);
                Interlocked.Add(ref found, hits[i].Length > 0 && hits[i][0].Person == data.People[batch[i]] ? 1 : 0);
                Interlocked.Add(ref different, hits[i].SequenceEqual(plain) ? 0 : 1);
            }
        });
        return new RankOneFigures(gallery.Length, probes.Length, (double)found / probes.Length, different, SearchKernels.Name);
    }

    /// <summary>The pictures that are enrolled.</summary>
    /// <param name="data">The data set.</param>
    /// <returns>Index of each person's first picture in ordinal order.</returns>
    public static IEnumerable<int> FirstPictures(LabelledPictures data)
    {
        for (int i = 0; i < data.Files.Length; i++)
        {
            if (i == 0 || data.People[i] != data.People[i - 1])
            {
                yield return i;
            }
        }
    }
}
