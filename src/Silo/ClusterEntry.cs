#pragma warning disable ORLEANSEXP004 // Silo metadata is marked experimental; it is where roles and contracts live.
using System.Net;
using System.Net.Sockets;
using FaceGrid.Grains.Placement;
using Orleans.Runtime.MembershipService.SiloMetadata;

namespace FaceGrid.Silo;

/// <summary>Looks at the others before this node becomes one of them: names are unique, and all embedders of a cluster make comparable vectors.</summary>
internal sealed class ClusterEntry(ILocalSiloDetails self, IMembershipTable members, ISiloMetadataCache metadata, TimeProvider time) : ILifecycleParticipant<ISiloLifecycle>
{
    /// <summary>How long a node of the same name may take to be declared dead: a node that comes back at another address after a crash must not be refused.</summary>
    private static readonly TimeSpan NameWait = TimeSpan.FromSeconds(20);

    /// <summary>How long the others may take to say what they are. One that has not by then is not looked at.</summary>
    private static readonly TimeSpan MetadataWait = TimeSpan.FromSeconds(20);

    /// <summary>How long a connection may take.</summary>
    private static readonly TimeSpan ConnectTime = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(250);

    /// <inheritdoc/>
    public void Participate(ISiloLifecycle observer) => observer.Subscribe<ClusterEntry>(ServiceLifecycleStage.ApplicationServices, CheckAsync);

    /// <summary>
    /// The others that count as active and take connections; a frozen one does. Where all nodes died together nobody is left to declare them dead, so the table alone would keep out whoever comes back
    /// at another address.
    /// </summary>
    private async Task<MembershipEntry[]> OthersAsync(CancellationToken cancellationToken)
    {
        MembershipTableData table = await members.ReadAllAsync(cancellationToken);
        MembershipEntry[] active = [.. table.Members.Select(member => member.Item1).Where(member => member.Status == SiloStatus.Active && !member.SiloAddress.Endpoint.Equals(self.SiloAddress.Endpoint))];
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
        catch (Exception failure) when (failure is SocketException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private async Task CheckAsync(CancellationToken cancellationToken)
    {
        if (!await WaitAsync(others => !Array.Exists(others, other => other.SiloName == self.Name), NameWait, cancellationToken))
        {
            throw new NodeConfigurationException($"A node named '{self.Name}' is in the cluster already: give each node a FaceGrid:Name of its own.");
        }

        string? own = metadata.GetSiloMetadata(self.SiloAddress).Metadata.GetValueOrDefault(Roles.ContractKey);
        if (own is null)
        {
            return;
        }

        await WaitAsync(others => Array.TrueForAll(others, other => metadata.GetSiloMetadata(other.SiloAddress).Metadata.Count > 0), MetadataWait, cancellationToken);
        foreach (MembershipEntry other in await OthersAsync(cancellationToken))
        {
            if (metadata.GetSiloMetadata(other.SiloAddress).Metadata.GetValueOrDefault(Roles.ContractKey) is { } theirs && theirs != own)
            {
                throw new NodeConfigurationException(
                    $"This node's embedder makes vectors of contract '{own}', node '{other.SiloName}' those of '{theirs}': one cluster has one model. Give both the same FaceGrid:Vision settings and files.");
            }
        }
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
}
