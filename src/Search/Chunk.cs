using System.Runtime.InteropServices;

namespace FaceGrid.Search;

/// <summary>
/// A fixed number of rows. Vectors and their codes lie in native memory; beside them stand each row's owner and the changes from which and
/// until which the row is visible. One writer changes rows while searches read them. A search that looks at a row in the middle of a change
/// throws away what it computed, because such a row is never visible to it.
/// </summary>
internal sealed unsafe class Chunk
{
    private const long Never = long.MaxValue;

    private readonly RowLayout _layout;
    private readonly float[] _centre;
    private readonly long[] _born;
    private readonly long[] _died;
    private readonly string?[] _owners;
    private readonly int[] _templates;
    private readonly float[] _lengths;
    private readonly float[] _residuals;
    private readonly Stack<int> _free = new();
    private readonly byte* _memory;
    private volatile int _used;
    private volatile int _taken;
    private bool _freed;

    /// <summary>Allocates zeroed memory, aligned to 64 bytes: a cache line and an AVX-512 register.</summary>
    /// <param name="layout">Sizes.</param>
    /// <param name="rowCount">Rows, a multiple of 32: two blocks.</param>
    /// <param name="centre">
    /// The vector that is subtracted before vectors become codes, <see cref="RowLayout.Stride"/> floats. Any vector gives right answers;
    /// the nearer it is to the mean of the rows, the fewer candidates there are.
    /// </param>
    /// <exception cref="OutOfMemoryException">There is no memory.</exception>
    public Chunk(RowLayout layout, int rowCount, float[] centre)
    {
        _layout = layout;
        _centre = centre;
        RowCount = rowCount;
        _born = new long[rowCount];
        _died = new long[rowCount];
        _owners = new string?[rowCount];
        _templates = new int[rowCount];
        _lengths = new float[rowCount];
        _residuals = new float[rowCount];
        Array.Fill(_born, Never);
        int blockCount = rowCount / RowLayout.BlockRows;
        long vectorBytes = (long)rowCount * layout.Stride * sizeof(float);
        long blockBytes = (long)blockCount * layout.BlockBytes;
        Bytes = vectorBytes + blockBytes + (2L * blockCount * sizeof(float));
        _memory = LargePages.Allocate(Bytes);
        Vectors = (float*)_memory;
        Blocks = _memory + vectorBytes;
        Reach = (float*)(Blocks + blockBytes);
        for (int row = 0; row < rowCount; row++)
        {
            Head(row)[RowLayout.BlockRows] = float.PositiveInfinity;
        }
    }

    /// <summary>Rows that the chunk has room for.</summary>
    public int RowCount { get; }

    /// <summary>The first vector; see <see cref="RowLayout"/>.</summary>
    public float* Vectors { get; }

    /// <summary>The first block of codes.</summary>
    public byte* Blocks { get; }

    /// <summary>
    /// Per block, the largest length and the largest residual of its rows. This is the block's part of the bound, see
    /// <see cref="Quantiser"/>.
    /// </summary>
    public float* Reach { get; }

    /// <summary>Bytes of native memory.</summary>
    public long Bytes { get; }

    /// <summary>The vector that was subtracted before vectors became codes.</summary>
    public float[] Centre => _centre;

    /// <summary>Number of rows from the start that were written at least once. Rows behind them have never been written.</summary>
    public int Used => _used;

    /// <summary>
    /// Rows that are not free. A search may skip a chunk that has none: a row that the search can see is not freed before the search ends.
    /// </summary>
    public int Taken => _taken;

    /// <summary>Takes a free row; there must be one.</summary>
    public int Take()
    {
        _taken++;
        return _free.TryPop(out int row) ? row : _used++;
    }

    /// <summary>Writes a taken row. It is visible from change <paramref name="change"/> on.</summary>
    public void Write(int row, ReadOnlySpan<float> vector, string owner, int template, long change)
    {
        // Order matters, see IsVisible: a free row has born = Never; it must stay so until died is reset and the rest is written.
        Volatile.Write(ref _died[row], Never);
        float* stored = Vectors + ((long)row * _layout.Stride);
        vector.CopyTo(new Span<float>(stored, vector.Length));
        fixed (float* m = _centre)
        {
            Quantiser.Measures measures = Quantiser.EncodeRow(stored, m, _layout, Words(row));
            float norm = measures.IsBounded
                ? Quantiser.Down(measures.Norm * (1 - Quantiser.Slack(_layout.Dimension)))
                : float.NegativeInfinity;
            SetCodes(
                row,
                measures.Scale,
                norm,
                measures.IsBounded ? Quantiser.Up(measures.Length) : 0,
                measures.IsBounded ? Quantiser.Up(measures.Residual) : 0);
        }

        _owners[row] = owner;
        _templates[row] = template;
        Volatile.Write(ref _born[row], change);
    }

    /// <summary>
    /// Ends a row: it is visible only before change <paramref name="change"/>. It stays readable until <see cref="Erase"/>.
    /// </summary>
    public void End(int row, long change) => Volatile.Write(ref _died[row], change);

    /// <summary>Overwrites an ended row and frees it. No search may be able to see it.</summary>
    public void Erase(int row)
    {
        Volatile.Write(ref _born[row], Never);
        Vector(row).Clear();
        uint* words = Words(row);
        for (int quad = 0; quad < _layout.CodeDimension / 4; quad++)
        {
            words[quad * RowLayout.BlockRows] = 0;
        }

        SetCodes(row, scale: 0, float.PositiveInfinity, length: 0, residual: 0);
        _owners[row] = null;
        _templates[row] = 0;
        _free.Push(row);
        _taken--;
    }

    /// <summary>
    /// Whether a row is there in the state after change <paramref name="version"/>. <c>_died</c> must be read first: were a row freed and
    /// written anew between the two reads, then the later read of <c>_born</c> sees Never or a change newer than the search.
    /// </summary>
    public bool IsVisible(int row, long version) => Volatile.Read(ref _died[row]) > version && Volatile.Read(ref _born[row]) <= version;

    /// <summary>Whether a row is visible in the newest state. Only the writer may ask.</summary>
    public bool IsLive(int row) => _born[row] != Never && _died[row] == Never;

    /// <summary>The owner of a visible row, and the row's position among the owner's templates.</summary>
    public (string Person, int Template) Owner(int row) => (_owners[row]!, _templates[row]);

    /// <summary>A row's vector, with the zeros behind it.</summary>
    public Span<float> Vector(int row) => new(Vectors + ((long)row * _layout.Stride), _layout.Stride);

    /// <summary>Overwrites and gives back the native memory. No search may be able to reach it.</summary>
    public void Free()
    {
        if (!_freed)
        {
            _freed = true;
            NativeMemory.Clear(_memory, (nuint)Bytes);
            NativeMemory.AlignedFree(_memory);
        }
    }

    /// <summary>
    /// Writes a row's part of the bound. The block's part covers all visible rows at any moment, because it leaves out only rows that no
    /// search can see.
    /// </summary>
    private void SetCodes(int row, float scale, float norm, float length, float residual)
    {
        float* head = Head(row);
        head[0] = scale;
        head[RowLayout.BlockRows] = norm;
        _lengths[row] = length;
        _residuals[row] = residual;
        int block = row / RowLayout.BlockRows;
        float longest = 0, largest = 0;
        for (int i = block * RowLayout.BlockRows; i < (block + 1) * RowLayout.BlockRows; i++)
        {
            longest = Math.Max(longest, _lengths[i]);
            largest = Math.Max(largest, _residuals[i]);
        }

        Reach[2 * block] = longest;
        Reach[(2 * block) + 1] = largest;
    }

    private float* Head(int row) =>
        (float*)(Blocks + ((long)(row / RowLayout.BlockRows) * _layout.BlockBytes)) + (row % RowLayout.BlockRows);

    private uint* Words(int row) => (uint*)Head(row) + (RowLayout.HeadBytes / sizeof(uint));
}
