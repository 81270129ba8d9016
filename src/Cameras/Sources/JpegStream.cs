namespace FaceGrid.Cameras.Sources;

/// <summary>Reads a stream of JPEGs.</summary>
internal static class JpegStream
{
    /// <summary>Reads to the end of the stream, as fast as it comes. Of pictures that came together only the newest is handed on.</summary>
    /// <param name="stream">JPEG pictures, with anything in between.</param>
    /// <param name="frameBytesMax">Larger pictures are dropped.</param>
    /// <param name="sink">Takes the pictures.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public static async Task ReadAsync(Stream stream, int frameBytesMax, FrameSink sink, CancellationToken cancellationToken)
    {
        var splitter = new JpegSplitter(frameBytesMax);
        long tooLarge = 0, broken = 0;
        bool any = false;
        while (await stream.ReadAsync(splitter.Free(), cancellationToken) is var count and > 0)
        {
            splitter.Filled(count);
            if (HandOnNewest(splitter, sink))
            {
                (any, tooLarge, broken) = (true, splitter.TooLarge, splitter.Broken);
            }

            sink.Note = splitter.TooLarge > tooLarge
                ? $"Pictures are larger than {frameBytesMax >> 10} KiB (FaceGrid:CameraSources:FrameBytesMax)."
                : any && splitter.Broken == broken ? null
                : "The stream does not contain complete JPEG pictures.";
        }
    }

    private static bool HandOnNewest(JpegSplitter splitter, FrameSink sink)
    {
        if (!splitter.TryTake(out ReadOnlySpan<byte> newest))
        {
            return false;
        }

        while (splitter.TryTake(out ReadOnlySpan<byte> newer))
        {
            sink.Skip();
            newest = newer;
        }

        sink.Take(newest);
        return true;
    }
}
