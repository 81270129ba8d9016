using System.Numerics;
using FaceGrid.Search.Kernels;

namespace FaceGrid.Search;

/// <summary>
/// The chunks of an index, and which rows are free. Chunks grow with the index up to a limit, so that an index of one person is small and
/// one of a million has few chunks. Rows are taken from the first chunk that has room, so the last chunks run empty when an index shrinks.
/// The writer owns this object; searches only read <see cref="Chunks"/>.
/// </summary>
internal sealed class RowStore
{
    /// <summary>Rows of the first chunk: 170 kB at 512 dimensions.</summary>
    private const int ChunkRowsMin = 64;

    /// <summary>
    /// Rows of an index per row of its next chunk. At most a fifth of a small index is then free room, and there are still few chunks.
    /// </summary>
    private const int RowsPerNewRow = 4;

    /// <summary>
    /// Bytes of codes of a large chunk: about 150 us of memory bandwidth. That is long enough to stream, and short enough for checking
    /// cancellation and sharing work between chunks.
    /// </summary>
    private const int ChunkCodeBytesMax = 4 << 20;

    /// <summary>Rows before there is a centre. An average of fewer might come close to one person's own vector.</summary>
    private const int CentreRowsMin = 512;

    /// <summary>Largest number of rows that a centre is averaged from.</summary>
    private const int CentreSampleMax = 4096;

    /// <summary>The rows of a chunk are a multiple of this number.</summary>
    private const int TileRows = Kernel.TileBlocks * RowLayout.BlockRows;

    private readonly RowLayout _layout;
    private readonly IndexVersions _versions;
    private readonly int _rowBits;
    private readonly PriorityQueue<int, int> _chunksWithRoom = new();
    private readonly Queue<(int Row, long Died)> _endedRows = new();
    private readonly Queue<(Chunk Chunk, long Died)> _endedChunks = new();
    private volatile Chunk[] _chunks = [];
    private float[] _centre;
    private int _centreRows = CentreRowsMin / 2;
    private int _capacity;
    private int _live;
    private int _emptying = -1;
    private int _emptyingRow;
    private long _bytes;

    /// <summary>Creates a store without rows.</summary>
    public RowStore(RowLayout layout, IndexVersions versions)
    {
        _layout = layout;
        _versions = versions;
        _centre = new float[layout.Stride];
        _rowBits = BitOperations.Log2((uint)(ChunkCodeBytesMax / layout.CodeDimension));
    }

    /// <summary>The present chunks. The array itself is never written to.</summary>
    public Chunk[] Chunks => _chunks;

    /// <summary>Bytes of native memory.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Number of rows of the newest state.</summary>
    public int Live => _live;

    /// <summary>The chunk of a row, and the row's place in it.</summary>
    public (Chunk Chunk, int Row) this[int row] => (_chunks[row >> _rowBits], row & ((1 << _rowBits) - 1));

    /// <summary>
    /// Makes sure that <paramref name="count"/> rows can be taken. A lack of memory then shows before anything has changed.
    /// </summary>
    /// <exception cref="OutOfMemoryException">There is no memory.</exception>
    public void Reserve(int count)
    {
        while (_capacity - _live - _endedRows.Count < count)
        {
            if (_live >= 2 * _centreRows)
            {
                (_centre, _centreRows) = (Average(), _live);
            }

            int rowCount = Math.Clamp(_capacity / RowsPerNewRow / TileRows * TileRows, ChunkRowsMin, 1 << _rowBits);
            var chunk = new Chunk(_layout, rowCount, _centre);
            _chunksWithRoom.Enqueue(_chunks.Length, _chunks.Length);
            _capacity += rowCount;
            Interlocked.Add(ref _bytes, chunk.Bytes);
            _chunks = [.. _chunks, chunk];
        }
    }

    /// <summary>
    /// Writes a vector to a free row, which is visible from change <paramref name="change"/> on. Rows must be reserved before.
    /// </summary>
    /// <returns>The row.</returns>
    public int Add(ReadOnlySpan<float> vector, string owner, int template, long change)
    {
        int at = _chunksWithRoom.Peek();
        Chunk chunk = _chunks[at];
        int row = chunk.Take();
        if (chunk.Taken == chunk.RowCount)
        {
            _chunksWithRoom.Dequeue();
        }

        chunk.Write(row, vector, owner, template, change);
        _live++;
        return (at << _rowBits) | row;
    }

    /// <summary>
    /// Ends a row: it is visible only before change <paramref name="change"/>. It is overwritten when no search can see it any more.
    /// </summary>
    public void End(int row, long change)
    {
        (Chunk chunk, int place) = this[row];
        chunk.End(place, change);
        _endedRows.Enqueue((row, change));
        _live--;
    }

    /// <summary>
    /// Chooses a row that should move so that memory can be given back. The last chunk is emptied when all rows fill less than half of the
    /// chunks before it. Another chunk then has room for the row.
    /// </summary>
    /// <param name="row">The row.</param>
    /// <returns>False when nothing should move.</returns>
    public bool TryPickToMove(out int row)
    {
        int last = _chunks.Length - 1;
        if (!IsLastTooMuch() || !_chunksWithRoom.TryPeek(out int target, out _) || target == last)
        {
            _emptying = -1;
        }
        else if (_emptying != last)
        {
            (_emptying, _emptyingRow) = (last, _chunks[last].Used);
        }

        while (_emptying >= 0 && _emptyingRow > 0)
        {
            if (_chunks[last].IsLive(--_emptyingRow))
            {
                row = (last << _rowBits) | _emptyingRow;
                return true;
            }
        }

        row = -1;
        return false;
    }

    /// <summary>Overwrites and frees the rows that no search can see any more, and gives back chunks that are not needed.</summary>
    public void EraseEnded()
    {
        long oldest = _versions.Oldest;
        while (_endedRows.TryPeek(out (int Row, long Died) ended) && ended.Died <= oldest)
        {
            _endedRows.Dequeue();
            (Chunk chunk, int place) = this[ended.Row];
            if (chunk.Taken == chunk.RowCount)
            {
                _chunksWithRoom.Enqueue(ended.Row >> _rowBits, ended.Row >> _rowBits);
            }

            chunk.Erase(place);
        }

        while (IsLastTooMuch() && _chunks[^1].Taken == 0)
        {
            DropLast();
        }

        oldest = _versions.Oldest;
        while (_endedChunks.TryPeek(out (Chunk Chunk, long Died) ended) && ended.Died <= oldest)
        {
            Free(_endedChunks.Dequeue().Chunk);
        }
    }

    /// <summary>Gives all memory back. No search may run.</summary>
    public void FreeAll()
    {
        foreach (Chunk chunk in _chunks)
        {
            Free(chunk);
        }

        while (_endedChunks.TryDequeue(out (Chunk Chunk, long Died) ended))
        {
            Free(ended.Chunk);
        }

        _chunks = [];
    }

    private void Free(Chunk chunk)
    {
        chunk.Free();
        Interlocked.Add(ref _bytes, -chunk.Bytes);
    }

    private bool IsLastTooMuch() => _chunks.Length > 1 && _live < (_capacity - _chunks[^1].RowCount) / 2;

    /// <summary>
    /// Takes the last chunk, which has no rows, from the index. Searches that began before may still read it, so this counts as a change.
    /// </summary>
    private void DropLast()
    {
        Chunk last = _chunks[^1];
        _endedChunks.Enqueue((last, _versions.Next));
        _capacity -= last.RowCount;
        _chunks = _chunks[..^1];
        _chunksWithRoom.Remove(_chunks.Length, out _, out _);
        _versions.Publish();
    }

    /// <summary>The mean of a sample of the live rows. It need not be exact, and it need not stay true.</summary>
    private float[] Average()
    {
        double[] sum = new double[_layout.Stride];
        int step = Math.Max(1, _live / CentreSampleMax), count = 0;
        foreach (Chunk chunk in _chunks)
        {
            for (int row = 0; row < chunk.Used; row += step)
            {
                if (chunk.IsLive(row))
                {
                    Span<float> vector = chunk.Vector(row);
                    for (int i = 0; i < sum.Length; i++)
                    {
                        sum[i] += vector[i];
                    }

                    count++;
                }
            }
        }

        return [.. sum.Select(value => (float)(value / Math.Max(1, count)))];
    }
}
