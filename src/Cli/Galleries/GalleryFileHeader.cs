using System.Text.Json.Nodes;
using FaceGrid.Client;

namespace FaceGrid.Cli.Galleries;

/// <summary>The first line of a gallery file.</summary>
/// <param name="Facegrid">Always <c>gallery</c>: what kind of file it is.</param>
/// <param name="Version">The format's version; see <see cref="VersionOf"/>.</param>
/// <param name="Gallery">The gallery it was written from.</param>
/// <param name="Contract">The contract of every vector in it; null when nobody was enrolled.</param>
/// <param name="VerifyThreshold">The gallery's own verify threshold, where it had one.</param>
/// <param name="IdentifyThreshold">The gallery's own identify threshold, where it had one.</param>
/// <param name="Policy">The gallery's own policy, as the API writes it, where it had one; see <see cref="GalleryFilePolicy"/>.</param>
/// <param name="ExportedAt">When it was written, UTC.</param>
internal sealed record GalleryFileHeader(
    string Facegrid,
    int Version,
    string Gallery,
    GalleryContract? Contract,
    double? VerifyThreshold,
    double? IdentifyThreshold,
    JsonObject? Policy,
    DateTimeOffset ExportedAt)
{
    /// <summary>The value of <see cref="Facegrid"/>.</summary>
    public const string Kind = "gallery";

    /// <summary>The newest version this program reads.</summary>
    public const int CurrentVersion = 2;

    /// <summary>
    /// The version to write. It is the oldest version that can hold the policy. So a program that is older than policies refuses a file
    /// whose policy it would drop, and reads every other file.
    /// </summary>
    /// <param name="policy">The policy to write, or null.</param>
    /// <returns>1 or 2.</returns>
    public static int VersionOf(JsonObject? policy) => policy is null ? 1 : 2;
}
