namespace FaceGrid.Vision.Decoding.Containers;

/// <summary>What is known from the container format of a picture before a codec reads it.</summary>
/// <param name="Status">
/// <see cref="PictureStatus.Ok"/>, <see cref="PictureStatus.Corrupt"/> or <see cref="PictureStatus.Unsupported"/>.
/// </param>
/// <param name="Problem">A sentence for people about a failure; null when there is none.</param>
/// <param name="Length">Bytes up to the end of the (first) picture. Bytes after it are not passed to a codec.</param>
/// <param name="ExifStart">Offset of the EXIF data: the TIFF header, which follows "Exif" and two zero bytes.</param>
/// <param name="ExifLength">Length of the EXIF data in bytes; 0 when there is none.</param>
internal readonly record struct Container(PictureStatus Status, string? Problem, int Length = 0, int ExifStart = 0, int ExifLength = 0)
{
    /// <summary>
    /// Most bytes of EXIF data that are read for the orientation. A longer block is ignored. Nearly all EXIF data comes from JPEG, which
    /// holds at most 64 KiB of it.
    /// </summary>
    public const int ExifLengthMax = 1 << 16;

    /// <summary>What the decoder needs to know about a JPEG before it decodes.</summary>
    public JpegTraits Jpeg { get; init; }

    /// <summary>Describes a whole picture.</summary>
    /// <param name="length">See <see cref="Length"/>.</param>
    /// <param name="exifStart">See <see cref="ExifStart"/>. It may also point at the word "Exif", which is then skipped.</param>
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

    /// <summary>Describes a picture whose bytes end too early or contradict one another.</summary>
    /// <param name="format">Its format.</param>
    public static Container Damaged(PictureFormat format) =>
        new(PictureStatus.Corrupt, $"The {PictureFormats.NameOf(format)} picture is damaged or cut off.");

    /// <summary>Describes a picture of a kind that is not supported.</summary>
    /// <param name="problem">A sentence that names the kind and says what to send instead.</param>
    public static Container Unsupported(string problem) => new(PictureStatus.Unsupported, problem);
}
