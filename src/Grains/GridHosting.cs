// Distributed directory and silo metadata: experimental by name, measured to be what survives a dead silo.
#pragma warning disable ORLEANSEXP003, ORLEANSEXP004
using FaceGrid.Abstractions.Cluster;
using FaceGrid.Grains.Cluster;
using FaceGrid.Grains.Maps;
using FaceGrid.Grains.People;
using FaceGrid.Grains.Placement;
using FaceGrid.Grains.Search;
using FaceGrid.Grains.Storage;
using FaceGrid.Search;
using FaceGrid.Storage;
using FaceGrid.Storage.Sightings;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Placement;
using Orleans.Runtime.MembershipService.SiloMetadata;
using Orleans.Serialization;
using Orleans.Storage;

namespace FaceGrid.Grains;

/// <summary>Puts the grains into a silo.</summary>
public static class GridHosting
{
    internal const string RawProvider = "rows-ado";

    /// <summary>
    /// Requests that one grain has waiting or in work before more are refused as busy: what some twenty gateways at their default limit
    /// may ask of one shard at once. A person whose shard refuses tries again, and is answered "not yet searchable" in the end.
    /// </summary>
    internal const int RequestsPerGrainMax = 5_000;

    /// <summary>
    /// Adds storage, placement and settings of the grains. The caller adds clustering, and a <see cref="FaceGrid.Vision.FacePipeline"/>
    /// singleton where the node plays <see cref="Roles.Embedder"/>.
    /// </summary>
    /// <param name="silo">The silo.</param>
    /// <param name="database">Where rows live; owned by the caller.</param>
    /// <param name="roles">Roles of this node.</param>
    /// <param name="contracts">Contracts of this node's embedders; empty without any.</param>
    /// <param name="shared">True when other silos use the same rows.</param>
    /// <returns>The silo.</returns>
    public static ISiloBuilder AddFaceGrid(
        this ISiloBuilder silo,
        IGridDatabase database,
        IReadOnlyCollection<string> roles,
        IReadOnlyCollection<string> contracts,
        bool shared)
    {
        GridMetrics.Begin();
        StorageMetrics.Begin();
        ShardMetrics.Begin();
        silo.Services.TryAddSingleton(TimeProvider.System);
        silo.Services.AddOptions<GridOptions>().BindConfiguration("FaceGrid:Grid").ValidateOnStart();
        silo.Services.AddSingleton<IValidateOptions<GridOptions>, GridOptionsValidator>();
        return silo
            .AddRows(database)
            .AddGalleries()
            .AddNodeMetadata(roles, contracts)
            .AddShards()
            .AddMembership(shared)
            .AddLimits();
    }

    private static ISiloBuilder AddRows(this ISiloBuilder silo, IGridDatabase database)
    {
        silo.AddAdoNetGrainStorage(RawProvider, ado => ado.Configure<Serializer>((storage, serializer) =>
        {
            storage.Invariant = database.Invariant;
            storage.DataSource = database.DataSource;
            storage.GrainStorageSerializer = new OrleansGrainStorageSerializer(serializer);
            storage.DeleteStateOnClear = true;
        }));
        silo.Services.AddKeyedSingleton<IGrainStorage>(
            StateNames.Provider,
            static (services, _) => new CheckedGrainStorage(
                services.GetRequiredKeyedService<IGrainStorage>(RawProvider),
                services.GetRequiredService<IGrainRows>(),
                services.GetServices<OptionalState>()));
        silo.Services.AddSingleton<IGrainRows>(new CheckedGrainRows(database));
        silo.Services.AddSingleton<ISightingRows>(new CheckedSightingRows(database.Sightings));
        silo.Services.AddSingleton(typeof(RowReader<>));
        silo.Services.AddSingleton<PersonRowReader>();
        silo.Services.AddSingleton<CropRows>();
        return silo;
    }

    private static ISiloBuilder AddGalleries(this ISiloBuilder silo)
    {
        silo.Services.AddSingleton<GalleryMaps>();
        silo.Services.AddSingleton<CatchUps>();
        silo.Services.AddSingleton<PersonTools>();
        return silo;
    }

    private static ISiloBuilder AddNodeMetadata(
        this ISiloBuilder silo, IReadOnlyCollection<string> roles, IReadOnlyCollection<string> contracts)
    {
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal) { [NodeMetadata.Roles] = string.Join(',', roles) };
        if (contracts.Count > 0)
        {
            metadata.Add(NodeMetadata.Contracts, string.Join(',', contracts));
        }

        silo.UseSiloMetadata(metadata);
        silo.Services.AddPlacementFilter<RequireRoleFilter, RequireRoleDirector>(ServiceLifetime.Transient);
        silo.Services.AddPlacementDirector<SiloPinnedPlacement, SiloPinnedDirector>();
        return silo;
    }

    private static ISiloBuilder AddShards(this ISiloBuilder silo)
    {
        silo.Services.AddSingleton(static services =>
        {
            int threads = services.GetRequiredService<IOptions<GridOptions>>().Value.ScanThreads;
            return new ScanPool(threads > 0 ? threads : ScanPool.DefaultThreadCount);
        });
        silo.Services.AddPlacementDirector<ShardPlacement, ShardPlacementDirector>();
        silo.Services.AddSingleton<ShardPlaces>();
        silo.Services.AddSingleton<LocalShards>();
        silo.Services.AddHostedService<ShardBalancer>();
        return silo;
    }

    private static ISiloBuilder AddMembership(this ISiloBuilder silo, bool shared)
    {
        silo.Services.AddSingleton(services => ActivatorUtilities.CreateInstance<SiloLease>(services, shared));
        silo.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(static services => services.GetRequiredService<SiloLease>());
        silo.AddIncomingGrainCallFilter<SiloLeaseFilter>();
        silo.AddDistributedGrainDirectory();
        silo.Configure<GrainDirectoryOptions>(directory => directory.RangeLeaseDuration = TimeSpan.Zero);
        return silo;
    }

    private static ISiloBuilder AddLimits(this ISiloBuilder silo)
    {
        silo.Configure<SiloMessagingOptions>(messaging =>
        {
            messaging.CancelRequestOnTimeout = true;
            messaging.MaxEnqueuedRequestsHardLimit = RequestsPerGrainMax;
        });
        silo.Configure<GrainCollectionOptions>(collection =>
        {
            // People are cold until called: a minute covers a burst of retries, and a million enrolments do not stay in memory.
            collection.CollectionQuantum = TimeSpan.FromSeconds(20);
            collection.CollectionAge = TimeSpan.FromMinutes(1);
            // A shard loads its rows before it serves; on a slow disk that may take longer than the default of 30 s, and a shard that
            // never activates never serves.
            collection.ActivationTimeout = TimeSpan.FromMinutes(10);
        });
        return silo;
    }
}
