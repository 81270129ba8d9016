// Silo metadata and placement filters are marked experimental; nothing else can keep a grain on nodes with a role.
#pragma warning disable ORLEANSEXP004
using FaceGrid.Abstractions.Cluster;
using Orleans.Metadata;
using Orleans.Placement;
using Orleans.Runtime.MembershipService.SiloMetadata;
using Orleans.Runtime.Placement;

namespace FaceGrid.Grains.Placement;

/// <summary>Keeps a grain class on nodes that play a role.</summary>
/// <param name="role">One of <see cref="Roles"/>.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class RequireRoleAttribute(string role) : PlacementFilterAttribute(new RequireRoleFilter(role));

/// <summary>The filter behind <see cref="RequireRoleAttribute"/>; Orleans creates it from grain properties.</summary>
public sealed class RequireRoleFilter : PlacementFilterStrategy
{
    private const string Property = "role";

    /// <summary>For Orleans, which fills in the role afterwards.</summary>
    public RequireRoleFilter()
        : base(order: 0)
    {
    }

    internal RequireRoleFilter(string role)
        : base(order: 0)
    {
        Role = role;
    }

    /// <summary>The role asked for.</summary>
    public string Role { get; private set; } = "";

    /// <inheritdoc/>
    public override void AdditionalInitialize(GrainProperties properties) =>
        Role = GetPlacementFilterGrainProperty(Property, properties)
            ?? throw new InvalidOperationException("The role of a grain class is missing.");

    /// <inheritdoc/>
    protected override IEnumerable<KeyValuePair<string, string>> GetAdditionalGrainProperties(
        IServiceProvider services,
        Type grainClass,
        GrainType grainType,
        IReadOnlyDictionary<string, string> existingProperties) => [new(Property, Role)];
}

/// <summary>Keeps the silos whose metadata names the role.</summary>
/// <param name="metadata">Metadata of the silos.</param>
public sealed class RequireRoleDirector(ISiloMetadataCache metadata) : IPlacementFilterDirector
{
    /// <inheritdoc/>
    public IEnumerable<SiloAddress> Filter(PlacementFilterStrategy filterStrategy, PlacementTarget target, IEnumerable<SiloAddress> silos)
    {
        string role = ((RequireRoleFilter)filterStrategy).Role;
        return silos.Where(silo => metadata.RolesOf(silo).Contains(role));
    }
}
