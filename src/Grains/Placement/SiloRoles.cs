#pragma warning disable ORLEANSEXP004 // Silo metadata is marked experimental; it is where roles live.
using Orleans.Runtime.MembershipService.SiloMetadata;

namespace FaceGrid.Grains.Placement;

/// <summary>Reads roles out of silo metadata.</summary>
internal static class SiloRoles
{
    /// <summary>The roles of a silo, empty while its metadata is not known yet.</summary>
    public static string[] RolesOf(this ISiloMetadataCache metadata, SiloAddress silo) =>
        metadata.GetSiloMetadata(silo).Metadata.GetValueOrDefault(NodeMetadata.Roles)?.Split(',') ?? [];

    /// <summary>The active silos that play a role, ordered.</summary>
    public static SiloAddress[] SilosWith(this ISiloMetadataCache metadata, string role, IClusterMembershipService membership) =>
    [
        .. membership.CurrentSnapshot.Members.Values
            .Where(member => member.Status == SiloStatus.Active && metadata.RolesOf(member.SiloAddress).Contains(role))
            .Select(member => member.SiloAddress)
            .Order(),
    ];
}
