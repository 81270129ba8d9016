namespace FaceGrid.Gateway;

/// <summary>
/// Calls grains. Every operation of the grid is idempotent, so a call that fails in transport (a node died, a connection broke) is tried
/// again with growing, jittered pauses for up to <see cref="RetryFor"/>.
/// </summary>
internal sealed class GridCaller(IGrainFactory grains, TimeProvider time)
{
    public static readonly TimeSpan RetryFor = TimeSpan.FromSeconds(5);

    private const int IdentifyKeys = 64;

    public IClusterGrain Cluster => Find(() => grains.GetGrain<IClusterGrain>(0));

    public IGalleryReaderGrain Reader => Find(() => grains.GetGrain<IGalleryReaderGrain>(0));

    /// <summary>A client sends all calls to one grain by way of one node, so a stateless grain with one key would keep one node busy.</summary>
    public IIdentifyGrain Identify => Find(() => grains.GetGrain<IIdentifyGrain>(Random.Shared.Next(IdentifyKeys)));

    public IGalleryGrain Gallery(string gallery)
    {
        string key = IGalleryGrain.KeyOf(Ids.CheckGallery(gallery));
        return Find(() => grains.GetGrain<IGalleryGrain>(key));
    }

    public IPersonGrain Person(string gallery, string person)
    {
        string key = PersonKey.Of(Ids.CheckGallery(gallery), Ids.CheckPerson(person)).ToString();
        return Find(() => grains.GetGrain<IPersonGrain>(key));
    }

    public IEmbedderGrain Embedder(string node) => Find(() => grains.GetGrain<IEmbedderGrain>(node));

    public async Task<T> CallAsync<T>(Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        long start = time.GetTimestamp();
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                // The wait is bounded here as well, in case a call does not heed its token.
                return await call(cancellationToken).WaitAsync(cancellationToken);
            }
            catch (Exception exception) when (ProblemMapping.IsTransient(exception) && time.GetElapsedTime(start) < RetryFor)
            {
                await Task.Delay(PauseBefore(attempt), time, cancellationToken);
            }
        }
    }

    /// <summary>50 ms doubling up to 800 ms, each times 0.5 to 1.5 so that callers do not come back together.</summary>
    public static TimeSpan PauseBefore(int attempt) =>
        TimeSpan.FromMilliseconds((50 << Math.Min(attempt, 4)) * (0.5 + Random.Shared.NextDouble()));

    // Orleans answers with an argument error while no node of the grid hosts the grain, or while a client has not found the grid yet.
    private static T Find<T>(Func<T> find)
    {
        try
        {
            return find();
        }
        catch (ArgumentException exception)
        {
            throw new OrleansException("No node hosts this grain now.", exception);
        }
    }
}
