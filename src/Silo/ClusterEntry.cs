#pragma warning disable ORLEANSEXP004 // Silo metadata is marked experimental; it is where roles and contracts live.
using FaceGrid.Grains.Placement;
using Orleans.Runtime.MembershipService.SiloMetadata;

namespace FaceGrid.Silo;

/// <summary>Looks at the others before this node becomes one of them: names are unique, and all embedders of a cluster make comparable vectors.</summary>
internal sealed class ClusterEntry(ILocalSiloDetails self, IClusterMembershipService membership, ISiloMetadataCache metadata, TimeProvider time) : ILifecycleParticipant<ISiloLifecycle>
{
    /// <summary>How long a node of the same name may take to be declared dead: a node that comes back at another address after a crash must not be refused.</summary>
    private static readonly TimeSpan NameWait = TimeSpan.FromSeconds(20);

    /// <summary>How long the others may take to say what they are.</summary>
    private static readonly TimeSpan MetadataWait = TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    public void Participate(ISiloLifecycle observer) => observer.Subscribe<ClusterEntry>(ServiceLifecycleStage.ApplicationServices, CheckAsync);

    private IEnumerable<ClusterMember> Others => membership.CurrentSnapshot.Members.Values
        .Where(member => member.Status == SiloStatus.Active && !member.SiloAddress.Endpoint.Equals(self.SiloAddress.Endpoint));

    private async Task CheckAsync(CancellationToken cancellationToken)
    {
        if (!await WaitAsync(() => !Others.Any(other => other.Name == self.Name), NameWait, cancellationToken))
        {
            throw new NodeConfigurationException($"A node named '{self.Name}' is in the cluster already: give each node a FaceGrid:Name of its own.");
        }

        string? own = metadata.GetSiloMetadata(self.SiloAddress).Metadata.GetValueOrDefault(Roles.ContractKey);
        if (own is null)
        {
            return;
        }

        await WaitAsync(() => Others.All(other => metadata.GetSiloMetadata(other.SiloAddress).Metadata.Count > 0), MetadataWait, cancellationToken);
        foreach (ClusterMember other in Others)
        {
            if (metadata.GetSiloMetadata(other.SiloAddress).Metadata.GetValueOrDefault(Roles.ContractKey) is { } theirs && theirs != own)
            {
                throw new NodeConfigurationException(
                    $"This node's embedder makes vectors of contract '{own}', node '{other.Name}' those of '{theirs}': one cluster has one model. Give both the same FaceGrid:Vision settings and files.");
            }
        }
    }

    private async Task<bool> WaitAsync(Func<bool> condition, TimeSpan limit, CancellationToken cancellationToken)
    {
        long start = time.GetTimestamp();
        while (!condition())
        {
            if (time.GetElapsedTime(start) > limit)
            {
                return false;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), time, cancellationToken);
        }

        return true;
    }
}
