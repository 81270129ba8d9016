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
    /// Adds cameras, the log of what they saw, and the rules that publish it. Call it after
    /// <see cref="Grains.GridHosting.AddFaceGrid"/>.
    /// </summary>
    /// <param name="silo">The silo.</param>
    /// <param name="roles">Roles of this node; cameras run on nodes with <see cref="Roles.Embedder"/>.</param>
    /// <returns>The silo.</returns>
    public static ISiloBuilder AddFaceGridCameras(this ISiloBuilder silo, IReadOnlyCollection<string> roles)
    {
        CameraMetrics.Begin();
        silo.Services.AddOptionalStates();
        silo.Services.AddOutbound();
        silo.Services.AddSources();
        silo.Services.AddSightings();
        silo.Services.AddPlacement();
        silo.Services.AddRules();
        if (roles.Contains(Roles.Embedder))
        {
            silo.Services.AddWatching();
        }

        return silo;
    }

    // A damaged row of these does not stop its camera or rule.
    private static void AddOptionalStates(this IServiceCollection services)
    {
        services.AddSingleton(new OptionalState(CameraStateNames.CameraVisits));
        services.AddSingleton(new OptionalState(CameraStateNames.RuleLetters));
    }

    private static void AddOutbound(this IServiceCollection services)
    {
        services.AddSection<OutboundOptions, OutboundOptionsValidator>("FaceGrid:Outbound");
        services.AddSingleton<AddressRules>();
    }

    private static void AddSources(this IServiceCollection services)
    {
        services.AddSection<FrameSourceOptions, FrameSourceOptionsValidator>("FaceGrid:CameraSources");
        services.AddSingleton<IFrameSources, FrameSources>();
    }

    private static void AddSightings(this IServiceCollection services)
    {
        services.AddSection<SightingOptions, SightingOptionsValidator>("FaceGrid:Sightings");
        services.AddSingleton<SightingConverter>();
        services.AddSingleton<SightingFeed>();
        services.AddSingleton<ISightingLog, SightingLog>();
        services.AddHostedService<SightingSweeper>();
    }

    private static void AddPlacement(this IServiceCollection services)
    {
        services.AddSection<CameraOptions, CameraOptionsValidator>("FaceGrid:Grid");
        services.AddPlacementDirector<CameraPlacement, CameraPlacementDirector>();
        services.AddSingleton<CameraPlaces>();
        services.AddSingleton<LocalCameras>();
    }

    private static void AddRules(this IServiceCollection services)
    {
        services.AddSection<RuleOptions, RuleOptionsValidator>("FaceGrid:Rules");
        services.AddSingleton<RuleTargets>();
        services.AddHostedService<RuleKeeper>();
    }

    private static void AddWatching(this IServiceCollection services)
    {
        services.AddSingleton<EnrolledPeople>();
        services.AddSingleton<CameraTools>();
        services.AddHostedService<CameraKeeper>();
    }

    private static void AddSection<TOptions, TValidator>(this IServiceCollection services, string section)
        where TOptions : class
        where TValidator : class, IValidateOptions<TOptions>
    {
        services.AddOptions<TOptions>().BindConfiguration(section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<TOptions>, TValidator>();
    }
}
