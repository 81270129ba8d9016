using System.Text.Json;
using FaceGrid.Cli.Shell;
using FaceGrid.Client;

namespace FaceGrid.Cli.Galleries;

/// <summary>
/// Remembers how many people of a file the grid acknowledged, which people it refused, and that the import was about to make the gallery.
/// Without the last note, a run that dies after making the gallery would later take it for one that was there before. The journal is
/// removed when the import is complete.
/// </summary>
/// <param name="path">The journal's file.</param>
/// <param name="place">Server and gallery.</param>
/// <param name="digest">The gallery file's digest.</param>
internal sealed class GalleryImportJournal(string path, string place, string digest)
{
    /// <summary>Stands for the time of creation of a gallery that does not exist yet.</summary>
    private const string Unborn = "unborn";

    /// <summary>Finds a place for the journal.</summary>
    /// <param name="state">The journal's file where the caller names one, or null.</param>
    /// <param name="file">The gallery file.</param>
    /// <param name="userState">The directory for the journal when the file's folder is read-only.</param>
    /// <param name="place">Server and gallery.</param>
    /// <param name="digest">The gallery file's digest.</param>
    /// <returns>The journal.</returns>
    public static GalleryImportJournal Open(string? state, string file, string userState, string place, string digest)
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

        return new GalleryImportJournal(full, place, digest);
    }

    /// <summary>Reads how far an earlier run came.</summary>
    /// <param name="birth">When the gallery was made, as the grid says.</param>
    /// <returns>
    /// How many people of the file are done, 0 when nothing is known; which of them the grid refused; whether that run made the gallery;
    /// and whether it was about to make the gallery without a note that it did.
    /// </returns>
    public (long Done, IReadOnlyList<GalleryImportFailure> Failed, bool Created, bool Intended) Read(string? birth)
    {
        long done = 0;
        List<GalleryImportFailure> failed = [];
        bool created = false, intended = false;
        foreach (string line in File.Exists(path) ? File.ReadLines(path) : [])
        {
            try
            {
                JsonElement entry = JsonSerializer.Deserialize<JsonElement>(line.Length == 0 ? "null" : line, ClusterJson.Options);
                string? to = entry.Text("to");
                intended = to == Target(Unborn) || (intended && !(entry.Flag("created") && IsHere(to)));
                if (to == Target(birth) && entry.Number("people") is { } people)
                {
                    done = Math.Max(done, (long)people);
                    created |= entry.Flag("created");
                    failed.AddRange(
                        entry.Items("failed").Select(
                            failure => new GalleryImportFailure(
                                failure.Text("person") ?? "", failure.Text("code") ?? "", failure.Text("detail") ?? "")));
                }
            }
            catch (JsonException)
            {
                // A line that a crash cut short: that batch is simply sent again.
            }
        }

        return (done, failed, created, intended);
    }

    /// <summary>Notes that the gallery is about to be made.</summary>
    public void Intend() => Append(Unborn, people: 0, failed: [], created: false);

    /// <summary>Notes how far the import came.</summary>
    /// <param name="birth">When the gallery was made, as the grid says.</param>
    /// <param name="people">People of the file that are done.</param>
    /// <param name="failed">People whom the grid refused since the last note.</param>
    /// <param name="created">True when this run, or the one that it goes on with, has made the gallery.</param>
    public void Write(string? birth, long people, IEnumerable<GalleryImportFailure>? failed = null, bool created = false) =>
        Append(birth, people, failed ?? [], created);

    /// <summary>Removes the journal, because the import is complete.</summary>
    public void Remove() => File.Delete(path);

    private void Append(string? birth, long people, IEnumerable<GalleryImportFailure> failed, bool created) =>
        File.AppendAllText(
            path,
            JsonSerializer.Serialize(
                new { To = Target(birth), People = people, Failed = failed, Created = created }, ClusterJson.Options) + "\n");

    private string Target(string? birth) => $"{place}|{birth}|{digest}";

    private bool IsHere(string? target) =>
        target is not null
            && target.StartsWith(place + "|", StringComparison.Ordinal)
            && target.EndsWith("|" + digest, StringComparison.Ordinal);
}
