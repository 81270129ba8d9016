using System.ComponentModel.DataAnnotations;

namespace FaceGrid.Silo;

/// <summary>
/// How a node appears to the others of its cluster, section <c>FaceGrid:Cluster</c>; without a shared database nothing of it matters.
/// </summary>
public sealed class ClusterMembershipSettings
{
    /// <summary>
    /// Nodes with the same id in the same database are one cluster. 1 to 64 of <c>[A-Za-z0-9_-]</c>, default <c>facegrid</c>.
    /// </summary>
    [RegularExpression("[A-Za-z0-9_-]{1,64}")]
    public string Id { get; set; } = "facegrid";

    /// <summary>
    /// The IP address at which the other nodes and gateways reach this one. The traffic is not encrypted: keep it in a network of its
    /// own. Default 127.0.0.1.
    /// </summary>
    [Required]
    public string Address { get; set; } = "127.0.0.1";

    /// <summary>
    /// The port that this node listens on for other nodes, when that is not the one it tells them (<see cref="NodeOptions.SiloPort"/>):
    /// behind a port mapping or a proxy. Range 0 to 65,535; default 0, the same.
    /// </summary>
    [Range(0, 65_535)]
    public int ListenPort { get; set; }
}
