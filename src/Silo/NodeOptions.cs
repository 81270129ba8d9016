using System.ComponentModel.DataAnnotations;
using FaceGrid.Storage.Sqlite;

namespace FaceGrid.Silo;

/// <summary>Settings of the node itself, section <c>FaceGrid</c>.</summary>
public sealed class NodeOptions
{
    /// <summary>Directory of the database and of everything else the node keeps. Default <c>./facegrid-data</c>.</summary>
    [Required]
    public string DataDirectory { get; set; } = "./facegrid-data";

    /// <summary>
    /// Connection string of a PostgreSQL database, which makes this node a member of a cluster. The nodes find each other in the database
    /// and share its rows. Default none: the node stands alone, on SQLite in <see cref="DataDirectory"/>.
    /// </summary>
    public string? Database { get; set; }

    /// <summary>
    /// How long a starting node waits for the server of <see cref="Database"/> when that is not up, does not accept connections yet or is
    /// slow. While it waits, the node serves nothing and prints what is missing. When the time is over, the node ends. It ends at once on
    /// a failure that will not pass by waiting. Range 0 (one attempt) to 1 day, default 5 minutes.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan DatabaseWait { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How the node appears to the other nodes of its cluster.</summary>
    public ClusterMembershipSettings Cluster { get; set; } = new();

    /// <summary>Roles of this node, out of people, shards, embedder, gateway. Empty, the default, means all of them.</summary>
    public List<string> Roles { get; set; } = [];

    /// <summary>Name of this node in <c>/v1/cluster</c>. Default: the machine's name.</summary>
    [Required]
    [StringLength(128)]
    public string Name { get; set; } = Environment.MachineName;

    /// <summary>
    /// Port for traffic between silos: on loopback, or in a cluster on <see cref="ClusterMembershipSettings.Address"/>. Range 0 to 65,535;
    /// 0 takes a free port. Default 11111. On loopback the node takes a free port when this one is in use.
    /// </summary>
    [Range(0, 65_535)]
    public int SiloPort { get; set; } = 11_111;

    /// <summary>
    /// Port for Orleans clients, such as a gateway on its own, on the same address. Range 0 to 65,535; 0 takes a free port. Default 30000.
    /// On loopback the node takes a free port when this one is in use.
    /// </summary>
    [Range(0, 65_535)]
    public int ClientPort { get; set; } = 30_000;

    /// <summary>
    /// What an acknowledged write survives: <see cref="SqliteSynchronous.Full"/> (default) power loss,
    /// <see cref="SqliteSynchronous.Normal"/> only a crash of the process.
    /// </summary>
    public SqliteSynchronous Synchronous { get; set; } = SqliteSynchronous.Full;
}
