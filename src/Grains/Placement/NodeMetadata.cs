namespace FaceGrid.Grains.Placement;

/// <summary>Keys of the silo metadata by which nodes know each other.</summary>
public static class NodeMetadata
{
    /// <summary>Holds a node's roles, separated by commas.</summary>
    public const string Roles = "facegrid.roles";

    /// <summary>Holds the contracts of a node's embedders, separated by commas.</summary>
    public const string Contracts = "facegrid.contract";
}
