using FaceGrid.Abstractions.Errors;
using FaceGrid.Vision;

namespace FaceGrid.Grains.Embedding;

/// <summary>Says why a picture could not be read.</summary>
internal static class PictureProblems
{
    /// <summary>The problem of a picture whose status is not <see cref="PictureStatus.Ok"/>.</summary>
    public static FaceGridException Of(PictureAnalysis analysis) =>
        new(CodeOf(analysis.Status), analysis.Detail ?? "The picture could not be read.");

    private static string CodeOf(PictureStatus status) => status switch
    {
        PictureStatus.Empty => ErrorCodes.EmptyBody,
        PictureStatus.NotAPicture => ErrorCodes.NotAPicture,
        PictureStatus.Corrupt => ErrorCodes.CorruptPicture,
        PictureStatus.TooManyBytes => ErrorCodes.TooManyBytes,
        PictureStatus.TooManyPixels => ErrorCodes.TooManyPixels,
        PictureStatus.Unsupported => ErrorCodes.UnsupportedPicture,
        PictureStatus.Busy => ErrorCodes.Busy,
        _ => ErrorCodes.Internal,
    };
}
