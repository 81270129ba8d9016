namespace FaceGrid.Grains;

/// <summary>How long to wait before something is tried again.</summary>
internal static class Backoff
{
    /// <summary>The pause before another attempt.</summary>
    /// <param name="attempt">How many have failed before this one; 0 for the first.</param>
    /// <param name="first">The pause after the first attempt; each further one is twice as long.</param>
    /// <param name="longest">The longest.</param>
    /// <returns>At least <paramref name="first"/>, at most <paramref name="longest"/>.</returns>
    public static TimeSpan Pause(int attempt, TimeSpan first, TimeSpan longest)
    {
        double factor = Math.Pow(2, attempt);
        return factor < longest / first ? first * factor : longest;
    }
}
