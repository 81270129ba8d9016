using System.Diagnostics;
using System.Threading.Channels;
using FaceGrid.Abstractions.Cameras;
using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.Search;
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
/// A camera at work: takes frames, looks at the newest, and tells of visits. One frame is in work and one may wait; a newer one takes its place. What it sees may be asked for from any thread at any time.
/// </summary>
internal sealed partial class CameraRun : IAsyncDisposable
{
    /// <summary>How often visits are looked after while no frame comes.</summary>
    private static readonly TimeSpan IdlePeriod = TimeSpan.FromSeconds(1);

    /// <summary>How long a run that is stopped waits for the log.</summary>
    private static readonly TimeSpan FlushFor = TimeSpan.FromSeconds(2);

    /// <summary>How often those who are named are looked for among the enrolled: for so long after a deletion, and no longer, a view may still name somebody.</summary>
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
    private readonly CameraClock _clock;
    private readonly FramePacer _pacer;
    private readonly Lock _gate = new();
    private readonly Channel<OfferedFrame> _newest;
    private readonly CancellationTokenSource _stopping = new();
    private readonly IFrameSource? _source;
    private readonly DateTimeOffset _since;
    private readonly TimeSpan _visitGap;
    private Task _watching = Task.CompletedTask;
    private long _tellingOf;
    private TimeSpan _lookedAt;
    private int _stopped;
    private volatile CameraView _view;
    private volatile CameraPicture? _picture;
    private volatile OpenVisit[] _open = [];
    private volatile Identity[] _named = [];
    private readonly Lock _showing = new();
    private readonly HashSet<Identity> _gone = []; // Not to be shown, and not yet forgotten.
    private volatile string? _problem;

    /// <summary>Makes a run; it does nothing before <see cref="Start"/>.</summary>
    /// <param name="camera">Camera id.</param>
    /// <param name="settings">Its settings.</param>
    /// <param name="source">Where frames come from, or null where they are pushed.</param>
    /// <param name="remembered">What the camera's row remembers of its open visits.</param>
    /// <param name="tools">What it works with.</param>
    /// <param name="logger">Log.</param>
    public CameraRun(string camera, CameraSettings settings, IFrameSource? source, IReadOnlyList<OpenVisit> remembered, CameraTools tools, ILogger logger)
    {
        (_camera, _source, _remembered, _tools, _logger) = (camera, source, remembered, tools, logger);
        _since = tools.Time.GetUtcNow();
        _visitGap = settings.VisitGap;
        _clock = new CameraClock(tools.Time);
        _pacer = new FramePacer(settings.FramesPerSecond);
        _outbox = new Outbox(tools.Log, tools.SiloLease, tools.Time, logger);
        _look = new FrameLook(settings, tools, logger);
        _book = new VisitBook(camera, settings.VisitGap, (sighting, picture) => _outbox.Add(sighting, picture, _tellingOf));
        _view = new CameraView(camera, null, 0, 0, []);
        _newest = Channel.CreateBounded<OfferedFrame>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true }, Displaced);
    }

    /// <summary>What is seen.</summary>
    public CameraView View => _view;

    /// <summary>Whether it sees nothing: its source does not deliver, or something keeps it from looking at frames.</summary>
    public bool IsBlind => _problem is not null || _source is { Health.Connected: false };

    /// <summary>The newest frame that was looked at, or null.</summary>
    public CameraPicture? Picture => _picture;

    /// <summary>The open visits, for the camera's row.</summary>
    public IReadOnlyList<OpenVisit> OpenVisits => _open;

    /// <summary>Begins.</summary>
    public void Start() => _watching = Task.Run(WatchAsync);

    /// <summary>Takes a frame.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="date">When it was taken, where its sender says; else null.</param>
    /// <param name="waiter">Who waits for what is seen, or null.</param>
    /// <returns>False when it is not due.</returns>
    public bool Offer(Frame frame, DateTimeOffset? date, TaskCompletionSource<CameraView?>? waiter)
    {
        long arrivedAt = _tools.Time.GetTimestamp();
        lock (_gate)
        {
            TimeSpan at = _clock.Move(arrivedAt, date);
            if (_pacer.IsDue(at) || waiter is not null)
            {
                // After the end nobody reads; the frame is dropped like any other.
                if (!_newest.Writer.TryWrite(new OfferedFrame(frame, at, arrivedAt, waiter)))
                {
                    waiter?.TrySetResult(null);
                }

                return true;
            }
        }

        _counts.Drop();
        return false;
    }

    /// <summary>How it is doing.</summary>
    /// <param name="node">The node.</param>
    public CameraStatus Status(string node) => new(
        Running: true, _problem, node, _since, _source?.Health, _counts.Processed, _counts.Dropped, _counts.Unusable, _view.At, _view.Tracks.Length, _outbox.Told, _outbox.Waiting, _outbox.Lost, _counts.Seconds);

    /// <summary>Ends the run.</summary>
    /// <param name="forGood">True when nobody goes on with the camera: its visits end. False when a new run does, here or elsewhere.</param>
    public async Task StopAsync(bool forGood)
    {
        if (Interlocked.Exchange(ref _stopped, 1) != 0)
        {
            return;
        }

        await _stopping.CancelAsync();
        await _watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _newest.Writer.TryComplete();
        while (_newest.Reader.TryRead(out OfferedFrame? left))
        {
            Displaced(left);
        }

        if (forGood)
        {
            _tellingOf = _tools.Time.GetTimestamp();
            _book.EndAll();
        }

        await _outbox.FlushAsync(FlushFor);
        await _outbox.DisposeAsync();
        _stopping.Dispose();
        _open = Remember();
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => new(StopAsync(forGood: false));

    private void Displaced(OfferedFrame frame)
    {
        _counts.Drop();
        frame.Waiter?.TrySetResult(null);
    }

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

    /// <summary>Takes names back of people who are not enrolled any more. Beside the frames: a database that hangs must not hold those up.</summary>
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
                    lock (_showing)
                    {
                        _gone.UnionWith(gone);
                        Show(_view, _picture);
                    }
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
        OfferedFrame? frame = await NextAsync(stopping);
        _tellingOf = frame?.ArrivedAt ?? _tools.Time.GetTimestamp();
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
            // Should not happen. The next frame may be another matter; a camera that stands still would be noticed by nobody.
            _problem = "A frame could not be looked at because of an error; the log has it.";
            LogFailed(_logger, _camera, failure);
            await Task.Delay(FailurePause, _tools.Time, stopping);
        }
    }

    /// <summary>Goes on with the visits that were open. Nothing is looked at before they are known: they would be doubled.</summary>
    private async Task ResumeAsync(CancellationToken stopping)
    {
        while (true)
        {
            try
            {
                IReadOnlyList<Sighting> present = await _tools.Log.PresentAsync(_camera, stopping);
                _book.Resume(present, _remembered, _clock.Now);
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

    private async Task<OfferedFrame?> NextAsync(CancellationToken stopping)
    {
        using var idle = new CancellationTokenSource(IdlePeriod, _tools.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(idle.Token, stopping);
        try
        {
            return await _newest.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            return null;
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
            lock (_showing)
            {
                var view = new CameraView(_camera, frame.Frame.TakenAt, analysis.Width, analysis.Height, Array.ConvertAll(faces, ViewOf));
                Show(view, new CameraPicture(frame.Frame.Picture.ToArray(), frame.Frame.TakenAt, view));
            }

            _lookedAt = frame.At;
            Count(analysis.Times, searching, Stopwatch.GetElapsedTime(start));
            frame.Waiter?.TrySetResult(_view);
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

    /// <summary>Faces that left undecided, visits whose time is over, and what was seen too long ago: whoever is in it may have been erased since.</summary>
    private async Task TidyAsync(CancellationToken stopping)
    {
        TimeSpan now;
        lock (_gate)
        {
            now = _clock.Now;
        }

        _book.See(await _look.CloseAsync(now, stopping));
        _book.EndDue(now);
        _open = Remember();
        _named = [.. _look.Named.Concat(_book.Open.Select(visit => visit.Who)).Where(who => who.IsSomebody).Distinct()];
        lock (_showing)
        {
            if (_picture is not null && now - _lookedAt > _visitGap)
            {
                Show(_view with { Tracks = [] }, picture: null);
            }
        }
    }

    /// <summary>Faces that were taken for somebody who is gone are somebody new from now on.</summary>
    private void ForgetTheGone()
    {
        HashSet<Identity> gone;
        lock (_showing)
        {
            gone = [.. _gone];
            _gone.Clear();
        }

        if (gone.Count > 0)
        {
            _look.Forget(gone);
            _book.EndOf(gone);
        }
    }

    /// <summary>Shows a view without the names of those who are gone. Under the lock.</summary>
    private void Show(CameraView view, CameraPicture? picture)
    {
        _view = _gone.Count == 0 ? view : view with { Tracks = Array.ConvertAll(view.Tracks, Nameless) };
        _picture = picture is null ? null : picture with { View = _view };
    }

    private SeenFace Nameless(SeenFace face) => face is { Gallery: { } gallery, Person: { } person } && _gone.Any(who => who.Gallery == gallery && who.Person == person)
        ? face with { Decision = Decisions.Undecided, Gallery = null, Person = null, Distance = null, Confidence = 0, Visit = null }
        : face;

    private OpenVisit[] Remember() => [.. _book.Open.Select(visit => new OpenVisit(visit.Id, visit.LastSeen, visit.Frames, [visit.Box.X, visit.Box.Y, visit.Box.Width, visit.Box.Height]))];

    private void Count(PictureTimes times, TimeSpan searching, TimeSpan all)
    {
        TimeSpan known = times.Wait + times.Decode + times.Detect + times.Embed + searching;
        _counts.Looked(new CameraSeconds(
            times.Wait.TotalSeconds, times.Decode.TotalSeconds, times.Detect.TotalSeconds, times.Embed.TotalSeconds, searching.TotalSeconds, Math.Max(0, (all - known).TotalSeconds)));
    }

    private static SeenFace ViewOf(Follower face)
    {
        FaceBox box = face.Track.Box;
        Identity? who = face.Who;
        float? distance = who?.Kind switch
        {
            IdentityKind.Person => face.Ballot.Best?.Distance,
            IdentityKind.Visitor => face.VisitorDistance,
            _ => null,
        };
        return new SeenFace(
            face.Track.Id, box.X, box.Y, box.Width, box.Height, who?.Decision ?? Decisions.Undecided, who?.Gallery, who?.Person, distance, who is null ? 0 : face.Ballot.Confidence, face.Since, who is null ? null : face.Visit?.Id);
    }

    [LoggerMessage(1, LogLevel.Error, "Camera {Camera} could not look at a frame")]
    private static partial void LogFailed(ILogger logger, string camera, Exception cause);

    [LoggerMessage(3, LogLevel.Debug, "Camera {Camera} could not see whether those it names are still enrolled; trying again")]
    private static partial void LogNotNoticed(ILogger logger, string camera, Exception cause);

    [LoggerMessage(2, LogLevel.Error, "Camera {Camera} could not read which visits are open; trying again")]
    private static partial void LogNotResumed(ILogger logger, string camera, Exception cause);
}
