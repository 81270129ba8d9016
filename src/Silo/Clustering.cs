#pragma warning disable ORLEANSEXP004 // Silo metadata is marked experimental; it is where roles and contracts live.
using System.Net;
using FaceGrid.Storage.Postgres;
using Orleans.Configuration;

namespace FaceGrid.Silo;

/// <summary>How a node finds others: not at all, or by the membership table of a shared database.</summary>
internal static class Clustering
{
    /// <summary>How long a call to another node may take; methods that may take longer say so themselves.</summary>
    private static readonly TimeSpan ResponseTimeout = TimeSpan.FromSeconds(10);

    /// <summary>A node without others.</summary>
    /// <param name="silo">The silo.</param>
    /// <param name="node">Settings.</param>
    public static void UseStandalone(this ISiloBuilder silo, NodeOptions node) =>
        silo.UseLocalhostClustering(
            LoopbackPort.FreeOr(node.SiloPort), LoopbackPort.FreeOr(node.ClientPort), serviceId: "facegrid", clusterId: "facegrid");

    /// <summary>
    /// A node of a cluster. A silo that dies is noticed in about 1.5 s, one that is frozen in about 7 s (measured); Orleans' own settings
    /// take up to 66 s for the latter.
    /// </summary>
    /// <param name="silo">The silo.</param>
    /// <param name="node">Settings.</param>
    /// <param name="database">Where the nodes meet.</param>
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
