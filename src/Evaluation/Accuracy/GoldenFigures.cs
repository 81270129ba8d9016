using System.Numerics.Tensors;
using FaceGrid.Evaluation.Faces;

namespace FaceGrid.Evaluation.Accuracy;

/// <summary>How near the embeddings are to those of a reference implementation.</summary>
/// <param name="Compared">Pictures compared.</param>
/// <param name="CosineMean">Mean cosine; 1 is the same.</param>
/// <param name="CosineMin">Smallest cosine.</param>
/// <param name="Worst">The picture with the smallest cosine.</param>
/// <param name="Below">Pictures with a cosine below 0.99.</param>
internal sealed record GoldenFigures(int Compared, double CosineMean, double CosineMin, string Worst, int Below)
{
    /// <summary>Compares.</summary>
    /// <param name="data">The data set.</param>
    /// <param name="vectors">A unit vector per picture, or null.</param>
    /// <param name="golden">The vectors of the reference implementation.</param>
    /// <returns>The figures, or null when there is nothing to compare.</returns>
    public static GoldenFigures? Measure(LabelledPictures data, float[]?[] vectors, float[]?[]? golden)
    {
        if (golden is null)
        {
            return null;
        }

        (double Cosine, string File)[] cosines =
        [
            .. Enumerable.Range(0, vectors.Length)
                .Where(i => vectors[i] is not null && golden[i] is not null)
                .Select(i => ((double)TensorPrimitives.CosineSimilarity(vectors[i]!, golden[i]!), data.Files[i]))
                .OrderBy(pair => pair.Item1),
        ];
        return cosines.Length == 0 ? null : new GoldenFigures(
            cosines.Length,
            cosines.Average(pair => pair.Cosine),
            cosines[0].Cosine,
            cosines[0].File,
            cosines.Count(pair => pair.Cosine < 0.99));
    }
}
