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
/// Calls grains. Every operation of the grid is idempotent or says what state it is meant for, so a call that fails in transport (a node
/// died, a connection broke) is tried again with growing, jittered pauses for up to <see cref="RetryFor"/>.
/// </summary>
internal sealed class GridCaller(IGrainFactory grains, NodeList nodes, GatewayMetrics metrics, TimeProvider time)
{
    public static readonly TimeSpan RetryFor = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long a call takes before the nodes are looked at, and between two looks: longer than nearly all calls, shorter than it takes
    /// to notice that a node died.
    /// </summary>
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    // Without embedders only pictures are refused, and EmbedderDirectory says so.
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

    /// <summary>Calls until there is an answer, a problem that another try would not cure, or <see cref="RetryFor"/> has passed.</summary>
    /// <param name="call">The call; may be made several times.</param>
    /// <param name="cancellationToken">The request's.</param>
    /// <exception cref="FaceGridException">
    /// What the grain says; <see cref="ErrorCodes.RoleMissing"/> when the call failed because no node plays a role.
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
    /// <param name="call">The call; may be made several times.</param>
    /// <param name="cancellationToken">The request's.</param>
    /// <exception cref="FaceGridException">
    /// As for <see cref="CallAsync"/>; <see cref="ErrorCodes.NoEmbedder"/> when no node can run a camera.
    /// </exception>
    public async Task<T> CallCameraAsync<T>(
        string camera, Func<ICameraGrain, CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        string key = ICameraGrain.KeyOf(Ids.CheckCamera(camera));
        if (await NodesNowAsync(cancellationToken) is { } now && !now.Any(node => node.Roles.Contains(Roles.Embedder)))
        {
            throw new FaceGridException(ErrorCodes.NoEmbedder, "No node with the embedder role is there, and cameras run on such nodes.");
        }

        return await CallAsync(token => call(Find(() => grains.GetGrain<ICameraGrain>(key)), token), cancellationToken);
    }

    /// <summary>
    /// Changes a person, and calls again where that helps. What is given up may still arrive, much later and by way of a node that had
    /// hung; so each attempt names the state that it is meant for, and is refused when the person has changed since.
    /// </summary>
    /// <param name="person">The person.</param>
    /// <param name="change">The write, with the row version to give.</param>
    /// <param name="cancellationToken">The request's.</param>
    /// <exception cref="FaceGridException">
    /// As for <see cref="CallAsync"/>; <see cref="ErrorCodes.Busy"/> when others kept changing the person.
    /// </exception>
    public Task<T> ChangeAsync<T>(
        IPersonGrain person, Func<long, CancellationToken, Task<T>> change, CancellationToken cancellationToken) => CallAsync(
        async attempt =>
        {
            long start = time.GetTimestamp();
            while (true)
            {
                long rowVersion = await person.GetRowVersionAsync();
                // An attempt that was given up while it read the row version has a row version that is too new for it.
                attempt.ThrowIfCancellationRequested();
                try
                {
                    return await change(rowVersion, attempt);
                }
                catch (OutdatedRowVersionException outdated)
                {
                    // Somebody else was quicker.
                    if (time.GetElapsedTime(start) > RetryFor)
                    {
                        throw new FaceGridException(ErrorCodes.Busy, "The person is being changed by many at once; try again.", outdated);
                    }
                }
            }
        },
        cancellationToken);

    /// <summary>
    /// Calls once. A call that a dead node had is never answered, and a client is not told; so a call that takes long is given up when a
    /// node has left the grid since it began.
    /// </summary>
    /// <exception cref="NodeLeftException">A node left; the call may or may not have been carried out.</exception>
    public async Task<T> OnceAsync<T>(Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        NodeInfo[]? before = nodes.Latest;
        nodes.GetAsync(CancellationToken.None).Ignore(); // So that what is known at the start of a call is never old while there are calls.
        using var givenUp = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task<T> answer = call(givenUp.Token);
        while (true)
        {
            try
            {
                // The wait is bounded here as well, in case a call does not heed its token.
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
                    await givenUp.CancelAsync();
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
            return null; // Asked again at the next look.
        }
    }

    private async Task<string?> MissingRoleAsync(CancellationToken cancellationToken) => await NodesNowAsync(cancellationToken) is { } now
        ? Array.Find(NeededRoles, role => !now.Any(node => node.Roles.Contains(role, StringComparer.Ordinal)))
        : null;

    /// <summary>50 ms doubling up to 800 ms, each times 0.5 to 1.5 so that callers do not come back together.</summary>
    public static TimeSpan PauseBefore(int attempt) =>
        TimeSpan.FromMilliseconds((50 << Math.Min(attempt, 4)) * (0.5 + Random.Shared.NextDouble()));

    // Orleans answers with an argument error while no node of the grid hosts the grain, or while a client has not found the grid yet.
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
