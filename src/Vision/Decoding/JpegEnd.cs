namespace FaceGrid.Vision.Decoding;

/// <summary>Tells whether a progressive JPEG has all its scans.</summary>
internal static class JpegEnd
{
    /// <summary>
    /// True for a progressive JPEG (frame type SOF2) that ends before its end marker. libjpeg fills in the missing scans with what it has and reports success,
    /// so a cut-off progressive picture would come out blurred instead of refused; a cut-off sequential one is noticed by the codec itself.
    /// Markers as in ITU-T T.81, table B.1.
    /// </summary>
    /// <param name="jpeg">The whole file.</param>
    public static bool IsCutOffProgressive(ReadOnlySpan<byte> jpeg)
    {
        bool progressive = false;
        int at = 2;
        while (NextMarker(jpeg, ref at) is var marker and >= 0)
        {
            if (marker == 0xD9)
            {
                return false;
            }

            if (marker == 0xC2)
            {
                progressive = true;
            }

            // Every other marker found here has a length, which counts its own two bytes; entropy-coded data after a scan header is skipped by NextMarker.
            int length = at + 1 < jpeg.Length ? (jpeg[at] << 8) | jpeg[at + 1] : jpeg.Length;
            at += Math.Max(2, length);
        }

        return progressive;
    }

    /// <summary>The next marker at or after <paramref name="at"/>, which then stands behind it; -1 at the end of the file. Stuffed zeros, fill bytes and restarts are none.</summary>
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
