namespace FaceGrid.Load.Requests;

/// <summary>When the requests of an open loop are due: fixed before the first is sent, whatever the answers are.</summary>
internal static class LoadSchedule
{
    /// <summary>Lays down the times.</summary>
    /// <param name="perSecond">Requests per second, above 0; for Poisson arrivals the mean.</param>
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
            // A constant rate is multiplied out, so that an hour of it does not drift.
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
