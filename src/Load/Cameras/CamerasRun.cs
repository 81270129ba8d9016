using System.Globalization;
using System.Text.Json;
using FaceGrid.Client;
using FaceGrid.Load.Requests;

namespace FaceGrid.Load.Cameras;

/// <summary>
/// A measurement of cameras from beginning to end. It makes the cameras, shows them frames, listens to events, reads the cameras' status
/// and removes the cameras.
/// </summary>
/// <param name="gallery">The gallery whose people the cameras know, and the way to the grid.</param>
/// <param name="plan">What was asked for.</param>
/// <param name="frames">The frames to push; empty where cameras fetch their frames.</param>
/// <param name="log">Receives progress messages.</param>
internal sealed class CamerasRun(GalleryClient gallery, CamerasPlan plan, byte[][] frames, IWorkLog log)
{
    private const string Prefix = "bench-";
    private const double VisitGapSeconds = 2;

    private static readonly string[] Stages = ["wait", "decode", "detect", "embed", "search", "other"];
    private static readonly TimeSpan SamplePause = TimeSpan.FromSeconds(10);

    private readonly string[] _cameras =
    [
        .. Enumerable.Range(0, plan.Cameras).Select(number => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{number:0000}")),
    ];
    private readonly LatencyHistogram _latencies = new();
    private readonly TimeProvider _clock = gallery.Cluster.Clock;
    private volatile bool _measuring;
    private long _sent, _notSent, _refused, _begun, _ended;

    /// <summary>Runs.</summary>
    /// <param name="cancellationToken">Ends the run. The cameras are removed in this case, too.</param>
    /// <returns>The report.</returns>
    public async Task<CamerasReport> RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await Task.WhenAll(
                _cameras.Select(
                    camera => gallery.Cluster.SendJsonAsync(HttpMethod.Put, ClusterPaths.Camera(camera), Settings(), cancellationToken)));
            using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            Task listening = ListenAsync(over.Token);
            Task[] pushing = frames.Length > 0 ? [.. _cameras.Select((camera, number) => PushAsync(camera, number, over.Token))] : [];
            try
            {
                await Task.Delay(plan.Warmup, _clock, cancellationToken);
                return await MeasureAsync(cancellationToken);
            }
            finally
            {
                await over.CancelAsync();
                await Task.WhenAll([listening, .. pushing]).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
        finally
        {
            await RemoveAsync();
        }
    }

    private CameraWrite Settings() => new(
        Enabled: true,
        Source: new CameraSourceWrite(
            plan.Address is null ? "push" : CameraSourceWrite.KindOf(plan.Address), plan.Address, UserName: null, Password: null),
        FramesPerSecond: plan.FramesPerSecond,
        Galleries: [gallery.Id],
        VisitGapSeconds: VisitGapSeconds);

    private async Task<CamerasReport> MeasureAsync(CancellationToken cancellationToken)
    {
        CameraSums before = await SumAsync(cancellationToken);
        NodeMetrics node = await NodeMetrics.ReadAsync(gallery.Cluster, cancellationToken);
        List<MemorySample> memory = [new(0, node.WorkingSetBytes)];
        double processorBefore = node.ProcessorSeconds;
        long start = _clock.GetTimestamp();
        _measuring = true;
        while (_clock.GetElapsedTime(start) is var elapsed && elapsed < plan.Duration)
        {
            TimeSpan left = plan.Duration - elapsed;
            await Task.Delay(left < SamplePause ? left : SamplePause, _clock, cancellationToken);
            node = await NodeMetrics.ReadAsync(gallery.Cluster, cancellationToken);
            memory.Add(new MemorySample(_clock.GetElapsedTime(start).TotalSeconds, node.WorkingSetBytes));
            log.Note(
                $"{memory[^1].AtSeconds:0} s: {Interlocked.Read(ref _sent)} frames sent, {Interlocked.Read(ref _begun)} visits, "
                    + $"{node.WorkingSetBytes >> 20} MiB");
        }

        _measuring = false;
        double seconds = _clock.GetElapsedTime(start).TotalSeconds;
        CameraSums sums = (await SumAsync(cancellationToken)).Minus(before);
        lock (_latencies)
        {
            return new CamerasReport(
                plan.Cameras,
                plan.FramesPerSecond,
                seconds,
                frames.Length > 0 ? _sent : null,
                _notSent,
                _refused,
                sums.Processed,
                sums.Dropped,
                sums.Unusable,
                _begun,
                _ended,
                LoadLatency.Of(_latencies),
                StagesOf(sums),
                node.ProcessorSeconds - processorBefore,
                memory);
        }
    }

    /// <summary>
    /// Shows a camera the clip again and again. A frame is not sent when it becomes due while the frame before it is still in flight,
    /// because a camera has no queue.
    /// </summary>
    private async Task PushAsync(string camera, int number, CancellationToken cancellationToken)
    {
        using ClusterClient client = gallery.Cluster.WithPatience(TimeSpan.Zero);
        var period = TimeSpan.FromSeconds(1 / plan.FramesPerSecond);
        long start = _clock.GetTimestamp();
        int first = frames.Length * number / plan.Cameras; // Each camera begins at another frame.
        TimeSpan phase = period * number / plan.Cameras;
        for (long frame = 0; ; frame++)
        {
            TimeSpan wait = (period * frame) + phase - _clock.GetElapsedTime(start);
            if (wait > TimeSpan.Zero)
            {
                await Task.Delay(wait, _clock, cancellationToken);
            }
            else if (-wait > period)
            {
                Count(ref _notSent);
                continue;
            }

            string at = Uri.EscapeDataString(_clock.GetUtcNow().ToString("O", CultureInfo.InvariantCulture));
            try
            {
                await client.PostPictureAsync(
                    $"{ClusterPaths.Camera(camera)}/frames?at={at}",
                    new Picture(frames[(first + frame) % frames.Length], "image/jpeg"),
                    cancellationToken);
                Count(ref _sent);
            }
            catch (ClusterProblemException)
            {
                Count(ref _refused);
            }
        }
    }

    private async Task ListenAsync(CancellationToken cancellationToken)
    {
        EventReader reader = new(gallery.Cluster);
        await foreach (GridEvent told in reader.ListenAsync("v1/events", after: null, cancellationToken))
        {
            if (!_measuring || told.Data.Text("camera")?.StartsWith(Prefix, StringComparison.Ordinal) != true)
            {
                continue;
            }

            _begun += told.Kind == "begun" ? 1 : 0;
            _ended += told.Kind == "ended" ? 1 : 0;
            string? lastSeen = told.Kind == "begun" ? told.Data.Text("lastSeen") : null;
            if (DateTimeOffset.TryParse(
                lastSeen, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset taken))
            {
                lock (_latencies)
                {
                    _latencies.Add(_clock.GetUtcNow() - taken);
                }
            }
        }
    }

    private void Count(ref long counter)
    {
        if (_measuring)
        {
            Interlocked.Increment(ref counter);
        }
    }

    private async Task<CameraSums> SumAsync(CancellationToken cancellationToken)
    {
        JsonElement?[] statuses = await Task.WhenAll(
            _cameras.Select(
                async camera => (await gallery.Cluster.GetAsync(ClusterPaths.Camera(camera), cancellationToken)).Body.Member("status")));
        double Sum(string part, string name) => statuses.Sum(status => status?.Member(part)?.Number(name) ?? 0);
        return new CameraSums(
            (long)Sum("frames", "processed"),
            (long)Sum("frames", "dropped"),
            (long)Sum("frames", "unusable"),
            [.. Stages.Select(stage => Sum("seconds", stage))]);
    }

    private static StageTime[] StagesOf(CameraSums sums)
    {
        double work = sums.Seconds.Skip(1).Sum();
        return
        [
            .. Stages.Select(
                (stage, index) => new StageTime(
                    stage, 1000 * sums.Seconds[index] / Math.Max(1, sums.Processed), work > 0 ? sums.Seconds[index] / work : 0)),
        ];
    }

    private async Task RemoveAsync()
    {
        if (plan.Keep)
        {
            return;
        }

        foreach (string camera in _cameras)
        {
            try
            {
                await gallery.Cluster.DeleteAsync(ClusterPaths.Camera(camera), CancellationToken.None);
            }
            catch (ClusterProblemException problem)
            {
                log.Note($"{camera} was not removed: {problem.Message}");
                return;
            }
        }
    }

    /// <summary>Counts and seconds of all cameras together.</summary>
    private sealed record CameraSums(long Processed, long Dropped, long Unusable, double[] Seconds)
    {
        public CameraSums Minus(CameraSums other) =>
            new(
                Processed - other.Processed,
                Dropped - other.Dropped,
                Unusable - other.Unusable,
                [.. Seconds.Zip(other.Seconds, (now, then) => now - then)]);
    }
}
