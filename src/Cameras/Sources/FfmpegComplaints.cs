namespace FaceGrid.Cameras.Sources;

/// <summary>Remembers the last lines that an ffmpeg has written to its standard error.</summary>
/// <param name="clean">Removes secrets and local addresses from a line.</param>
internal sealed class FfmpegComplaints(Func<string, string> clean)
{
    private const int LinesMax = 3, LineCharsMax = 200;

    private readonly Queue<string> _lines = new();

    /// <summary>The last different lines as one text, or null when it wrote none. Ask when <see cref="ReadAsync"/> has ended.</summary>
    public string? Words => _lines.Count == 0 ? null : string.Join("; ", _lines);

    /// <summary>Reads to the end, or until the stream is disposed.</summary>
    public async Task ReadAsync(StreamReader errors)
    {
        while (await errors.ReadLineAsync() is { } line)
        {
            string text = Plain(line);
            if (text.Length == 0 || _lines.Contains(text))
            {
                continue;
            }

            _lines.Enqueue(text);
            if (_lines.Count > LinesMax)
            {
                _lines.Dequeue();
            }
        }
    }

    /// <summary>A line without "[rtsp @ 0x55d3c0]", control characters, and names that are FaceGrid's own.</summary>
    private string Plain(string line)
    {
        int tag = line.StartsWith('[') ? line.IndexOf("] ", StringComparison.Ordinal) : -1;
        string text = clean(tag < 0 ? line : line[(tag + 2)..]);
        text = text.StartsWith("pipe:0: ", StringComparison.Ordinal) ? text["pipe:0: ".Length..] : text;
        text = new string([.. text.Where(static letter => !char.IsControl(letter)).Take(LineCharsMax)]).Trim();
        // It means the script; the reason follows in the next line.
        return text.StartsWith("Impossible to open", StringComparison.Ordinal) ? "" : text;
    }
}
