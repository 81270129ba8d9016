#pragma warning disable ORLEANSEXP004 // Silo metadata is marked experimental; it is where roles and contracts live.
using System.Net;
using System.Net.Sockets;
using FaceGrid.Gateway;
using FaceGrid.Grains.Placement;
using Orleans.Runtime.MembershipService.SiloMetadata;

namespace FaceGrid.Silo;

/// <summary>
/// Looks at the others before this node becomes one of them: names are unique, and any two embedder nodes of a cluster make vectors of a
/// contract in common, so that a cluster goes from one model to another node by node and by way of nodes that run both, and never by
/// accident. For a minute afterwards it looks again, because two nodes may start together, and because Orleans asks another silo what it
/// is only when membership changes, and not again when that failed; then the younger one ends.
/// </summary>
internal sealed partial class ClusterEntry(
    ILocalSiloDetails self,
    IMembershipTable members,
    ISiloMetadataCache metadata,
    IHostApplicationLifetime lifetime,
    TimeProvider time,
    ILogger<ClusterEntry> logger) : ILifecycleParticipant<ISiloLifecycle>
{
    /// <summary>
    /// How long a node of the same name may take to be declared dead: a node that comes back at another address after a crash must not be
    /// refused.
    /// </summary>
    private static readonly TimeSpan NameWait = TimeSpan.FromSeconds(20);

    /// <summary>How long the others may take to say what they are. One that has not by then is not looked at.</summary>
    private static readonly TimeSpan MetadataWait = TimeSpan.FromSeconds(20);

    /// <summary>How long a connection may take.</summary>
    private static readonly TimeSpan ConnectTime = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan WatchFor = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan WatchEvery = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(250);

    /// <inheritdoc/>
    public void Participate(ISiloLifecycle observer)
    {
        observer.Subscribe<ClusterEntry>(ServiceLifecycleStage.ApplicationServices, CheckAsync);
        observer.Subscribe<ClusterEntry>(ServiceLifecycleStage.Active, BeginWatchAsync);
    }

    private Task BeginWatchAsync(CancellationToken cancellationToken)
    {
        _ = Task.Run(() => WatchAsync(lifetime.ApplicationStopping), CancellationToken.None);
        return Task.CompletedTask;
    }

    /// <summary>
    /// The others that count as active and take connections; a frozen one does. Where all nodes died together nobody is left to declare
    /// them dead, so the table alone would keep out whoever comes back at another address.
    /// </summary>
    private async Task<MembershipEntry[]> OthersAsync(CancellationToken cancellationToken)
    {
        MembershipTableData table = await members.ReadAllAsync(cancellationToken);
        MembershipEntry[] active =
        [
            .. table.Members.Select(member => member.Item1).Where(
                member => member.Status == SiloStatus.Active && !member.SiloAddress.Endpoint.Equals(self.SiloAddress.Endpoint)),
        ];
        bool[] listen = await Task.WhenAll(active.Select(member => ListensAsync(member.SiloAddress.Endpoint, cancellationToken)));
        return [.. active.Where((_, index) => listen[index])];
    }

    private async Task<bool> ListensAsync(IPEndPoint endpoint, CancellationToken cancellationToken)
    {
        using var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        using var late = new CancellationTokenSource(ConnectTime, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            await socket.ConnectAsync(endpoint, either.Token);
            return true;
        }
        catch (Exception failure) when (
            failure is SocketException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private async Task CheckAsync(CancellationToken cancellationToken)
    {
        await WaitAsync(others => !Array.Exists(others, HasMyName), NameWait, cancellationToken);
        if (OwnContracts.Length > 0)
        {
            await WaitAsync(
                others => Array.TrueForAll(others, other => metadata.GetSiloMetadata(other.SiloAddress).Metadata.Count > 0),
                MetadataWait,
                cancellationToken);
        }

        if (ConflictWith(await OthersAsync(cancellationToken)) is { } conflict)
        {
            throw new NodeConfigurationException(conflict);
        }
    }

    private async Task WatchAsync(CancellationToken stoppingToken)
    {
        long start = time.GetTimestamp();
        while (time.GetElapsedTime(start) < WatchFor && !stoppingToken.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(WatchEvery, time, stoppingToken);
                MembershipEntry[] others = await OthersAsync(stoppingToken);
                if (ConflictWith([.. others.Where(IsOlder)]) is { } conflict)
                {
                    LogConflict(logger, conflict);
                    Environment.ExitCode = StartFailure.ExitCode;
                    lifetime.StopApplication();
                    return;
                }
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                LogNotSeen(logger, failure); // The database is away; the next look is in a moment.
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private string[] OwnContracts => ContractsOf(self.SiloAddress);

    private string[] ContractsOf(SiloAddress silo) =>
        metadata.GetSiloMetadata(silo).Metadata.GetValueOrDefault(NodeMetadata.Contracts)?.Split(',') ?? [];

    private bool HasMyName(MembershipEntry other) => other.SiloName == self.Name;

    /// <summary>One of two, whichever of them asks.</summary>
    private bool IsOlder(MembershipEntry other) =>
        (other.SiloAddress.Generation, other.SiloAddress).CompareTo((self.SiloAddress.Generation, self.SiloAddress)) < 0;

    private string? ConflictWith(MembershipEntry[] others)
    {
        if (Array.Exists(others, HasMyName))
        {
            return $"A node named '{self.Name}' is in the cluster already: give each node a FaceGrid:Name of its own.";
        }

        string[] own = OwnContracts;
        foreach (MembershipEntry other in own.Length == 0 ? [] : others)
        {
            if (ContractsOf(other.SiloAddress) is { Length: > 0 } theirs && !own.Intersect(theirs, StringComparer.Ordinal).Any())
            {
                return $"This node's embedder makes vectors of contract '{string.Join("' and '", own)}', node '{other.SiloName}' those of "
                    + $"'{string.Join("' and '", theirs)}': one cluster has one model. "
                    + "Give both the same FaceGrid:Vision settings and files; to move to another model, let nodes run both (NextEmbedder) "
                    + "until every gallery has moved.";
            }
        }

        return null;
    }

    private async Task<bool> WaitAsync(Func<MembershipEntry[], bool> condition, TimeSpan limit, CancellationToken cancellationToken)
    {
        long start = time.GetTimestamp();
        while (!condition(await OthersAsync(cancellationToken)))
        {
            if (time.GetElapsedTime(start) > limit)
            {
                return false;
            }

            await Task.Delay(LookEvery, time, cancellationToken);
        }

        return true;
    }

    [LoggerMessage(1, LogLevel.Critical, "{Conflict}")]
    private static partial void LogConflict(ILogger logger, string conflict);

    [LoggerMessage(2, LogLevel.Debug, "The others could not be looked at")]
    private static partial void LogNotSeen(ILogger logger, Exception cause);
}
