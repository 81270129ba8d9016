namespace FaceGrid.Search;

/// <summary>
/// How vectors lie in memory. Vectors are row-major fp32, <see cref="Stride"/> floats apart. Codes lie in blocks of 16 rows: 16 scales and
/// 16 norms (fp32), then a line of 64 bytes for each four dimensions: four codes of row 0, four of row 1, and so on. So 16 rows lie side by
/// side in a register, no sum runs across a register, and a pass reads one stream.
/// </summary>
internal sealed class RowLayout
{
    /// <summary>Rows per block, as many as an AVX-512 register has 32-bit lanes.</summary>
    public const int BlockRows = 16;

    /// <summary>Bytes of a line of a block: 16 rows x 4 codes, which is a cache line.</summary>
    public const int LineBytes = 64;

    /// <summary>Offset of the codes of a block, in bytes: they begin behind 16 scales and 16 norms.</summary>
    public const int HeadBytes = 2 * LineBytes;

    /// <summary>Creates the layout for vectors of one length.</summary>
    public RowLayout(int dimension)
    {
        Dimension = dimension;
        Stride = (dimension + 15) & ~15;
        Groups = (dimension + 31) / 32;
        CodeDimension = 32 * Groups;
        BlockBytes = HeadBytes + (BlockRows * CodeDimension);
        ProbeBytes = (CodeDimension + (sizeof(int) * Groups) + 63) & ~63;
    }

    /// <summary>Length of a vector.</summary>
    public int Dimension { get; }

    /// <summary>Floats from one vector to the next: a multiple of 16, with zeros behind the last dimension.</summary>
    public int Stride { get; }

    /// <summary>Number of groups of 32 dimensions. A sum of 16 bits can take that many.</summary>
    public int Groups { get; }

    /// <summary>Number of codes of a vector: a multiple of 32, with zeros behind the last dimension.</summary>
    public int CodeDimension { get; }

    /// <summary>Bytes of a block.</summary>
    public int BlockBytes { get; }

    /// <summary>
    /// Bytes from the codes of one probe to those of the next: the codes, then the starts of the groups, rounded up to whole cache lines.
    /// </summary>
    public int ProbeBytes { get; }
}
