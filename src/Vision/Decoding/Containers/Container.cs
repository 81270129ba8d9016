namespace FaceGrid.Vision.Decoding.Containers;

/// <summary>What the container of a picture shows before any codec reads it.</summary>
/// <param name="Status">
/// <see cref="PictureStatus.Ok"/>, <see cref="PictureStatus.Corrupt"/> or <see cref="PictureStatus.Unsupported"/>.
/// </param>
/// <param name="Problem">A sentence for people about a failure; null when there is none.</param>
/// <param name="Length">Bytes up to the end of the (first) picture. What follows is no part of it, and no codec sees it.</param>
/// <param name="ExifStart">Where the EXIF data begins: the TIFF header behind "Exif", two zero bytes.</param>
/// <param name="ExifLength">Length of the EXIF data in bytes; 0 when there is none.</param>
internal readonly record struct Container(PictureStatus Status, string? Problem, int Length = 0, int ExifStart = 0, int ExifLength = 0)
{
    /// <summary>
    /// Most bytes of EXIF data that are read for the orientation; a longer block counts as none. JPEG, where nearly all EXIF data comes
    /// from, holds 64 KiB at most.
    /// </summary>
    public const int ExifLengthMax = 1 << 16;

    /// <summary>What the decoder must know of a JPEG beforehand.</summary>
    public JpegTraits Jpeg { get; init; }

    /// <summary>A whole picture.</summary>
    /// <param name="length">See <see cref="Length"/>.</param>
    /// <param name="exifStart">See <see cref="ExifStart"/>; may point at the word "Exif" too, which is skipped.</param>
    /// <param name="exifLength">See <see cref="ExifLength"/>.</param>
    /// <param name="bytes">The whole file.</param>
    public static Container Whole(int length, int exifStart, int exifLength, ReadOnlySpan<byte> bytes)
    {
        if (exifLength >= 6 && bytes.Slice(exifStart, 6).SequenceEqual("Exif\0\0"u8))
        {
            exifStart += 6;
            exifLength -= 6;
        }

        return new(PictureStatus.Ok, null, length, exifStart, exifLength <= ExifLengthMax ? exifLength : 0);
    }

    /// <summary>A picture whose bytes end too early or contradict one another.</summary>
    /// <param name="format">Its format.</param>
    public static Container Damaged(PictureFormat format) =>
        new(PictureStatus.Corrupt, $"The {PictureFormats.NameOf(format)} picture is damaged or cut off.");

    /// <summary>A picture of a kind that is not read.</summary>
    /// <param name="problem">A sentence that says which, and what to send instead.</param>
    public static Container Unsupported(string problem) => new(PictureStatus.Unsupported, problem);
}
