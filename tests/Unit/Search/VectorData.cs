namespace FaceGrid.Tests.Search;

/// <summary>Seeded vectors of every kind that a search must be exact for: what faces give, and what breaks bounds, orders and arithmetic.</summary>
internal sealed class VectorData(Random random, int dimension, int? onlyKind = null)
{
    private readonly float[] centre = Vectors.Unit(random, 1, dimension);
    private readonly float[] pool = Vectors.Unit(random, 6, dimension); // Few different vectors: many ties between and within people.
    private readonly int kind = onlyKind ?? random.Next(10);

    /// <summary>The next vector: mostly of one kind, now and then of any.</summary>
    public float[] Next() => Of(onlyKind is null && random.Next(8) == 0 ? random.Next(10) : kind);

    private float[] Of(int which) => which switch
    {
        0 => Vectors.Unit(random, 1, dimension),
        1 => FromPool(),
        2 => Near(FromPool(), 0.3f), // Clustered.
        3 => Near(centre, 0.1f), // Concentrated: all vectors lie close together.
        4 => OneHot(),
        5 => [.. Enumerable.Repeat(random.Next(-2, 3) / 4f, dimension)],
        6 => [.. Vectors.Unit(random, 1, dimension).Select(value => value * float.Epsilon * random.Next(1, 1 << 20))], // Subnormal.
        7 => [.. Vectors.Unit(random, 1, dimension).Select(value => value * MathF.Pow(10, random.Next(-30, 30)))], // Heavy tails.
        8 => [.. Vectors.Unit(random, 1, dimension).Select(value => random.Next(2) == 0 ? 1f : -1f)],
        _ => [.. Vectors.Unit(random, 1, dimension).Select(value => value * MathF.Pow(10, random.Next(12, 37)))], // Squares overflow.
    };

    private float[] FromPool() => pool.AsSpan(random.Next(6) * dimension, dimension).ToArray();

    private float[] Near(float[] vector, float distance)
    {
        float[] away = Vectors.Unit(random, 1, dimension);
        return [.. vector.Zip(away, (value, step) => value + (distance * step))];
    }

    private float[] OneHot()
    {
        float[] vector = new float[dimension];
        vector[random.Next(dimension)] = random.Next(2) == 0 ? 1 : -1;
        return vector;
    }
}
