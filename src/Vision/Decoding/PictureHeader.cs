using FaceGrid.Vision.Decoding.Containers;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.PixelFormats;

namespace FaceGrid.Vision.Decoding;

/// <summary>What is known of a picture before its pixels are read.</summary>
/// <param name="Status">Ok when the pixels may be read.</param>
/// <param name="Problem">A sentence for people about a failure; null when there is none.</param>
/// <param name="Format">The format; means nothing unless the status is Ok.</param>
/// <param name="Width">Width in pixels as stored; 0 when unknown.</param>
/// <param name="Height">Height in pixels as stored; 0 when unknown.</param>
/// <param name="Orientation">EXIF orientation, 1 to 8.</param>
/// <param name="Length">Bytes of the file that make up the picture.</param>
internal readonly record struct PictureHeader(
    PictureStatus Status, string? Problem, PictureFormat Format =
        default, int Width = 0, int Height = 0, int Orientation = PictureOrientation.Upright, int Length = 0)
{
    /// <summary>What the decoder must know of a JPEG beforehand.</summary>
    public JpegTraits Jpeg { get; init; }

    /// <summary>The answer for a picture that is refused by its header.</summary>
    public DecodedPicture Refusal() => Failure(Status, Problem);

    /// <summary>The answer for a picture whose header is fine and whose pixels cannot be read.</summary>
    public DecodedPicture Damaged() =>
        Failure(PictureStatus.Corrupt, $"The {PictureFormats.NameOf(Format)} picture is damaged or cut off.");

    /// <summary>The answer with pixels, turned upright.</summary>
    /// <param name="pixels">As stored, perhaps smaller than full size; the answer owns them.</param>
    public DecodedPicture Answer(Image<Rgba32> pixels)
    {
        PictureOrientation.MakeUpright(pixels, Orientation);
        var (width, height) = UprightSize();
        return new(PictureStatus.Ok, null, width, height, new RgbImage(pixels));
    }

    private DecodedPicture Failure(PictureStatus status, string? problem)
    {
        var (width, height) = UprightSize();
        return new(status, problem, width, height, null);
    }

    private (int Width, int Height) UprightSize() => PictureOrientation.Swaps(Orientation) ? (Height, Width) : (Width, Height);
}
