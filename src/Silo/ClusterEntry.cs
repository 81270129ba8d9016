#pragma warning disable ORLEANSEXP004 // Silo metadata is marked experimental; it is where roles and contracts live.
using System.Net;
using System.Net.Sockets;
using FaceGrid.Gateway;
using FaceGrid.Grains.Placement;
using Orleans.Runtime.MembershipService.SiloMetadata;

namespace FaceGrid.Silo;

/// <summary>
/// Checks the other nodes before this node joins them. Node names must be unique. Any two embedder nodes must have a contract in common,
/// so a cluster changes its model node by node, through nodes that run both models, and never by accident. The check is repeated for a
/// minute after the start, for two reasons: two nodes may start at the same time, and Orleans reads another silo's metadata only when
/// membership changes and does not try again when that fails. On a conflict the younger node stops.
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
    /// How long to wait until a node of the same name is declared dead. A node that comes back at another address after a crash must not
    /// be refused.
    /// </summary>
    private static readonly TimeSpan NameWait = TimeSpan.FromSeconds(20);

    /// <summary>How long to wait for the metadata of the other nodes. A node without metadata by then is not checked.</summary>
    private static readonly TimeSpan MetadataWait = TimeSpan.FromSeconds(20);

    /// <summary>How long a connection attempt may take.</summary>
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
    /// The other nodes that are listed as active and accept connections. A frozen node still accepts them. The table alone is not enough:
    /// when all nodes die together, no node is left to declare them dead, and a node that comes back at another address would be refused.
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
                LogNotSeen(logger, failure); // The database cannot be reached. The next round tries again.
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

    /// <summary>Orders two nodes the same way on both of them, so exactly one of the two stops.</summary>
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
                    + "Give both the same FaceGrid:Vision settings and files. To migrate to another model, let nodes run both "
                    + "(NextEmbedder) until every gallery has migrated.";
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

    [LoggerMessage(2, LogLevel.Debug, "The other nodes could not be checked; trying again")]
    private static partial void LogNotSeen(ILogger logger, Exception cause);
}
