using FaceGrid.Abstractions.Cameras;
using FaceGrid.Abstractions.Cluster;
using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.Galleries;
using FaceGrid.Abstractions.Sightings;
using FaceGrid.Cameras.Placement;
using FaceGrid.Cameras.Sources;
using FaceGrid.Cameras.State;
using FaceGrid.Grains.Cluster;
using FaceGrid.Grains.Placement;
using FaceGrid.Grains.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Placement;

namespace FaceGrid.Cameras.Watching;

/// <inheritdoc cref="ICameraGrain"/>
[KeepAlive]
[Immovable]
[CameraPlacement]
[RequireRole(Roles.Embedder)]
[GrainType("camera")]
public sealed partial class CameraGrain(
    [PersistentState(CameraStateNames.Camera, StateNames.Provider)] IPersistentState<CameraState> row,
    [PersistentState(CameraStateNames.CameraVisits, StateNames.Provider)] IPersistentState<CameraVisitsState> visits,
    CameraTools tools,
    IFrameSources sources,
    CameraPlaces places,
    LocalCameras local,
    ILocalSiloDetails silo,
    IOptions<CameraOptions> options,
    ILogger<CameraGrain> logger) : Grain, ICameraGrain, INeedsSiloLease, IIncomingGrainCallFilter
{
    /// <summary>Open visits in the row may be so old.</summary>
    private static readonly TimeSpan RememberEvery = TimeSpan.FromSeconds(3);

    private readonly long _made = tools.Time.GetTimestamp(); // Before the rows are read.
    private string _camera = "";
    private CameraRun? _run;
    private string? _problem;
    private bool _changing, _doubtful, _isBlind;
    private int _calls;

    /// <summary>
    /// Runs a call, and lets the grain go afterwards where there is no such camera: it would stay in memory for ever, and anybody can ask
    /// for any number of cameras that do not exist.
    /// </summary>
    /// <param name="context">The call.</param>
    /// <returns>When it has ended.</returns>
    public async Task Invoke(IIncomingGrainCallContext context)
    {
        _calls++;
        try
        {
            await context.Invoke();
        }
        finally
        {
            if (--_calls == 0 && row.State.Settings is null)
            {
                DeactivateOnIdle();
            }
        }
    }

    /// <inheritdoc/>
    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _camera = this.GetPrimaryKeyString()[ICameraGrain.KeyOf("").Length..];
        if (await tools.SiloLease.WaitForExpiredLeasesAsync(_made, cancellationToken))
        {
            await row.ReadStateAsync(cancellationToken);
            await visits.ReadStateAsync(cancellationToken);
        }

        this.RegisterGrainTimer(RememberAsync, new GrainTimerCreationOptions(RememberEvery, RememberEvery) { Interleave = false });
        local.Add(_camera);
        CameraMetrics.AddCamera(1);
        Begin();
    }

    /// <inheritdoc/>
    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        local.Remove(_camera);
        CameraMetrics.AddCamera(-1);
        CountBlind(false);
        await StopAsync(forGood: false);
        await WriteVisitsAsync(cancellationToken);
        bool hasOthers = Array.Exists(places.Silos, other => !other.Equals(silo.SiloAddress));
        if (reason.ReasonCode == DeactivationReasonCode.ShuttingDown && row.State.Settings is not null && hasOthers)
        {
            this.MigrateOnIdle();
        }
    }

    /// <inheritdoc/>
    public async Task<(CameraInfo Camera, bool Created)> PutAsync(CameraChange change, CancellationToken cancellationToken)
    {
        CameraSettings? before = row.State.Settings;
        CameraSettings after = change.Over(before ?? CameraSettings.Default);
        await CheckAsync(after, isNew: before is not { Enabled: true }, cancellationToken);
        row.State = new CameraState { Settings = after, CreatedAt = before is null ? tools.Time.GetUtcNow() : row.State.CreatedAt };
        try
        {
            await row.WriteStateAsync(CancellationToken.None);
        }
        catch
        {
            DeactivateOnIdle(); // What is in memory is not what is in the row.
            throw;
        }

        await StopAsync(forGood: !after.Enabled);
        Begin();
        return (InfoOf(_camera, row.State, Status()), before is null);
    }

    /// <inheritdoc/>
    public Task<CameraInfo?> GetAsync() => Task.FromResult(row.State.Settings is null ? null : InfoOf(_camera, row.State, Status()));

    /// <inheritdoc/>
    public async Task<bool> DeleteAsync(CancellationToken cancellationToken)
    {
        bool existed = row.State.Settings is not null;
        await StopAsync(forGood: true);
        if (existed)
        {
            await visits.ClearStateAsync(CancellationToken.None);
            await row.ClearStateAsync(CancellationToken.None);
        }

        return existed;
    }

    /// <inheritdoc/>
    public async Task<FrameReceipt> PushAsync(PushedFrame frame, CancellationToken cancellationToken)
    {
        CameraSettings settings = row.State.Settings ?? throw NotFound();
        if (settings.Source.Kind != CameraSourceKind.Push)
        {
            throw Invalid("This camera fetches its frames itself; for frames that are sent its source is push.");
        }

        if (_run is not { } run)
        {
            return _changing ? new FrameReceipt(Accepted: false, View: null) : throw Invalid(_problem ?? "This camera is off.");
        }

        TaskCompletionSource<CameraView?>? waiter = frame.Wait ? new(TaskCreationOptions.RunContinuationsAsynchronously) : null;
        bool accepted = run.Offer(new Frame(frame.Picture, frame.TakenAt ?? tools.Time.GetUtcNow()), frame.TakenAt, waiter);
        return new FrameReceipt(accepted, waiter is null ? null : await waiter.Task.WaitAsync(cancellationToken));
    }

    /// <inheritdoc/>
    public Task<CameraView?> ViewAsync() =>
        Task.FromResult(row.State.Settings is null ? null : _run?.View ?? new CameraView(_camera, null, 0, 0, []));

    /// <inheritdoc/>
    public Task<CameraPicture?> FrameAsync() => Task.FromResult(_run?.Picture);

    /// <inheritdoc/>
    public Task RunAsync() => row.State.Settings is not null && (_run is null || !places.HasRoom(_camera, silo.SiloAddress))
        ? RestartAsync() // Room may have come, or gone.
        : Task.CompletedTask;

    /// <inheritdoc/>
    public Task MoveAsync()
    {
        this.MigrateOnIdle();
        return Task.CompletedTask;
    }

    /// <summary>The camera as callers see it: without user name and password.</summary>
    internal static CameraInfo InfoOf(string camera, CameraState state, CameraStatus? status)
    {
        CameraSettings settings = state.Settings!;
        return new CameraInfo(
            camera,
            settings with { Source = settings.Source with { UserName = null, Password = null } },
            settings.Source is { UserName: not null } or { Password: not null },
            state.CreatedAt,
            status);
    }

    private static FaceGridException Invalid(string message) => new(ErrorCodes.InvalidCamera, message);

    private static FaceGridException NotFound() => new(ErrorCodes.CameraNotFound, "There is no camera with this id.");

    private CameraStatus Status()
    {
        string node = silo.SiloAddress.ToParsableString();
        var none = new CameraSeconds(0, 0, 0, 0, 0, 0);
        return _run?.Status(node) ?? new CameraStatus(
            Running: false, _problem, node, tools.Time.GetUtcNow(), Source: null, 0, 0, 0, LastFrameAt: null, 0, 0, 0, 0, none);
    }

    private async Task CheckAsync(CameraSettings settings, bool isNew, CancellationToken cancellationToken)
    {
        settings.Check();
        if (settings.Source.Kind != CameraSourceKind.Push)
        {
            _ = sources.Open(settings.Source, settings.FramesPerSecond, settings.WidthMax);
        }

        if (settings.Pad == PadPolicy.Require && tools.Pipeline.Liveness is null)
        {
            throw new FaceGridException(
                ErrorCodes.PadUnavailable, "A live face is required, and the camera's node has no model that tells one.");
        }

        foreach (string gallery in settings.Visitors is null ? settings.Galleries : [.. settings.Galleries, settings.Visitors])
        {
            _ = await tools.Maps.GetAsync(gallery, fresh: false, cancellationToken);
        }

        if (settings.Enabled && isNew)
        {
            await CheckRoomAsync(cancellationToken);
        }
    }

    private async Task CheckRoomAsync(CancellationToken cancellationToken)
    {
        int running = (await places.ReadAsync(cancellationToken)).Count(other => other != _camera);
        int nodes = places.Silos.Length, room = nodes * options.Value.CamerasMax;
        if (running >= room)
        {
            throw new FaceGridException(
                ErrorCodes.TooManyCameras,
                $"{running} cameras are on, and the {nodes} nodes with the embedder role have room for {room} "
                + "(FaceGrid:Grid:CamerasMax). Turn one off, or start another node.");
        }
    }

    private void Begin()
    {
        (_problem, _changing) = (null, false);
        if (row.State.Settings is not { Enabled: true } settings)
        {
            return;
        }

        if (!places.HasRoom(_camera, silo.SiloAddress))
        {
            _problem = $"This node runs as many cameras as it has room for ({options.Value.CamerasMax}, "
                + "FaceGrid:Grid:CamerasMax); this one waits.";
            return;
        }

        try
        {
            IFrameSource? source = settings.Source.Kind == CameraSourceKind.Push
                ? null
                : sources.Open(settings.Source, settings.FramesPerSecond, settings.WidthMax);
            _run = new CameraRun(_camera, settings, source, visits.State.Visits, tools, logger);
            _run.Start();
        }
        catch (FaceGridException refused)
        {
            _problem = refused.Message; // An address that was allowed once and is not any more.
        }
    }

    private async Task RestartAsync()
    {
        await StopAsync(forGood: false);
        Begin();
    }

    /// <summary>Ends the run, if there is one. For good: visits that other runs left open end, too.</summary>
    private async Task StopAsync(bool forGood)
    {
        _changing = true; // Until the next run begins frames are dropped.
        if (_run is { } run)
        {
            _run = null;
            await run.StopAsync(forGood);
            visits.State = new CameraVisitsState { Visits = [.. run.OpenVisits] };
        }

        if (forGood && row.State.Settings is not null)
        {
            foreach (Sighting open in await tools.Log.PresentAsync(_camera, CancellationToken.None))
            {
                Sighting ended = open with { Status = SightingStatus.Ended, Revision = open.Revision + 1 };
                await tools.Log.RecordAsync(ended, picture: null, CancellationToken.None);
            }
        }
    }

    /// <summary>Counts a camera that is on and sees nothing, for the metrics.</summary>
    private void CountBlind(bool isBlind)
    {
        if (isBlind != _isBlind)
        {
            CameraMetrics.AddBlindCamera(isBlind ? 1 : -1);
            _isBlind = isBlind;
        }
    }

    /// <summary>Writes the open visits where they have changed.</summary>
    private async Task RememberAsync(CancellationToken cancellationToken)
    {
        CountBlind(row.State.Settings is { Enabled: true } && _run?.IsBlind != false);
        if (_run is { } run && (_doubtful || !IsRemembered(run.OpenVisits)))
        {
            visits.State = new CameraVisitsState { Visits = [.. run.OpenVisits] };
            await WriteVisitsAsync(cancellationToken);
        }
    }

    private async Task WriteVisitsAsync(CancellationToken cancellationToken)
    {
        if (row.State.Settings is null || !tools.SiloLease.IsValid)
        {
            return;
        }

        try
        {
            if (_doubtful)
            {
                // A write whose answer was lost may have been carried out: its version is needed.
                CameraVisitsState newest = visits.State;
                await visits.ReadStateAsync(cancellationToken);
                visits.State = newest;
            }

            _doubtful = true;
            await visits.WriteStateAsync(cancellationToken);
            _doubtful = false;
        }
        catch (Exception failure)
        {
            // Nothing waits for the write, and its failure must stop neither the timer nor a camera that leaves.
            LogNotRemembered(logger, _camera, failure);
        }
    }

    private bool IsRemembered(IReadOnlyList<OpenVisit> open) =>
        open.Count == visits.State.Visits.Count
        && open.Zip(visits.State.Visits).All(static pair => (pair.First.Id, pair.First.LastSeen) == (pair.Second.Id, pair.Second.LastSeen));

    [LoggerMessage(1, LogLevel.Warning, "The open visits of camera {Camera} could not be written; trying again")]
    private static partial void LogNotRemembered(ILogger logger, string camera, Exception cause);
}
