namespace FaceGrid.Tests.Search;

/// <summary>Seeded test vectors.</summary>
internal static class Vectors
{
    /// <summary>Unit vectors, row-major.</summary>
    public static float[] Unit(Random random, int count, int dimension)
    {
        float[] values = new float[count * dimension];
        for (int row = 0; row < count; row++)
        {
            Span<float> vector = values.AsSpan(row * dimension, dimension);
            float sum = 0;
            for (int i = 0; i < dimension; i++)
            {
                vector[i] = (float)(random.NextDouble() - 0.5);
                sum += vector[i] * vector[i];
            }

            for (int i = 0; i < dimension; i++)
            {
                vector[i] /= MathF.Sqrt(sum);
            }
        }

        return values;
    }

    /// <summary>The canonical squared distance written out from its definition, without sharing code with the product.</summary>
    public static float SquaredByDefinition(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        float[] lanes = new float[16];
        for (int i = 0; i < a.Length; i++)
        {
            float difference = a[i] - b[i];
            lanes[i % 16] = MathF.FusedMultiplyAdd(difference, difference, lanes[i % 16]);
        }

        for (int half = 8; half > 0; half /= 2)
        {
            for (int l = 0; l < half; l++)
            {
                lanes[l] += lanes[l + half];
            }
        }

        return lanes[0];
    }
}
