using System.Text.Json;
using System.Text.Json.Nodes;
using FaceGrid.Cli.Shell;
using FaceGrid.Client;

namespace FaceGrid.Cli.Galleries;

/// <summary>Writes a gallery to a file, one page in memory at a time.</summary>
internal static class GalleryExport
{
    /// <summary>Exports.</summary>
    /// <param name="session">The run.</param>
    /// <param name="path">The file.</param>
    /// <param name="damaged">Takes the ids of people who are not in the file, because the grid cannot read their rows.</param>
    /// <param name="cancellationToken">Ends the work. No file is left.</param>
    /// <returns>The file's last line.</returns>
    public static async Task<GalleryFileFooter> RunAsync(
        Session session, string path, ICollection<string> damaged, CancellationToken cancellationToken)
    {
        JsonElement gallery = (await session.Client.GetAsync(session.GalleryPath, cancellationToken)).Body;
        GalleryFileHeader header = HeaderOf(gallery, session.Gallery, session.Host.Clock.GetUtcNow());
        using GalleryFileWriter writer = new(path, header);
        await using (Progress progress = Progress.Start(session, "exporting", (long)(gallery.Number("people") ?? 0)))
        {
            IAsyncEnumerable<GalleryPerson> people =
                GalleryPeople.ReadAsync(session.GalleryClient, header.Contract, damaged, cancellationToken);
            await foreach (GalleryPerson person in people)
            {
                writer.Add(person);
                progress.Advance();
            }
        }

        return writer.Complete();
    }

    /// <summary>Makes the first line of a gallery's file.</summary>
    /// <param name="gallery">A gallery of the API.</param>
    /// <param name="id">Its id.</param>
    /// <param name="now">When the file is written.</param>
    /// <returns>The header.</returns>
    public static GalleryFileHeader HeaderOf(JsonElement gallery, string id, DateTimeOffset now)
    {
        JsonObject? policy = GalleryFilePolicy.Of(gallery);
        return new GalleryFileHeader(
            GalleryFileHeader.Kind,
            GalleryFileHeader.VersionOf(policy),
            id,
            GalleryContract.Of(gallery),
            OwnThreshold(gallery, "verify"),
            OwnThreshold(gallery, "identify"),
            policy,
            now);
    }

    // A profile's threshold belongs to the profile. Only a threshold that was set for the gallery goes into the file.
    private static double? OwnThreshold(JsonElement gallery, string name) =>
        gallery.Member(name) is { } threshold && threshold.Text("origin") == "gallery" ? threshold.Number("distance") : null;
}
