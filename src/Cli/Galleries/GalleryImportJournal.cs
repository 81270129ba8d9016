using System.Text.Json;
using FaceGrid.Cli.Cluster;
using FaceGrid.Cli.Shell;

namespace FaceGrid.Cli.Galleries;

/// <summary>Remembers how many people of a file the grid acknowledged. It is removed when the import is complete.</summary>
/// <param name="path">The journal's file.</param>
/// <param name="target">Server, gallery, the gallery's birth and the file's digest.</param>
internal sealed class GalleryImportJournal(string path, string target)
{
    /// <summary>Finds a place for the journal.</summary>
    /// <param name="state">Where the caller wants it, or null.</param>
    /// <param name="file">The gallery file.</param>
    /// <param name="userState">Where it lies when the file's folder is read-only.</param>
    /// <param name="target">Server, gallery, the gallery's birth and the file's digest.</param>
    /// <returns>The journal.</returns>
    public static GalleryImportJournal Open(string? state, string file, string userState, string target)
    {
        string full = Path.GetFullPath(state ?? file + ".import.jsonl");
        try
        {
            using FileStream probe = new(full, FileMode.Append, FileAccess.Write);
        }
        catch (Exception e) when (state is null && e is IOException or UnauthorizedAccessException)
        {
            Directory.CreateDirectory(userState);
            full = Path.Combine(userState, $"import-{StateDirectory.Digest(full)}.jsonl");
        }

        return new GalleryImportJournal(full, target);
    }

    /// <summary>How far an earlier run came.</summary>
    /// <returns>How many people of the file are done, 0 when nothing is known; and whether that run created the gallery.</returns>
    public (long Done, bool Created) Read()
    {
        long done = 0;
        bool created = false;
        foreach (string line in File.Exists(path) ? File.ReadLines(path) : [])
        {
            try
            {
                JsonElement entry = JsonSerializer.Deserialize<JsonElement>(line.Length == 0 ? "null" : line, Terminal.JsonOptions);
                if (entry.Text("to") == target && entry.Number("people") is { } people)
                {
                    done = Math.Max(done, (long)people);
                    created |= entry.Flag("created");
                }
            }
            catch (JsonException)
            {
                // A line that a crash cut short: that batch is simply sent again.
            }
        }

        return (done, created);
    }

    /// <summary>Notes how far it came.</summary>
    /// <param name="people">People of the file that are done.</param>
    /// <param name="created">True when this run has created the gallery.</param>
    public void Write(long people, bool created = false) =>
        File.AppendAllText(path, JsonSerializer.Serialize(new { To = target, People = people, Created = created }, Terminal.JsonOptions) + "\n");

    /// <summary>The import is complete.</summary>
    public void Remove() => File.Delete(path);
}
