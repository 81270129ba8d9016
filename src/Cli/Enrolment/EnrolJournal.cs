using System.Text.Json;
using FaceGrid.Cli.Shell;
using FaceGrid.Client;

namespace FaceGrid.Cli.Enrolment;

/// <summary>
/// Remembers which pictures the grid acknowledged, so that a second run skips them. One JSON object per line; a line that a crash cut short
/// is ignored. The journal only saves work: without it, everything is sent again and the grid recognises the bytes. Safe for concurrent
/// use.
/// </summary>
internal sealed class EnrolJournal : IDisposable
{
    private readonly Lock _gate = new();
    private readonly HashSet<string> _done = new(StringComparer.Ordinal);
    private readonly string _target;
    private readonly string _root;
    private readonly StreamWriter _writer;

    private EnrolJournal(string path, string target)
    {
        Path = path;
        _target = target;
        _root = System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!;
        if (File.Exists(path))
        {
            Load(path);
        }

        _writer = new StreamWriter(new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite)) { AutoFlush = true };
        if (_writer.BaseStream.Length > 0)
        {
            // Ends a line that a crash cut short.
            _writer.WriteLine();
        }
    }

    /// <summary>The journal's file.</summary>
    public string Path { get; }

    /// <summary>Opens the journal.</summary>
    /// <param name="state">The journal's file where the caller names one, or null.</param>
    /// <param name="folder">The folder (or file) that is enrolled. The journal lies in this folder when the folder is writable.</param>
    /// <param name="userState">The directory for the journal otherwise: <see cref="StateDirectory.Find"/>.</param>
    /// <param name="target">
    /// Server, gallery and the time when the gallery was made. For another gallery, these acknowledgements are not valid.
    /// </param>
    /// <returns>The journal.</returns>
    public static EnrolJournal Open(string? state, string folder, string userState, string target)
    {
        string whole = System.IO.Path.GetFullPath(folder);
        if (state is not null)
        {
            return new EnrolJournal(state, target);
        }

        string home = Directory.Exists(whole) ? whole : System.IO.Path.GetDirectoryName(whole)!;
        try
        {
            return new EnrolJournal(System.IO.Path.Combine(home, ".facegrid-enrol.jsonl"), target);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Directory.CreateDirectory(userState);
            return new EnrolJournal(System.IO.Path.Combine(userState, $"enrol-{StateDirectory.Digest(whole)}.jsonl"), target);
        }
    }

    /// <summary>Whether the grid acknowledged this picture, as it is now, for this person.</summary>
    /// <param name="picture">The picture.</param>
    /// <returns>True when it need not be sent.</returns>
    public bool Contains(EnrolPicture picture)
    {
        lock (_gate)
        {
            return _done.Contains(KeyOf(picture));
        }
    }

    /// <summary>Notes that the grid acknowledged a picture.</summary>
    /// <param name="picture">The picture.</param>
    public void Add(EnrolPicture picture)
    {
        string line = JsonSerializer.Serialize(
            new { To = _target, picture.Person, File = Relative(picture), Bytes = picture.Length, Modified = picture.ModifiedTicks },
            ClusterJson.Options);
        lock (_gate)
        {
            _done.Add(KeyOf(picture));
            _writer.WriteLine(line);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _writer.Dispose();

    private void Load(string path)
    {
        foreach (string line in File.ReadLines(path))
        {
            try
            {
                JsonElement entry = JsonSerializer.Deserialize<JsonElement>(line.Length == 0 ? "null" : line, ClusterJson.Options);
                if (entry.Text("to") == _target && entry.Text("person") is { } person && entry.Text("file") is { } file)
                {
                    _done.Add(
                        KeyOf(person, file, (long)(entry.Member("bytes")?.GetInt64() ?? -1), entry.Member("modified")?.GetInt64() ?? -1));
                }
            }
            catch (JsonException)
            {
                // A line that a crash cut short: that picture is simply sent again.
            }
        }
    }

    // Paths are relative to the journal, so that the journal stays valid when the folder is moved together with it.
    private string Relative(EnrolPicture picture) => System.IO.Path.GetRelativePath(_root, System.IO.Path.GetFullPath(picture.Path));

    private string KeyOf(EnrolPicture picture) => KeyOf(picture.Person, Relative(picture), picture.Length, picture.ModifiedTicks);

    private static string KeyOf(string person, string file, long bytes, long modified) => $"{person}\n{file}\n{bytes}\n{modified}";
}
