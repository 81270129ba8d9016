namespace FaceGrid.Vision;

/// <summary>The result for one picture.</summary>
/// <param name="Status">Whether the picture could be read, and if not, why.</param>
/// <param name="Detail">
/// A sentence for people when <paramref name="Status"/> is not <see cref="PictureStatus.Ok"/>; else null.
/// </param>
/// <param name="Width">Width of the upright, full-size picture in pixels; 0 when its header was not read.</param>
/// <param name="Height">Height of the upright, full-size picture in pixels; 0 when its header was not read.</param>
/// <param name="Faces">
/// The faces, the largest box first (ties: from top to bottom, then from left to right). Sizes and coordinates are in pixels of the upright
/// (EXIF orientation applied), full-size picture.
/// </param>
public sealed record PictureAnalysis(PictureStatus Status, string? Detail, int Width, int Height, IReadOnlyList<AnalysedFace> Faces)
{
    /// <summary>
    /// Degrees clockwise by which the picture was turned to make its faces upright: 0, 90, 180 or 270. Faces are aligned and measured in
    /// the turned picture. Boxes and landmarks are in the picture as it came. Always 0 for a frame.
    /// </summary>
    public int Turned { get; init; }

    /// <summary>The time of each step; all zero for a picture that was refused at once.</summary>
    public PictureTimes Times { get; init; }
}
