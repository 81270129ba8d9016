namespace FaceGrid.Load.Requests;

/// <summary>
/// Decides when the requests of an open loop are due. The times are fixed before the first request is sent, and no answer changes them.
/// </summary>
internal static class LoadSchedule
{
    /// <summary>Computes the times.</summary>
    /// <param name="perSecond">Requests per second, above 0. For Poisson arrivals, this is the mean.</param>
    /// <param name="arrivals">Equal or exponential distances.</param>
    /// <param name="seed">Seed of the distances.</param>
    /// <param name="until">The end, exclusive.</param>
    /// <returns>Times since the beginning of the run, ascending.</returns>
    public static IEnumerable<TimeSpan> Due(double perSecond, LoadArrivals arrivals, int seed, TimeSpan until)
    {
        LoadDraws draws = new(seed, LoadPurpose.Arrival, number: 0);
        double exponential = 0;
        for (long number = 0; ; number++)
        {
            // For a constant rate, each time is a product and not a sum, so that rounding does not add up over an hour.
            double seconds = arrivals == LoadArrivals.Constant
                ? number / perSecond
                : (exponential -= Math.Log(1 - draws.NextShare()) / perSecond);
            if (seconds >= until.TotalSeconds)
            {
                yield break;
            }

            yield return TimeSpan.FromSeconds(seconds);
        }
    }
}
