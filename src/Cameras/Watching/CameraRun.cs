using System.Diagnostics;
using FaceGrid.Abstractions.Cameras;
using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.Sightings;
using FaceGrid.Cameras.Recognition;
using FaceGrid.Cameras.Sources;
using FaceGrid.Cameras.State;
using FaceGrid.Cameras.Visits;
using FaceGrid.Grains.Embedding;
using FaceGrid.Vision;
using Microsoft.Extensions.Logging;

namespace FaceGrid.Cameras.Watching;

/// <summary>
/// A camera at work: takes frames, looks at the newest, and reports visits. One frame is in work and one may wait; a newer one takes its
/// place. What it sees may be asked for from any thread at any time.
/// </summary>
internal sealed partial class CameraRun : IAsyncDisposable
{
    /// <summary>How long a run that is stopped waits for the log.</summary>
    private static readonly TimeSpan FlushFor = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How often the people who are named are looked for among the enrolled. A view may name a deleted person for so long, and no longer.
    /// </summary>
    private static readonly TimeSpan NoticePeriod = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan ResumePause = TimeSpan.FromSeconds(1), FailurePause = TimeSpan.FromSeconds(1);

    private readonly string _camera;
    private readonly CameraTools _tools;
    private readonly ILogger _logger;
    private readonly IReadOnlyList<OpenVisit> _remembered;
    private readonly FrameLook _look;
    private readonly VisitBook _book;
    private readonly Outbox _outbox;
    private readonly CameraCounts _counts = new();
    private readonly FrameIntake _intake;
    private readonly CancellationTokenSource _stopping = new();
    private readonly IFrameSource? _source;
    private readonly DateTimeOffset _since;
    private readonly TimeSpan _visitGap;
    private Task _watching = Task.CompletedTask;
    private readonly CameraScreen _screen;
    private long _seenAt; // When the frame came that visits are reported for.
    private TimeSpan _lookedAt;
    private int _stopped;
    private volatile OpenVisit[] _open = [];
    private volatile Identity[] _named = [];
    private volatile string? _problem;

    /// <summary>Makes a run; it does nothing before <see cref="Start"/>.</summary>
    /// <param name="camera">Camera id.</param>
    /// <param name="settings">Its settings.</param>
    /// <param name="source">Where frames come from, or null where they are pushed.</param>
    /// <param name="remembered">What the camera's row remembers of its open visits.</param>
    /// <param name="tools">What it works with.</param>
    /// <param name="logger">Log.</param>
    public CameraRun(
        string camera,
        CameraSettings settings,
        IFrameSource? source,
        IReadOnlyList<OpenVisit> remembered,
        CameraTools tools,
        ILogger logger)
    {
        (_camera, _source, _remembered, _tools, _logger) = (camera, source, remembered, tools, logger);
        _since = tools.Time.GetUtcNow();
        _visitGap = settings.VisitGap;
        _intake = new FrameIntake(settings.FramesPerSecond, _counts, tools.Time);
        _outbox = new Outbox(tools.Log, tools.SiloLease, tools.Time, logger);
        _look = new FrameLook(settings, tools, logger);
        _book = new VisitBook(camera, settings.VisitGap, (sighting, picture) => _outbox.Add(sighting, picture, _seenAt));
        _screen = new CameraScreen(camera);
    }

    /// <summary>What is seen.</summary>
    public CameraView View => _screen.View;

    /// <summary>Whether it sees nothing: its source does not deliver, or something keeps it from looking at frames.</summary>
    public bool IsBlind => _problem is not null || _source is { Health.Connected: false };

    /// <summary>The newest frame that was looked at, or null.</summary>
    public CameraPicture? Picture => _screen.Picture;

    /// <summary>The open visits, for the camera's row.</summary>
    public IReadOnlyList<OpenVisit> OpenVisits => _open;

    /// <summary>Begins.</summary>
    public void Start() => _watching = Task.Run(WatchAsync);

    /// <inheritdoc cref="FrameIntake.Offer"/>
    public bool Offer(Frame frame, DateTimeOffset? date, TaskCompletionSource<CameraView?>? waiter) => _intake.Offer(frame, date, waiter);

    /// <summary>How it is doing.</summary>
    /// <param name="node">The node.</param>
    public CameraStatus Status(string node)
    {
        CameraView view = _screen.View;
        return new CameraStatus(
            Running: true,
            _problem,
            node,
            _since,
            _source?.Health,
            _counts.Processed,
            _counts.Dropped,
            _counts.Unusable,
            view.At,
            view.Tracks.Length,
            _outbox.Published,
            _outbox.Waiting,
            _outbox.Lost,
            _counts.Seconds);
    }

    /// <summary>Ends the run.</summary>
    /// <param name="forGood">True when no run follows: the visits end. False when a new run goes on with them, here or elsewhere.</param>
    public async Task StopAsync(bool forGood)
    {
        if (Interlocked.Exchange(ref _stopped, 1) != 0)
        {
            return;
        }

        await _stopping.CancelAsync();
        await _watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _intake.Close();
        if (forGood)
        {
            _seenAt = _tools.Time.GetTimestamp();
            _book.EndAll();
        }

        await _outbox.FlushAsync(FlushFor);
        await _outbox.DisposeAsync();
        _stopping.Dispose();
        _open = Remember();
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => new(StopAsync(forGood: false));

    private async Task WatchAsync()
    {
        CancellationToken stopping = _stopping.Token;
        Task noticing = NoticeAsync(stopping);
        Task fetching = _source is null ? Task.CompletedTask : _source.RunAsync(frame => Offer(frame, date: null, waiter: null), stopping);
        try
        {
            await ResumeAsync(stopping);
            while (!stopping.IsCancellationRequested)
            {
                await StepAsync(stopping);
            }
        }
        finally
        {
            await fetching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await noticing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>
    /// Takes names back of people who are not enrolled any more. It runs beside the frames: a database that hangs must not hold those up.
    /// </summary>
    private async Task NoticeAsync(CancellationToken stopping)
    {
        while (true)
        {
            await Task.Delay(NoticePeriod, _tools.Time, stopping);
            try
            {
                Identity[] gone = await _tools.People.GoneAsync(_named, stopping);
                if (gone.Length > 0)
                {
                    _screen.Hide(gone);
                }
            }
            catch (Exception failure) when (!stopping.IsCancellationRequested)
            {
                LogNotNoticed(_logger, _camera, failure); // While the database is away nobody can be deleted either.
            }
        }
    }

    private async Task StepAsync(CancellationToken stopping)
    {
        OfferedFrame? frame = await _intake.NextAsync(stopping);
        _seenAt = frame?.ArrivedAt ?? _tools.Time.GetTimestamp();
        try
        {
            ForgetTheGone();
            if (frame is not null)
            {
                await LookAtAsync(frame, stopping);
            }

            await TidyAsync(stopping);
        }
        catch (Exception failure) when (!stopping.IsCancellationRequested)
        {
            // Should not happen. The next frame may be fine, and nobody would notice a camera that stands still.
            _problem = "A frame could not be looked at because of an error; the log has it.";
            LogFailed(_logger, _camera, failure);
            await Task.Delay(FailurePause, _tools.Time, stopping);
        }
    }

    /// <summary>Goes on with the visits that were open. No frame is looked at before they are known: they would be doubled.</summary>
    private async Task ResumeAsync(CancellationToken stopping)
    {
        while (true)
        {
            try
            {
                IReadOnlyList<Sighting> present = await _tools.Log.PresentAsync(_camera, stopping);
                _book.Resume(present, _remembered, _intake.Now);
                _problem = null;
                return;
            }
            catch (Exception failure) when (TransientFailures.Includes(failure, stopping))
            {
                _problem = "The database does not say which visits are open; the camera waits for it.";
            }
            catch (Exception failure) when (!stopping.IsCancellationRequested)
            {
                // Should not happen. A camera that gave up here would look like one that runs and sees nothing.
                _problem = "The open visits could not be read because of an error; the log has it.";
                LogNotResumed(_logger, _camera, failure);
            }

            await Task.Delay(ResumePause, _tools.Time, stopping);
        }
    }

    private async Task LookAtAsync(OfferedFrame frame, CancellationToken stopping)
    {
        long start = Stopwatch.GetTimestamp();
        try
        {
            (PictureAnalysis analysis, Follower[]? faces, TimeSpan searching) = await _look.LookAsync(frame, stopping);
            _problem = _look.Problem;
            if (faces is null)
            {
                Refuse(frame, analysis);
                return;
            }

            _book.See([.. faces.Where(FrameLook.IsReady)]);
            _screen.Show(frame.Frame, analysis.Width, analysis.Height, faces);
            _lookedAt = frame.At;
            Count(analysis.Times, searching, Stopwatch.GetElapsedTime(start));
            frame.Waiter?.TrySetResult(_screen.View);
        }
        catch (Exception failure) when (frame.Waiter is not null)
        {
            if (failure is OperationCanceledException)
            {
                frame.Waiter.TrySetResult(null);
            }
            else
            {
                frame.Waiter.TrySetException(failure);
            }

            throw;
        }
    }

    private void Refuse(OfferedFrame frame, PictureAnalysis analysis)
    {
        if (analysis.Status == PictureStatus.Busy)
        {
            _counts.Drop();
        }
        else
        {
            _counts.Refuse();
            _problem = "The last frame could not be read: " + analysis.Detail;
        }

        frame.Waiter?.TrySetException(PictureProblems.Of(analysis));
    }

    /// <summary>Ends what is over: faces that left undecided, visits, and a picture that was seen too long ago.</summary>
    private async Task TidyAsync(CancellationToken stopping)
    {
        TimeSpan now = _intake.Now;
        _book.See(await _look.CloseAsync(now, stopping));
        _book.EndDue(now);
        _open = Remember();
        _named = [.. _look.Named.Concat(_book.Open.Select(visit => visit.Who)).Where(who => who.IsSomebody).Distinct()];
        if (_screen.Picture is not null && now - _lookedAt > _visitGap)
        {
            _screen.Clear();
        }
    }

    /// <summary>A face that was taken for a person who is gone is a new face from now on.</summary>
    private void ForgetTheGone()
    {
        HashSet<Identity> gone = _screen.TakeGone();
        if (gone.Count > 0)
        {
            _look.Forget(gone);
            _book.EndOf(gone);
        }
    }

    private OpenVisit[] Remember() => [.. _book.Open.Select(visit => new OpenVisit(
        visit.Id, visit.LastSeen, visit.Frames, [visit.Box.X, visit.Box.Y, visit.Box.Width, visit.Box.Height]))];

    private void Count(PictureTimes times, TimeSpan searching, TimeSpan all)
    {
        TimeSpan known = times.Wait + times.Decode + times.Detect + times.Embed + searching;
        _counts.Looked(new CameraSeconds(
            times.Wait.TotalSeconds,
            times.Decode.TotalSeconds,
            times.Detect.TotalSeconds,
            times.Embed.TotalSeconds,
            searching.TotalSeconds,
            Math.Max(0, (all - known).TotalSeconds)));
    }

    [LoggerMessage(1, LogLevel.Error, "Camera {Camera} could not look at a frame")]
    private static partial void LogFailed(ILogger logger, string camera, Exception cause);

    [LoggerMessage(3, LogLevel.Debug, "Camera {Camera} could not check whether the people it names are still enrolled; trying again")]
    private static partial void LogNotNoticed(ILogger logger, string camera, Exception cause);

    [LoggerMessage(2, LogLevel.Error, "Camera {Camera} could not read which visits are open; trying again")]
    private static partial void LogNotResumed(ILogger logger, string camera, Exception cause);
}
