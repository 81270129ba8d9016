namespace FaceGrid.Vision;

/// <summary>What was found in one picture.</summary>
/// <param name="Status">Whether the picture could be read, and if not, why.</param>
/// <param name="Detail">
/// A sentence for people about a <paramref name="Status"/> other than <see cref="PictureStatus.Ok"/>; else null.
/// </param>
/// <param name="Width">Width of the upright, full-size picture in pixels; 0 when its header was not read.</param>
/// <param name="Height">Height of the upright, full-size picture in pixels; 0 when its header was not read.</param>
/// <param name="Faces">
/// The faces, the largest box first (ties: from the top, then from the left). Sizes and coordinates are in pixels of the upright (EXIF
/// orientation applied), full-size picture.
/// </param>
public sealed record PictureAnalysis(PictureStatus Status, string? Detail, int Width, int Height, IReadOnlyList<AnalysedFace> Faces)
{
    /// <summary>Where the time went; all zero for a picture that was refused at once.</summary>
    public PictureTimes Times { get; init; }
}
