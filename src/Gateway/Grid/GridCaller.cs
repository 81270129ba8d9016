using FaceGrid.Abstractions.Cameras;
using FaceGrid.Abstractions.Cluster;
using FaceGrid.Abstractions.Embedding;
using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.Galleries;
using FaceGrid.Abstractions.People;
using FaceGrid.Abstractions.Rules;
using FaceGrid.Abstractions.Search;
using FaceGrid.Abstractions.Sightings;
using FaceGrid.Gateway.Observability;
using FaceGrid.Gateway.Problems;

namespace FaceGrid.Gateway.Grid;

/// <summary>
/// Calls grains. Every operation of the grid is idempotent or names the state that it is meant for. So a call that fails in transport (a
/// node died, a connection broke) is tried again with growing, jittered pauses for up to <see cref="RetryFor"/>.
/// </summary>
internal sealed class GridCaller(IGrainFactory grains, NodeList nodes, GatewayMetrics metrics, TimeProvider time)
{
    public static readonly TimeSpan RetryFor = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How often the nodes are checked while a call waits, and how long it waits before the first check. Longer than nearly all calls, and
    /// shorter than the time in which the grid notices that a node died.
    /// </summary>
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan PauseFirst = TimeSpan.FromMilliseconds(50), PauseMax = TimeSpan.FromMilliseconds(800);

    // Without embedders only pictures are refused, and EmbedderDirectory reports that.
    private static readonly string[] NeededRoles = [Roles.People, Roles.Shards];

    public IClusterGrain Cluster => Find(() => grains.GetGrain<IClusterGrain>(0));

    public IGalleryReaderGrain Reader => Find(() => grains.GetGrain<IGalleryReaderGrain>(0));

    public ISightingReaderGrain Sightings => Find(() => grains.GetGrain<ISightingReaderGrain>(0));

    public IRuleReaderGrain Rules => Find(() => grains.GetGrain<IRuleReaderGrain>(0));

    public ICurationGrain Curation => Find(() => grains.GetGrain<ICurationGrain>(0));

    public ICameraReaderGrain Cameras => Find(() => grains.GetGrain<ICameraReaderGrain>(0));

    public IIdentifyGrain Identify => Find(() => IIdentifyGrain.Any(grains));

    public IGalleryGrain Gallery(string gallery)
    {
        string key = IGalleryGrain.KeyOf(Ids.CheckGallery(gallery));
        return Find(() => grains.GetGrain<IGalleryGrain>(key));
    }

    public IMigrationGrain Migration(string gallery)
    {
        string key = IGalleryGrain.KeyOf(Ids.CheckGallery(gallery));
        return Find(() => grains.GetGrain<IMigrationGrain>(key));
    }

    public IPersonGrain Person(string gallery, string person)
    {
        string key = PersonKey.Of(Ids.CheckGallery(gallery), Ids.CheckPerson(person)).ToString();
        return Find(() => grains.GetGrain<IPersonGrain>(key));
    }

    public IRuleGrain Rule(string rule) => Find(() => grains.GetGrain<IRuleGrain>(IRuleGrain.KeyOf(rule)));

    public IEmbedderGrain Embedder(string node) => Find(() => grains.GetGrain<IEmbedderGrain>(node));

    /// <summary>
    /// Calls until there is an answer or a problem that another try would not solve, or until <see cref="RetryFor"/> has passed.
    /// </summary>
    /// <param name="call">The call; it may be made several times.</param>
    /// <param name="cancellationToken">Ends the wait and the attempts. A call that was sent may still be carried out.</param>
    /// <exception cref="FaceGridException">
    /// The grain refused the call; <see cref="ErrorCodes.RoleMissing"/> when the call failed because no node plays a role.
    /// </exception>
    public async Task<T> CallAsync<T>(Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        long start = time.GetTimestamp();
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                return await OnceAsync(call, cancellationToken);
            }
            catch (Exception exception) when (ProblemMapping.IsBusy(exception))
            {
                metrics.Refused(RefusalReason.Grid);
                throw;
            }
            catch (Exception exception) when (
                ProblemMapping.IsTransient(exception, cancellationToken)
                    && (exception is NodeLeftException || time.GetElapsedTime(start) < RetryFor))
            {
                await Task.Delay(PauseBefore(attempt), time, cancellationToken);
            }
            catch (Exception exception) when (
                ProblemMapping.IsTransient(exception, cancellationToken)
                    || exception is FaceGridException { Code: ErrorCodes.ShardsMissing })
            {
                if (await MissingRoleAsync(cancellationToken) is { } role)
                {
                    throw new FaceGridException(
                        ErrorCodes.RoleMissing, $"No node of the grid plays the role '{role}'; start one.", exception);
                }

                throw;
            }
        }
    }

    /// <summary>Calls a camera as <see cref="CallAsync"/> does.</summary>
    /// <param name="camera">Camera id.</param>
    /// <param name="call">The call; it may be made several times.</param>
    /// <param name="cancellationToken">Ends the wait and the attempts. A call that was sent may still be carried out.</param>
    /// <exception cref="FaceGridException">
    /// As for <see cref="CallAsync"/>; <see cref="ErrorCodes.NoEmbedder"/> when no node can run a camera.
    /// </exception>
    public async Task<T> CallCameraAsync<T>(
        string camera, Func<ICameraGrain, CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        string key = ICameraGrain.KeyOf(Ids.CheckCamera(camera));
        if (await NodesNowAsync(cancellationToken) is { } now && !now.Any(node => node.Roles.Contains(Roles.Embedder)))
        {
            throw new FaceGridException(
                ErrorCodes.NoEmbedder, "Cameras run on nodes with the embedder role, and the grid has no such node now.");
        }

        return await CallAsync(token => call(Find(() => grains.GetGrain<ICameraGrain>(key)), token), cancellationToken);
    }

    /// <summary>
    /// Changes a person, and tries again when that helps. An abandoned call may still arrive much later, through a node that had hung. So
    /// each attempt names the row version that it is meant for, and the person refuses it when the row has changed since.
    /// </summary>
    /// <param name="person">The person.</param>
    /// <param name="change">The write. It is given the row version to send.</param>
    /// <param name="cancellationToken">Ends the wait and the attempts. A write that was sent may still be carried out.</param>
    /// <exception cref="FaceGridException">
    /// As for <see cref="CallAsync"/>; <see cref="ErrorCodes.Busy"/> when other callers kept changing the person.
    /// </exception>
    public Task<T> ChangeAsync<T>(
        IPersonGrain person, Func<long, CancellationToken, Task<T>> change, CancellationToken cancellationToken) => CallAsync(
        async attempt =>
        {
            long start = time.GetTimestamp();
            while (true)
            {
                long rowVersion = await person.GetRowVersionAsync();
                // The attempt may have been abandoned during this read. The row version may then include changes made after that, and a
                // write with it would be accepted by mistake.
                attempt.ThrowIfCancellationRequested();
                try
                {
                    return await change(rowVersion, attempt);
                }
                catch (OutdatedRowVersionException outdated)
                {
                    // Another caller changed the person first.
                    if (time.GetElapsedTime(start) > RetryFor)
                    {
                        throw new FaceGridException(ErrorCodes.Busy, "The person is being changed by many at once; try again.", outdated);
                    }
                }
            }
        },
        cancellationToken);

    /// <summary>
    /// Calls once. A call to a node that dies is never answered, and a client is not told. So a call that takes long is abandoned when a
    /// node has left the grid since the call began.
    /// </summary>
    /// <exception cref="NodeLeftException">A node left. The call may or may not have been carried out.</exception>
    public async Task<T> OnceAsync<T>(Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        NodeInfo[]? before = nodes.Latest;
        nodes.GetAsync(CancellationToken.None).Ignore(); // Keeps the list of nodes fresh for the start of the next calls.
        using var abandoned = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task<T> answer = call(abandoned.Token);
        while (true)
        {
            try
            {
                // The wait ends with the token here as well, in case the call ignores its token.
                return await answer.WaitAsync(LookEvery, time, cancellationToken);
            }
            catch (TimeoutException) when (!answer.IsFaulted)
            {
                NodeInfo[]? now = await NodesNowAsync(cancellationToken);
                before ??= now;
                if (now is not null
                    && before!.ExceptBy(now.Select(node => node.Address), node => node.Address, StringComparer.Ordinal).Any()
                    && !answer.IsCompleted)
                {
                    await abandoned.CancelAsync();
                    answer.Ignore();
                    throw new NodeLeftException();
                }
            }
        }
    }

    private async Task<NodeInfo[]?> NodesNowAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await nodes.GetAsync(cancellationToken);
        }
        catch (Exception exception) when (ProblemMapping.IsTransient(exception, cancellationToken))
        {
            return null; // The next check asks again.
        }
    }

    private async Task<string?> MissingRoleAsync(CancellationToken cancellationToken) => await NodesNowAsync(cancellationToken) is { } now
        ? Array.Find(NeededRoles, role => !now.Any(node => node.Roles.Contains(role, StringComparer.Ordinal)))
        : null;

    /// <summary>The pause before another attempt: 50 ms, doubled each time up to 800 ms, less a random part of at most a half.</summary>
    public static TimeSpan PauseBefore(int attempt) => Backoff.Pause(attempt, PauseFirst, PauseMax, Random.Shared);

    // Orleans throws an ArgumentException while no node of the grid hosts the grain, and while a client has not found the grid yet.
    internal static T Find<T>(Func<T> find)
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
