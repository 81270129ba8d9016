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
    /// Connection string of a PostgreSQL database, which makes this node one of a cluster: it finds the others there, and its rows are
    /// theirs. Default none: the node is alone, on SQLite in
    /// <see cref="DataDirectory"/>.
    /// </summary>
    public string? Database { get; set; }

    /// <summary>
    /// How long a node that starts waits for the server of <see cref="Database"/>, when it is not there, does not accept connections yet,
    /// or is slow to. Until then nothing is served, and the log says what is missing; afterwards the node ends. What waiting does not
    /// mend ends it at once. Range 0 (one attempt) to 1 day, default 5 minutes.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan DatabaseWait { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How the node appears to the others of its cluster.</summary>
    public ClusterMembershipSettings Cluster { get; set; } = new();

    /// <summary>Roles of this node, out of people, shards, embedder, gateway. Empty, the default, means all of them.</summary>
    public List<string> Roles { get; set; } = [];

    /// <summary>Name of this node in <c>/v1/cluster</c>. Default: the machine's name.</summary>
    [Required]
    [StringLength(128)]
    public string Name { get; set; } = Environment.MachineName;

    /// <summary>
    /// Port for silo-to-silo traffic, on loopback or in a cluster on <see cref="ClusterMembershipSettings.Address"/>. Range 0 to 65,535;
    /// 0 takes a free one. Default 11111, or on loopback a free one when that is taken.
    /// </summary>
    [Range(0, 65_535)]
    public int SiloPort { get; set; } = 11_111;

    /// <summary>
    /// Port for Orleans clients, such as a gateway on its own, on the same address. Range 0 to 65,535; 0 takes a free one. Default 30000,
    /// or on loopback a free one when that is taken.
    /// </summary>
    [Range(0, 65_535)]
    public int ClientPort { get; set; } = 30_000;

    /// <summary>
    /// What an acknowledged write survives: <see cref="SqliteSynchronous.Full"/> (default) power loss,
    /// <see cref="SqliteSynchronous.Normal"/> only a crash of the process.
    /// </summary>
    public SqliteSynchronous Synchronous { get; set; } = SqliteSynchronous.Full;
}
