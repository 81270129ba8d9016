namespace FaceGrid.Cameras.Sources;

/// <summary>Reads a multipart HTTP answer of JPEGs that never ends.</summary>
internal sealed class MjpegReader(CameraHttp http, int frameBytesMax) : IFrameReader
{
    /// <inheritdoc/>
    public async Task ReadAsync(FrameSink sink, CancellationToken cancellationToken)
    {
        using HttpClient client = http.Open();
        using HttpResponseMessage answer = await http.GetAsync(client, prepare: null, cancellationToken);
        string type = CameraHttp.TypeOf(answer);
        if (type.StartsWith("image/", StringComparison.Ordinal))
        {
            throw new SourceFailure($"The address gives one picture ({type}), not a stream of them: its kind is snapshot.");
        }

        if (type.StartsWith("text/", StringComparison.Ordinal) || type.StartsWith("application/json", StringComparison.Ordinal))
        {
            throw new SourceFailure($"The address gives {type}, not a stream of pictures.");
        }

        try
        {
            await using Stream stream = await answer.Content.ReadAsStreamAsync(cancellationToken);
            await JpegStream.ReadAsync(stream, frameBytesMax, sink, cancellationToken);
        }
        catch (IOException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new SourceFailure("The connection broke in the middle of the stream.");
        }
    }
}
