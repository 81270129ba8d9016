namespace FaceGrid.Search;

/// <summary>
/// How vectors lie in memory. Vectors: row-major fp32, <see cref="Stride"/> floats apart. Codes: blocks of 16 rows, each block 16 scales
/// and 16 norms (fp32), then a line of 64 bytes for each four dimensions: four codes of row 0, four of row 1, ... . So 16 rows lie side
/// by side in a register, no sum runs across a register, and a pass reads one stream.
/// </summary>
internal sealed class RowLayout
{
    /// <summary>Rows per block: 32-bit lanes of an AVX-512 register.</summary>
    public const int BlockRows = 16;

    /// <summary>A line of a block: 16 rows x 4 codes, a cache line.</summary>
    public const int LineBytes = 64;

    /// <summary>Where the codes of a block begin: behind 16 scales and 16 norms.</summary>
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

    /// <summary>Floats from a vector to the next: a multiple of 16, with zeros behind the last dimension.</summary>
    public int Stride { get; }

    /// <summary>Groups of 32 dimensions: as many as a sum of 16 bits can take.</summary>
    public int Groups { get; }

    /// <summary>Codes of a vector: a multiple of 32, with zeros behind the last dimension.</summary>
    public int CodeDimension { get; }

    /// <summary>Bytes of a block.</summary>
    public int BlockBytes { get; }

    /// <summary>
    /// Bytes from the codes of a probe to the next: its codes, then the starts of its groups, a whole number of cache lines.
    /// </summary>
    public int ProbeBytes { get; }
}
