using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using FaceGrid.Tests.Faults.Histories;
using SkiaSharp;

namespace FaceGrid.Tests.Faults.Clusters;

/// <summary>
/// A camera that pushes frames: somebody comes, stays until the grid has written down that they are there, and goes; between visits people are enrolled and deleted, now and then while they stand there. Who was there when is recorded.
/// The dates of frames are made up, so a visit takes as long as the grid needs for it, and its end does not have to be waited for.
/// </summary>
/// <param name="calls">Calls nodes.</param>
/// <param name="history">Where it records.</param>
/// <param name="pool">Faces.</param>
/// <param name="random">Its choices.</param>
/// <param name="client">Its number.</param>
internal sealed class CameraClient(GridCalls calls, History history, FacePool pool, Random random, int client)
{
    private const int People = 3;

    /// <summary>Votes are decided after four.</summary>
    private const int FramesMin = 6;

    /// <summary>Longer than any fault keeps frames away: while none comes, the camera's clock goes on as the machine's does.</summary>
    private const int VisitGapSeconds = 300;

    /// <summary>How long somebody stays whom the grid does not write down.</summary>
    private static readonly TimeSpan ShowMax = TimeSpan.FromSeconds(45);

    /// <summary>How long a frame that was not answered may be on its way: longer than any fault holds it up. Until then the same person stays, so that it shows nobody who has gone.</summary>
    private static readonly TimeSpan LateMax = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan FrameStep = TimeSpan.FromMilliseconds(250), PauseMax = TimeSpan.FromMilliseconds(400);
    private static readonly byte[] Nobody = Dark();

    private readonly string _camera = string.Create(CultureInfo.InvariantCulture, $"camera-{client}");
    private readonly PicturePeople _people = new(calls, history, pool, People);
    private DateTimeOffset _date = DateTimeOffset.UnixEpoch.AddYears(56);

    /// <summary>Makes the camera and shows it people, until told to stop; then the last one goes.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        object settings = new { galleries = new[] { "faces" }, quality = "off", framesPerSecond = 60, visitGapSeconds = VisitGapSeconds };
        await UntilTakenAsync(node => calls.SendAsync(node, HttpMethod.Put, $"/v1/cameras/{_camera}", settings));
        while (!stop.IsCancellationRequested && _people.Any(random) is { } face)
        {
            if (random.Next(2) == 0)
            {
                await UntilTakenAsync(async node =>
                {
                    await _people.WriteAsync(node, face);
                    return (null, default);
                });
            }

            await ShowAsync(face, stop);
        }
    }

    private async Task ShowAsync(string face, CancellationToken stop)
    {
        byte[] picture = pool.PictureOf(face);
        DateTimeOffset from = _date += FrameStep;
        long start = Stopwatch.GetTimestamp();
        long? unanswered = null;
        string? told = null;
        bool isWriting = random.Next(6) == 0;
        for (int frame = 1; frame <= FramesMin || IsLate(unanswered) || (told is null && !stop.IsCancellationRequested && Stopwatch.GetElapsedTime(start) < ShowMax); frame++)
        {
            if (calls.AnyNode(random) is { } node)
            {
                (string? problem, JsonElement body) = await PushAsync(node, picture);
                unanswered = problem is null ? unanswered : Stopwatch.GetTimestamp();
                told ??= problem is null && VisitIn(body) is { } visit && (await calls.SendAsync(node, HttpMethod.Get, $"/v1/sightings/{visit}")).Problem is null ? visit : null;
                if (isWriting && frame == FramesMin / 2)
                {
                    await _people.WriteAsync(node, face);
                }
            }

            _date += FrameStep;
            await Task.Delay(PauseMax * random.NextDouble(), CancellationToken.None);
        }

        var show = new Show(_camera, face, start, Stopwatch.GetTimestamp(), from, _date, told);
        await EndAsync();
        history.Shows.Enqueue(show);
    }

    /// <summary>Shows nobody until all visits have ended and been told. Each frame is long after the one before, but a node that takes the camera over knows nothing of the one before: two frames have to be seen.</summary>
    private async Task EndAsync()
    {
        int answered = 0;
        long? unanswered = null;
        while (true)
        {
            if (calls.AnyNode(random) is { } node)
            {
                _date += TimeSpan.FromSeconds(2 * VisitGapSeconds);
                bool seen = (await PushAsync(node, Nobody)).Problem is null;
                answered += seen ? 1 : 0;
                unanswered = seen ? unanswered : Stopwatch.GetTimestamp();
                if (answered >= 2 && !IsLate(unanswered) && await HasToldAllAsync(node))
                {
                    return;
                }
            }

            await Task.Delay(PauseMax * random.NextDouble(), CancellationToken.None);
        }
    }

    private async Task<bool> HasToldAllAsync(string node)
    {
        (string? problem, JsonElement camera) = await calls.SendAsync(node, HttpMethod.Get, $"/v1/cameras/{_camera}");
        if (problem is not null || camera.GetProperty("status").GetProperty("sightings").GetProperty("waiting").GetInt32() > 0)
        {
            return false;
        }

        (problem, JsonElement body) = await calls.SendAsync(node, HttpMethod.Get, $"/v1/cameras/{_camera}/sightings?status=present");
        return problem is null && body.GetProperty("sightings").GetArrayLength() == 0;
    }

    /// <summary>Whether a frame may still be on its way.</summary>
    private static bool IsLate(long? unanswered) => unanswered is { } since && Stopwatch.GetElapsedTime(since) < LateMax;

    private Task<(string? Problem, JsonElement Body)> PushAsync(string node, byte[] picture) =>
        calls.PostPictureAsync(node, $"/v1/cameras/{_camera}/frames?wait=true&at={_date.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture)}", picture);

    private async Task UntilTakenAsync(Func<string, Task<(string? Problem, JsonElement Body)>> call)
    {
        while (calls.AnyNode(random) is not { } node || (await call(node)).Problem is not null)
        {
            await Task.Delay(PauseMax, CancellationToken.None);
        }
    }

    private static string? VisitIn(JsonElement body) =>
        body.TryGetProperty("view", out JsonElement view) && view.ValueKind == JsonValueKind.Object && view.GetProperty("tracks").EnumerateArray().FirstOrDefault() is { ValueKind: JsonValueKind.Object } track
            && track.TryGetProperty("visit", out JsonElement visit) ? visit.GetString() : null;

    private static byte[] Dark()
    {
        using var picture = new SKBitmap(250, 250);
        picture.Erase(SKColors.Black);
        using SKData jpeg = picture.Encode(SKEncodedImageFormat.Jpeg, 90);
        return jpeg.ToArray();
    }
}
