using System.Net;
using System.Net.Http.Headers;

namespace FaceGrid.Cameras.Sources;

/// <summary>Fetches a picture again and again, at the rate asked for or as fast as the camera answers, one request at a time. A picture that has not changed is not fetched again where the camera can tell.</summary>
internal sealed class SnapshotReader(CameraHttp http, double framesPerSecond, int frameBytesMax, TimeProvider time) : IFrameReader
{
    /// <inheritdoc/>
    public async Task ReadAsync(FrameSink sink, CancellationToken cancellationToken)
    {
        using HttpClient client = http.Open();
        client.MaxResponseContentBufferSize = frameBytesMax;
        EntityTagHeaderValue? tag = null;
        DateTimeOffset? changed = null;
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1 / framesPerSecond), time); // A tick that finds a request in flight is waited for no longer than the request.
        do
        {
            using HttpResponseMessage answer = await http.GetAsync(client, request => Ask(request, tag, changed), cancellationToken);
            if (answer.StatusCode == HttpStatusCode.NotModified)
            {
                sink.Alive();
                continue;
            }

            byte[] picture = await ReadPictureAsync(answer, cancellationToken);
            (tag, changed) = (answer.Headers.ETag, answer.Content.Headers.LastModified);
            sink.Take(picture);
        }
        while (await timer.WaitForNextTickAsync(cancellationToken));
    }

    private static void Ask(HttpRequestMessage request, EntityTagHeaderValue? tag, DateTimeOffset? changed)
    {
        if (tag is not null)
        {
            request.Headers.IfNoneMatch.Add(tag);
        }

        request.Headers.IfModifiedSince = changed;
    }

    private async Task<byte[]> ReadPictureAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        string type = CameraHttp.TypeOf(answer);
        if (type.StartsWith("multipart/", StringComparison.Ordinal))
        {
            throw new SourceFailure("The address gives a stream of pictures, not one: its kind is mjpeg.");
        }

        byte[] picture;
        try
        {
            await answer.Content.LoadIntoBufferAsync(frameBytesMax, cancellationToken);
            picture = await answer.Content.ReadAsByteArrayAsync(cancellationToken);
        }
        catch (HttpRequestException failure) when (failure.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded)
        {
            throw new SourceFailure($"The picture is larger than {frameBytesMax >> 10} KiB (FaceGrid:CameraSources:FrameBytesMax).");
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException && !cancellationToken.IsCancellationRequested)
        {
            throw new SourceFailure("The connection broke in the middle of a picture.");
        }

        // Cameras give types that do not fit, so JPEGs are known by their bytes. Whether others are whole is found when they are decoded.
        return picture is [0xFF, 0xD8, ..] ? Whole(picture) ? picture : throw new SourceFailure("The picture is no whole JPEG.")
            : type.StartsWith("image/", StringComparison.Ordinal) && picture.Length > 0 ? picture
            : throw new SourceFailure($"The address gives {(type.Length > 0 ? type : "something without a type")}, not a picture.");
    }

    private bool Whole(byte[] picture)
    {
        var splitter = new JpegSplitter(frameBytesMax);
        for (int at = 0; at < picture.Length;)
        {
            Memory<byte> free = splitter.Free();
            int count = Math.Min(free.Length, picture.Length - at);
            picture.AsMemory(at, count).CopyTo(free);
            splitter.Filled(count);
            at += count;
            if (splitter.TryTake(out _))
            {
                return true;
            }
        }

        return false;
    }
}
