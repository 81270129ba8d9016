#pragma warning disable ORLEANSEXP004 // Silo metadata is marked experimental; it is where roles and contracts live.
using System.Net;
using FaceGrid.Storage.Postgres;
using Orleans.Configuration;

namespace FaceGrid.Silo;

/// <summary>How a node finds others: not at all, or by the membership table of a shared database.</summary>
internal static class Clustering
{
    /// <summary>How long a call to another node may take. Methods that may take longer carry their own limit.</summary>
    private static readonly TimeSpan ResponseTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Makes the node stand alone, without a cluster.</summary>
    /// <param name="silo">The silo.</param>
    /// <param name="node">Settings.</param>
    public static void UseStandalone(this ISiloBuilder silo, NodeOptions node) =>
        silo.UseLocalhostClustering(
            LoopbackPort.FreeOr(node.SiloPort), LoopbackPort.FreeOr(node.ClientPort), serviceId: "facegrid", clusterId: "facegrid");

    /// <summary>
    /// Makes the node a member of a cluster. The others notice a dead silo in about 1.5 s and a frozen one in about 7 s (measured). With
    /// the defaults of Orleans, a frozen silo is noticed after up to 66 s.
    /// </summary>
    /// <param name="silo">The silo.</param>
    /// <param name="node">Settings.</param>
    /// <param name="database">Holds the membership table, by which the nodes find each other.</param>
    public static void UseCluster(this ISiloBuilder silo, NodeOptions node, PostgresDatabase database)
    {
        IPAddress address = IPAddress.Parse(node.Cluster.Address);
        bool loopback = IPAddress.IsLoopback(address);
        silo.UseAdoNetClustering(clustering =>
        {
            clustering.Invariant = database.Invariant;
            clustering.DataSource = database.MembershipSource;
        });
        silo.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(
            services => new WriteFence(database, services.GetRequiredService<ILocalSiloDetails>()));
        silo.Configure<ClusterOptions>(cluster => (cluster.ClusterId, cluster.ServiceId) = (node.Cluster.Id, "facegrid"));
        int announced = loopback && node.Cluster.ListenPort == 0 ? LoopbackPort.FreeOr(node.SiloPort) : node.SiloPort;
        silo.ConfigureEndpoints(
            address, announced, loopback ? LoopbackPort.FreeOr(node.ClientPort) : node.ClientPort, listenOnAnyHostAddress: false);
        if (node.Cluster.ListenPort != 0)
        {
            silo.Configure<EndpointOptions>(
                endpoints => endpoints.SiloListeningEndpoint = new IPEndPoint(address, node.Cluster.ListenPort));
        }

        silo.Configure<ClusterMembershipOptions>(membership =>
        {
            membership.ProbeTimeout = TimeSpan.FromSeconds(1);
            membership.MaxProbeTimeout = TimeSpan.FromSeconds(2);
            membership.NumMissedProbesLimit = 3;
            membership.TableRefreshTimeout = TimeSpan.FromSeconds(10);
            membership.IAmAliveTablePublishTimeout = TimeSpan.FromSeconds(10);
        });
        silo.Configure<SiloMessagingOptions>(messaging => messaging.ResponseTimeout = ResponseTimeout);
    }
}
