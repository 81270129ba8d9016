using System.Net;
using System.Net.Http.Headers;

namespace FaceGrid.Cameras.Sources;

/// <summary>
/// Fetches a picture again and again, at the wanted rate or as fast as the camera answers, one request at a time. An unchanged picture is
/// not fetched again where the camera says so.
/// </summary>
internal sealed class SnapshotReader(CameraHttp http, double framesPerSecond, int frameBytesMax, TimeProvider time) : IFrameReader
{
    /// <inheritdoc/>
    public async Task ReadAsync(FrameSink sink, CancellationToken cancellationToken)
    {
        using HttpClient client = http.Open();
        client.MaxResponseContentBufferSize = frameBytesMax;
        EntityTagHeaderValue? tag = null;
        DateTimeOffset? changed = null;
        // A tick during a request is over with the request.
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1 / framesPerSecond), time);
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

        // Cameras send wrong media types, so JPEG pictures are recognised by their bytes. Whether other formats are complete shows when
        // they are decoded.
        return picture is [0xFF, 0xD8, ..] ? Whole(picture) ? picture : throw new SourceFailure("The picture is not a complete JPEG.")
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
