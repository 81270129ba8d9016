namespace FaceGrid.Load.Requests;

/// <summary>
/// Random numbers that depend on a seed, a purpose and a number alone, so that request 17 is the same whoever sends it and whenever. The
/// generator is SplitMix64 (Steele, Lea, Flood, OOPSLA 2014).
/// </summary>
internal struct LoadDraws
{
    private const ulong Golden = 0x9E3779B97F4A7C15;

    private ulong _state;

    /// <summary>Begins.</summary>
    /// <param name="seed">Seed of the run.</param>
    /// <param name="purpose">What the numbers are for.</param>
    /// <param name="number">Which of them.</param>
    /// <param name="run">Tells runs with the same seed apart, where they must differ.</param>
    public LoadDraws(int seed, LoadPurpose purpose, long number, long run = 0) =>
        _state = Mix(Mix(Mix(((ulong)(uint)seed << 8) + (ulong)purpose + Golden) + (ulong)run) + (ulong)number);

    /// <summary>64 random bits.</summary>
    /// <returns>Any number.</returns>
    public ulong NextBits() => Mix(_state += Golden);

    /// <summary>An even draw.</summary>
    /// <returns>0 to below 1.</returns>
    public double NextShare() => (NextBits() >> 11) * (1.0 / (1UL << 53));

    /// <summary>An even choice.</summary>
    /// <param name="count">Out of how many, at least 1.</param>
    /// <returns>0 to below <paramref name="count"/>.</returns>
    public int NextIndex(int count) => (int)Math.BigMul(NextBits(), (ulong)count, out _);

    /// <summary>A direction: sums of four even 16-bit numbers are near enough to normal, and fast.</summary>
    /// <param name="dimension">Length.</param>
    /// <returns>Float32, unit norm.</returns>
    public float[] NextVector(int dimension)
    {
        float[] vector = new float[dimension];
        double squares = 0;
        for (int i = 0; i < dimension; i++)
        {
            ulong bits = NextBits();
            vector[i] = (int)((bits & 0xFFFF) + ((bits >> 16) & 0xFFFF) + ((bits >> 32) & 0xFFFF) + (bits >> 48)) - 131070;
            squares += (double)vector[i] * vector[i];
        }

        float scale = (float)(1 / Math.Sqrt(squares));
        for (int i = 0; i < dimension; i++)
        {
            vector[i] *= scale;
        }

        return vector;
    }

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}

/// <summary>What random numbers are for; the values keep purposes apart.</summary>
internal enum LoadPurpose
{
    /// <summary>Vectors of the people who are enrolled beforehand.</summary>
    Person = 1,

    /// <summary>Vectors of people who are enrolled by the load.</summary>
    NewPerson = 2,

    /// <summary>Vectors of nobody.</summary>
    Stranger = 3,

    /// <summary>What request number N does.</summary>
    Question = 4,

    /// <summary>When requests are due.</summary>
    Arrival = 5,
}
