namespace FaceGrid.Vision.Decoding.Containers;

/// <summary>
/// Checks the tables and the frame header of a JPEG (ITU-T T.81, section B.2). ImageSharp also decodes with tables that libjpeg refuses,
/// and the pixels are then noise. So such a picture reaches neither of them.
/// </summary>
internal struct JpegTables
{
    private const int TableCount = 4, CodeLengthMax = 16, SymbolCountMax = 256, DcSymbolMax = 15, BlockSize = 64;

    // One bit per table number: the tables that the file has, and the tables that the frame needs.
    private int _quantisation, _needed;

    /// <summary>True when the file has a Huffman table. A file without any uses the standard tables.</summary>
    public bool HasHuffman { get; private set; }

    // Sampling factors of the first component, horizontal and vertical in one byte, when there are three components and the other two have
    // factors of 1; else 0.
    private int _sampling;

    /// <summary>What the decoder needs to know before it decodes.</summary>
    public readonly JpegTraits Traits => _sampling is 0x21 or 0x22 ? new(!HasHuffman, 2, _sampling & 15) : new(!HasHuffman, 1, 1);

    /// <summary>Reads a segment with quantisation tables.</summary>
    /// <param name="segment">The segment without its length.</param>
    /// <returns>False when it is malformed.</returns>
    public bool AddQuantisation(ReadOnlySpan<byte> segment)
    {
        while (!segment.IsEmpty)
        {
            int wide = segment[0] >> 4, number = segment[0] & 15, length = 1 + (BlockSize << wide);
            if (wide > 1 || number >= TableCount || segment.Length < length)
            {
                return false;
            }

            _quantisation |= 1 << number;
            segment = segment[length..];
        }

        return true;
    }

    /// <summary>Reads a segment with Huffman tables.</summary>
    /// <param name="segment">The segment without its length.</param>
    /// <returns>False when it is malformed or its codes do not form a Huffman code.</returns>
    public bool AddHuffman(ReadOnlySpan<byte> segment)
    {
        HasHuffman = true;
        while (!segment.IsEmpty)
        {
            if (segment.Length <= CodeLengthMax || segment[0] >> 4 > 1 || (segment[0] & 15) >= TableCount)
            {
                return false;
            }

            int symbols = 0, code = 0;
            for (int bits = 1; bits <= CodeLengthMax; bits++)
            {
                symbols += segment[bits];
                code += segment[bits];
                if (code >= 1 << bits)
                {
                    return false; // A code of only ones is not allowed.
                }

                code <<= 1;
            }

            if (symbols > SymbolCountMax || segment.Length < 1 + CodeLengthMax + symbols)
            {
                return false;
            }

            // In a table for DC differences a symbol is a number of bits.
            ReadOnlySpan<byte> values = segment.Slice(1 + CodeLengthMax, symbols);
            if (segment[0] >> 4 == 0 && values.ContainsAnyExceptInRange((byte)0, (byte)DcSymbolMax))
            {
                return false;
            }

            segment = segment[(1 + CodeLengthMax + symbols)..];
        }

        return true;
    }

    /// <summary>Reads a frame header.</summary>
    /// <param name="segment">The segment without its length.</param>
    /// <returns>False when it is malformed.</returns>
    public bool AddFrame(ReadOnlySpan<byte> segment)
    {
        // Bytes: precision 1, height 2, width 2, count 1; then per component its id, its sampling factors and its quantisation table.
        if (segment.Length < 6 || segment.Length != 6 + (3 * segment[5]))
        {
            return false;
        }

        for (int at = 6; at < segment.Length; at += 3)
        {
            if (segment[at + 1] >> 4 is < 1 or > 4 || (segment[at + 1] & 15) is < 1 or > 4 || segment[at + 2] >= TableCount)
            {
                return false;
            }

            _needed |= 1 << segment[at + 2];
        }

        _sampling = segment[5] == 3 && segment[10] == 0x11 && segment[13] == 0x11 ? segment[7] : 0;

        return true;
    }

    /// <summary>Tells whether a scan can be decoded.</summary>
    /// <param name="segment">The scan header, without its length.</param>
    /// <returns>False when it is malformed, or when the frame or one of its tables is missing.</returns>
    public readonly bool AllowScan(ReadOnlySpan<byte> segment) =>
        _needed != 0
            && (_needed & ~_quantisation) == 0
            && segment.Length >= 1
            && segment[0] is >= 1 and <= 4
            && segment.Length == 4 + (2 * segment[0]);
}
