using FaceGrid.Vision.Decoding.Containers;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.PixelFormats;

namespace FaceGrid.Vision.Decoding;

/// <summary>What is known about a picture before its pixels are read.</summary>
/// <param name="Status">Ok when the pixels may be read.</param>
/// <param name="Problem">A sentence for people about a failure; null when there is none.</param>
/// <param name="Format">The format. Valid only when the status is Ok.</param>
/// <param name="Width">Width in pixels as stored; 0 when unknown.</param>
/// <param name="Height">Height in pixels as stored; 0 when unknown.</param>
/// <param name="Orientation">EXIF orientation, 1 to 8.</param>
/// <param name="Length">Bytes of the file that make up the picture.</param>
internal readonly record struct PictureHeader(
    PictureStatus Status,
    string? Problem,
    PictureFormat Format = default,
    int Width = 0,
    int Height = 0,
    int Orientation = PictureOrientation.Upright,
    int Length = 0)
{
    /// <summary>What the decoder needs to know about a JPEG before it decodes.</summary>
    public JpegTraits Jpeg { get; init; }

    /// <summary>Makes the answer for a picture that is refused because of its header.</summary>
    public DecodedPicture Refusal() => Failure(Status, Problem);

    /// <summary>Makes the answer for a picture whose header is valid but whose pixels cannot be read.</summary>
    public DecodedPicture Damaged() =>
        Failure(PictureStatus.Corrupt, $"The {PictureFormats.NameOf(Format)} picture is damaged or cut off.");

    /// <summary>Makes the answer with the pixels, turned upright.</summary>
    /// <param name="pixels">The pixels as stored, perhaps smaller than full size. The answer owns them.</param>
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
