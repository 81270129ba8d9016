#pragma warning disable ORLEANSEXP004 // Silo metadata is marked experimental; it is where roles and contracts live.
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

    /// <summary>
    /// Whoever has not signed the membership table for so long is gone, whatever it says: after all nodes of a cluster lost their power, nobody is left to declare the others dead. Nodes sign every ten
    /// seconds and Orleans counts them as gone after three times that; the rest is for clocks that differ by a minute.
    /// </summary>
    private static readonly TimeSpan GoneAfter = TimeSpan.FromSeconds(90);

    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(250);

    /// <inheritdoc/>
    public void Participate(ISiloLifecycle observer) => observer.Subscribe<ClusterEntry>(ServiceLifecycleStage.ApplicationServices, CheckAsync);

    private async Task<MembershipEntry[]> OthersAsync(CancellationToken cancellationToken)
    {
        MembershipTableData table = await members.ReadAllAsync(cancellationToken);
        DateTime gone = time.GetUtcNow().UtcDateTime - GoneAfter;
        return [.. table.Members.Select(member => member.Item1)
            .Where(member => member.Status == SiloStatus.Active && !member.SiloAddress.Endpoint.Equals(self.SiloAddress.Endpoint) && member.IAmAliveTime > gone)];
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
