using System.Buffers.Binary;

namespace FaceGrid.Vision.Decoding.Containers;

/// <summary>Walks the segments of a JPEG. Markers as in ITU-T T.81, table B.1.</summary>
internal static class JpegContainer
{
    /// <summary>
    /// Most scans of one picture. Encoders write about ten. Each scan costs a pass over all pixels, even when it has few bytes, so 10 MB of
    /// empty scans would take hours.
    /// </summary>
    private const int ScansMax = 100;

    private const byte HuffmanTables = 0xC4, EndOfImage = 0xD9, StartOfScan = 0xDA, QuantisationTables = 0xDB, Application1 = 0xE1;

    /// <summary>
    /// Checks that the picture reaches its end marker. Both codecs fill in the missing part of a cut-off JPEG and report success (libjpeg
    /// for progressive pictures, ImageSharp for all). Without this check the picture would be grey or blurred instead of refused.
    /// </summary>
    /// <param name="jpeg">The whole file.</param>
    /// <returns>The container.</returns>
    public static Container Inspect(ReadOnlySpan<byte> jpeg)
    {
        var tables = new JpegTables();
        int at = 2, scans = 0, exifStart = 0, exifLength = 0;
        while (NextMarker(jpeg, ref at) is var marker and >= 0)
        {
            if (marker == EndOfImage)
            {
                return scans > 0
                    ? Container.Whole(at, exifStart, exifLength, jpeg) with { Jpeg = tables.Traits }
                    : Container.Damaged(PictureFormat.Jpeg);
            }

            // Every other marker found here has a length, which includes its own two bytes. NextMarker skips the entropy-coded data after
            // a scan header.
            int length = at + 1 < jpeg.Length ? BinaryPrimitives.ReadUInt16BigEndian(jpeg[at..]) : 0;
            if (length < 2 || length > jpeg.Length - at)
            {
                break;
            }

            ReadOnlySpan<byte> segment = jpeg.Slice(at + 2, length - 2);
            if (ProblemOf(marker, segment) is { } problem)
            {
                return Container.Unsupported(problem);
            }

            if (!IsSound(marker, segment, ref tables))
            {
                break;
            }

            if (marker == StartOfScan && ++scans > ScansMax)
            {
                return Container.Unsupported($"The JPEG picture has more than {ScansMax} scans. Save it again as a baseline JPEG.");
            }

            if (marker == Application1 && exifLength == 0 && segment.StartsWith("Exif\0\0"u8))
            {
                (exifStart, exifLength) = (at + 2, segment.Length);
            }

            at += length;
        }

        return Container.Damaged(PictureFormat.Jpeg);
    }

    private static bool IsSound(int marker, ReadOnlySpan<byte> segment, ref JpegTables tables) => marker switch
    {
        >= 0xC0 and <= 0xC2 => tables.AddFrame(segment),
        HuffmanTables => tables.AddHuffman(segment),
        QuantisationTables => tables.AddQuantisation(segment),
        StartOfScan => tables.AllowScan(segment),
        // These markers are reserved. No encoder writes them, and libjpeg refuses them.
        < 0xC0 or 0xDE or 0xDF or (>= 0xF0 and <= 0xFD) => false,
        _ => true
    };

    /// <summary>
    /// Says why a kind of JPEG is not supported. Null for the supported kind: 8 bits, Huffman coding, sequential or progressive, with 1, 3
    /// or 4 components.
    /// </summary>
    private static string? ProblemOf(int marker, ReadOnlySpan<byte> segment)
    {
        if (marker is >= 0xC9 and <= 0xCF)
        {
            return "The JPEG picture uses arithmetic coding, which is not read. Save it again as a baseline JPEG.";
        }

        if (marker is < 0xC0 or > 0xC8 or HuffmanTables)
        {
            return null;
        }

        if (marker > 0xC2)
        {
            return "The JPEG picture is lossless or hierarchical, which is not read. Save it again as a baseline JPEG.";
        }

        if (segment.Length >= 1 && segment[0] != 8)
        {
            return $"The JPEG picture has {segment[0]} bits per sample; 8 are read. Save it again with 8.";
        }

        return segment.Length >= 6 && segment[5] is not (1 or 3 or 4)
            ? $"The JPEG picture has {segment[5]} colour components; 1, 3 or 4 are read."
            : null;
    }

    /// <summary>
    /// Finds the next marker at or after <paramref name="at"/> and moves <paramref name="at"/> behind it; -1 at the end of the file.
    /// Stuffed zeros, fill bytes and restarts do not count as markers.
    /// </summary>
    private static int NextMarker(ReadOnlySpan<byte> jpeg, ref int at)
    {
        while (at < jpeg.Length - 1)
        {
            int found = jpeg[at..].IndexOf((byte)0xFF);
            if (found < 0 || at + found + 1 >= jpeg.Length)
            {
                return -1;
            }

            byte marker = jpeg[at + found + 1];
            at += found + (marker == 0xFF ? 1 : 2);
            if (marker is not (0x00 or 0x01 or 0xFF or (>= 0xD0 and <= 0xD8)))
            {
                return marker;
            }
        }

        return -1;
    }
}
