namespace FaceGrid.Cli.Galleries;

/// <summary>The first line of a gallery file.</summary>
/// <param name="Facegrid">Always <c>gallery</c>: what kind of file it is.</param>
/// <param name="Version">The format's version; this program reads and writes <see cref="CurrentVersion"/>.</param>
/// <param name="Gallery">The gallery it was written from.</param>
/// <param name="Contract">The contract of every vector in it; null when nobody was enrolled.</param>
/// <param name="VerifyThreshold">The gallery's own verify threshold, where it had one.</param>
/// <param name="IdentifyThreshold">The gallery's own identify threshold, where it had one.</param>
/// <param name="ExportedAt">When it was written, UTC.</param>
internal sealed record GalleryFileHeader(
    string Facegrid,
    int Version,
    string Gallery,
    GalleryContract? Contract,
    double? VerifyThreshold,
    double? IdentifyThreshold,
    DateTimeOffset ExportedAt)
{
    /// <summary>What <see cref="Facegrid"/> says.</summary>
    public const string Kind = "gallery";

    /// <summary>The newest version this program knows.</summary>
    public const int CurrentVersion = 1;
}
