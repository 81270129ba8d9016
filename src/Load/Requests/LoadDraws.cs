namespace FaceGrid.Load.Requests;

/// <summary>
/// Random numbers that depend only on a seed, a purpose and a number. So request 17 is always the same, whichever thread sends it and at
/// whatever time. The generator is SplitMix64 (Steele, Lea, Flood, OOPSLA 2014).
/// </summary>
internal struct LoadDraws
{
    private const ulong Golden = 0x9E3779B97F4A7C15;

    private ulong _state;

    /// <summary>Starts a sequence of random numbers.</summary>
    /// <param name="seed">Seed of the run.</param>
    /// <param name="purpose">What the numbers are for.</param>
    /// <param name="number">Number of the sequence.</param>
    /// <param name="run">Number of the run. It makes runs with the same seed differ, where they must.</param>
    public LoadDraws(int seed, LoadPurpose purpose, long number, long run = 0) =>
        _state = Mix(Mix(Mix(((ulong)(uint)seed << 8) + (ulong)purpose + Golden) + (ulong)run) + (ulong)number);

    /// <summary>64 random bits.</summary>
    /// <returns>A number of 64 bits.</returns>
    public ulong NextBits() => Mix(_state += Golden);

    /// <summary>Draws a number evenly.</summary>
    /// <returns>0 to below 1.</returns>
    public double NextShare() => (NextBits() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Chooses evenly.</summary>
    /// <param name="count">Number of choices, at least 1.</param>
    /// <returns>0 to below <paramref name="count"/>.</returns>
    public int NextIndex(int count) => (int)Math.BigMul(NextBits(), (ulong)count, out _);

    /// <summary>
    /// Draws a direction. Its numbers are sums of four uniform 16-bit numbers, which are near enough to normal, and fast.
    /// </summary>
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

/// <summary>Purposes of random numbers. Different values give different numbers.</summary>
internal enum LoadPurpose
{
    /// <summary>Vectors of the people who are enrolled beforehand.</summary>
    Person = 1,

    /// <summary>Vectors of people who are enrolled by the load.</summary>
    NewPerson = 2,

    /// <summary>Vectors of people who are not enrolled.</summary>
    Stranger = 3,

    /// <summary>What request number N does.</summary>
    Question = 4,

    /// <summary>When requests are due.</summary>
    Arrival = 5,
}
