using FaceGrid.Abstractions.Cluster;
using FaceGrid.Cameras.Outbound;
using FaceGrid.Cameras.Placement;
using FaceGrid.Cameras.Recognition;
using FaceGrid.Cameras.Rules;
using FaceGrid.Cameras.Sightings;
using FaceGrid.Cameras.Sources;
using FaceGrid.Cameras.State;
using FaceGrid.Cameras.Watching;
using FaceGrid.Grains.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace FaceGrid.Cameras;

/// <summary>Puts cameras, sightings and rules into a silo.</summary>
public static class CameraHosting
{
    /// <summary>
    /// Adds cameras, the log of what they saw, and the rules that tell others. Call it after
    /// <see cref="Grains.GridHosting.AddFaceGrid"/>.
    /// </summary>
    /// <param name="silo">The silo.</param>
    /// <param name="roles">Roles of this node; cameras run on nodes with <see cref="Roles.Embedder"/>.</param>
    /// <returns>The silo.</returns>
    public static ISiloBuilder AddFaceGridCameras(this ISiloBuilder silo, IReadOnlyCollection<string> roles)
    {
        CameraMetrics.Begin();
        silo.Services.AddSingleton(new OptionalState(CameraStateNames.CameraVisits));
        silo.Services.AddSingleton(new OptionalState(CameraStateNames.RuleLetters));
        silo.Services.AddOutbound();
        silo.Services.AddSightings();
        silo.Services.AddRules();
        AddWatching(silo, roles);
        return silo;
    }

    private static void AddOutbound(this IServiceCollection services)
    {
        services.AddOptions<OutboundOptions>().BindConfiguration("FaceGrid:Outbound").ValidateOnStart();
        services.AddSingleton<IValidateOptions<OutboundOptions>, OutboundOptionsValidator>();
        services.AddSingleton<AddressRules>();
    }

    private static void AddSightings(this IServiceCollection services)
    {
        services.AddOptions<SightingOptions>().BindConfiguration("FaceGrid:Sightings").ValidateOnStart();
        services.AddSingleton<IValidateOptions<SightingOptions>, SightingOptionsValidator>();
        services.AddSingleton<SightingForm>();
        services.AddSingleton<SightingFeed>();
        services.AddSingleton<ISightingLog, SightingLog>();
        services.AddHostedService<SightingSweeper>();
    }

    private static void AddRules(this IServiceCollection services)
    {
        services.AddOptions<RuleOptions>().BindConfiguration("FaceGrid:Rules").ValidateOnStart();
        services.AddSingleton<IValidateOptions<RuleOptions>, RuleOptionsValidator>();
        services.AddSingleton<RuleTargets>();
        services.AddHostedService<RuleKeeper>();
    }

    private static void AddWatching(ISiloBuilder silo, IReadOnlyCollection<string> roles)
    {
        silo.Services.AddOptions<CameraOptions>().BindConfiguration("FaceGrid:Grid").ValidateOnStart();
        silo.Services.AddSingleton<IValidateOptions<CameraOptions>, CameraOptionsValidator>();
        silo.Services.AddOptions<FrameSourceOptions>().BindConfiguration("FaceGrid:CameraSources").ValidateOnStart();
        silo.Services.AddSingleton<IValidateOptions<FrameSourceOptions>, FrameSourceOptionsValidator>();
        silo.Services.AddSingleton<IFrameSources, FrameSources>();
        silo.Services.AddPlacementDirector<CameraPlacement, CameraPlacementDirector>();
        silo.Services.AddSingleton<CameraPlaces>();
        silo.Services.AddSingleton<LocalCameras>();
        if (roles.Contains(Roles.Embedder))
        {
            silo.Services.AddSingleton<EnrolledPeople>();
            silo.Services.AddSingleton<CameraTools>();
            silo.Services.AddHostedService<CameraKeeper>();
        }
    }
}
