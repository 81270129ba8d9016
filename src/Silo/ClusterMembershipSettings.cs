using System.ComponentModel.DataAnnotations;

namespace FaceGrid.Silo;

/// <summary>
/// How a node appears to the other nodes of its cluster, section <c>FaceGrid:Cluster</c>. A node without a shared database ignores it.
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
    /// The port on which this node listens for other nodes, when it differs from the announced one (<see cref="NodeOptions.SiloPort"/>):
    /// behind a port mapping or a proxy. Range 0 to 65,535; default 0, the announced port.
    /// </summary>
    [Range(0, 65_535)]
    public int ListenPort { get; set; }
}
