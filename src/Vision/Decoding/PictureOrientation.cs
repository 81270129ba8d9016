using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Metadata.Profiles.Exif;
using SixLabors.ImageSharp.PixelFormats;
using SixLabors.ImageSharp.Processing;

namespace FaceGrid.Vision.Decoding;

/// <summary>Turns a picture upright by its EXIF orientation (tag 0x0112, Exif 2.32 section 4.6.4).</summary>
internal static class PictureOrientation
{
    /// <summary>The orientation of a picture that is stored upright.</summary>
    public const int Upright = 1;

    /// <summary>True when turning the picture upright swaps width and height.</summary>
    /// <param name="orientation">EXIF orientation, 1 to 8.</param>
    public static bool Swaps(int orientation) => orientation >= 5;

    /// <summary>Reads the orientation.</summary>
    /// <param name="exif">EXIF data, beginning with its TIFF header; may be empty or damaged.</param>
    /// <returns>1 to 8; 1 when there is none.</returns>
    public static int Read(ReadOnlySpan<byte> exif)
    {
        if (exif.IsEmpty)
        {
            return Upright;
        }

        try
        {
            return new ExifProfile(exif.ToArray()).GetValue(ExifTag.Orientation)?.Value is { } value and >= 1 and <= 8 ? value : Upright;
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            // Damaged EXIF data can throw any exception. The pixels may be valid, so the picture is used as stored.
            return Upright;
        }
    }

    /// <summary>Turns a picture upright.</summary>
    /// <param name="picture">The picture as stored. It is changed in place.</param>
    /// <param name="orientation">EXIF orientation, 1 to 8.</param>
    public static void MakeUpright(Image<Rgba32> picture, int orientation)
    {
        if (orientation == Upright)
        {
            return;
        }

        var exif = new ExifProfile();
        exif.SetValue(ExifTag.Orientation, (ushort)orientation);
        picture.Metadata.ExifProfile = exif;
        picture.Mutate(static context => context.AutoOrient());
    }
}
