namespace FaceGrid.Tests.Support;

/// <summary>Random directions.</summary>
public static class UnitVectors
{
    /// <summary>A vector of length 1 in a random direction of the positive and negative half axes.</summary>
    public static float[] Random(Random random, int dimension)
    {
        float[] vector = new float[dimension];
        double squares = 0;
        for (int i = 0; i < dimension; i++)
        {
            vector[i] = (float)(random.NextDouble() - 0.5);
            squares += vector[i] * (double)vector[i];
        }

        for (int i = 0; i < dimension; i++)
        {
            vector[i] = (float)(vector[i] / Math.Sqrt(squares));
        }

        return vector;
    }
}
