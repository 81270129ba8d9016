namespace FaceGrid.Abstractions.Cluster;

/// <summary>What a node does in the grid. A node without configured roles does everything.</summary>
public static class Roles
{
    /// <summary>Holds person and gallery grains.</summary>
    public const string People = "people";

    /// <summary>Holds shards of galleries in memory.</summary>
    public const string Shards = "shards";

    /// <summary>Turns pictures into vectors.</summary>
    public const string Embedder = "embedder";

    /// <summary>Serves HTTP.</summary>
    public const string Gateway = "gateway";

    /// <summary>All roles.</summary>
    public static IReadOnlyList<string> All { get; } = [People, Shards, Embedder, Gateway];
}
