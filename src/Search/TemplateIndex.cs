using System.Numerics;

namespace FaceGrid.Search;

/// <summary>
/// Exact nearest-person search over vectors in memory. The answer is that of <see cref="PlainSearch"/> to the last bit. Any number of threads may search
/// while others change the index: changes wait for each other, searches wait for nobody, and each search sees the state of one moment.
/// Adding and removing cost time in proportion to the person's templates, not to the index.
/// </summary>
public sealed class TemplateIndex : IDisposable
{
    /// <summary>Bytes of vectors per chunk: small enough for an index of one person, large enough that a million rows are few chunks. Cancellation is looked at between chunks (about 15 us).</summary>
    private const int ChunkBytes = 512 << 10;

    private readonly Kernel kernel;
    private readonly int stride;
    private readonly int chunkRows;
    private readonly Lock writing = new();
    private readonly Epochs epochs = new();
    private readonly Dictionary<string, int[]> people = new(StringComparer.Ordinal);
    private readonly Stack<int> freeRows = new();
    private readonly Queue<(int Row, long Died)> endedRows = new();
    private volatile Chunk[] chunks = [];
    private volatile int rowCount;
    private volatile int peopleCount;
    private volatile int templateCount;
    private volatile bool disposed;
    private long bytes;

    /// <summary>Creates an empty index.</summary>
    /// <param name="dimension">Length of each vector, 32 to 2048.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="dimension"/> is outside its range.</exception>
    public TemplateIndex(int dimension)
        : this(dimension, Kernel.Best)
    {
    }

    internal TemplateIndex(int dimension, Kernel kernel)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dimension, 32);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(dimension, 2048);
        Dimension = dimension;
        this.kernel = kernel;
        stride = (dimension + 15) & ~15;
        chunkRows = (int)BitOperations.RoundUpToPowerOf2((uint)(ChunkBytes / (stride * sizeof(float) * 2)) + 1);
    }

    /// <summary>Length of each vector.</summary>
    public int Dimension { get; }

    /// <summary>How many people the index holds.</summary>
    public int People => peopleCount;

    /// <summary>How many templates the index holds.</summary>
    public int Templates => templateCount;

    /// <summary>Bytes of native memory held: room for the most templates there ever were at once. Beside it, each row takes about 30 bytes of managed memory.</summary>
    public long Bytes => Interlocked.Read(ref bytes);

    /// <summary>Adds a person or replaces all templates of one. Searches that begin after the call see it.</summary>
    /// <param name="person">The person's id, not empty.</param>
    /// <param name="templates">One or more vectors of finite values, row-major, <see cref="Dimension"/> floats each; copied.</param>
    /// <exception cref="ArgumentException">The id is empty, the length is not a positive multiple of <see cref="Dimension"/>, or a value is not finite.</exception>
    /// <exception cref="OutOfMemoryException">There is no memory; the index is as before.</exception>
    public void Set(string person, ReadOnlySpan<float> templates)
    {
        ArgumentException.ThrowIfNullOrEmpty(person);
        if (templates.IsEmpty || templates.Length % Dimension != 0)
        {
            throw new ArgumentException($"{templates.Length} values are not one or more vectors of {Dimension}.", nameof(templates));
        }

        ThrowIfNotFinite(templates, nameof(templates));
        lock (writing)
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            int[] rows = new int[templates.Length / Dimension];
            Reserve(rows.Length);
            long change = epochs.Next;
            for (int t = 0; t < rows.Length; t++)
            {
                rows[t] = TakeRow();
                chunks[rows[t] / chunkRows].Write(rows[t] % chunkRows, templates.Slice(t * Dimension, Dimension), person, t, change);
            }

            EndRows(person, change);
            people[person] = rows;
            Publish(rows.Length);
        }
    }

    /// <summary>
    /// Removes a person. Searches that begin after the call do not see them; the vectors are overwritten with zeros at once, or when the last search that began before ends.
    /// </summary>
    /// <param name="person">The person's id.</param>
    /// <returns>False when there was no such person.</returns>
    public bool Remove(string person)
    {
        lock (writing)
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            if (!EndRows(person, epochs.Next))
            {
                return false;
            }

            people.Remove(person);
            Publish(added: 0);
            return true;
        }
    }

    /// <summary>
    /// Finds for each probe the nearest people, each by the nearest of the person's templates, ascending by (distance, person id in ordinal order).
    /// Runs on the calling thread; all probes share one pass over memory: reads templates x dimension x 4 bytes.
    /// </summary>
    /// <param name="probes">Finite values, row-major, <paramref name="probeCount"/> times <see cref="Dimension"/> floats.</param>
    /// <param name="probeCount">How many probes; 0 or more.</param>
    /// <param name="limit">Hits per probe at most, 1 or more.</param>
    /// <param name="ct">Looked at between chunks of about 512 KiB.</param>
    /// <returns>Per probe its hits: fewer than <paramref name="limit"/> only when the index holds fewer people.</returns>
    /// <exception cref="ArgumentException">The length does not fit, or a value is not finite.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public SearchHit[][] Search(ReadOnlySpan<float> probes, int probeCount, int limit, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(probeCount);
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        if (probes.Length != (long)probeCount * Dimension)
        {
            throw new ArgumentException($"{probes.Length} values are not {probeCount} vectors of {Dimension}.", nameof(probes));
        }

        ThrowIfNotFinite(probes, nameof(probes));
        if (probeCount == 0)
        {
            return [];
        }

        Epochs.Epoch epoch = epochs.Enter();
        try
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            using var scan = new Scan(kernel, Dimension, stride, probes, probeCount, limit);
            VisitAll(scan, epoch.Number, ct);
            return scan.ToHits();
        }
        finally
        {
            if (epochs.Exit(epoch))
            {
                Settle();
            }
        }
    }

    private void VisitAll(Scan scan, long epoch, CancellationToken ct)
    {
        // Rows of later changes may be counted in, they are not visible. The count is read before the chunks, so each counted row has its chunk.
        int rows = rowCount;
        Chunk[] all = chunks;
        for (int c = 0, first = 0; first < rows; c++, first += chunkRows)
        {
            ct.ThrowIfCancellationRequested();
            if (!all[c].IsEmpty)
            {
                scan.Visit(all[c], Math.Min(chunkRows, rows - first), epoch);
            }
        }
    }

    /// <summary>Frees the memory, at once or when the last running search ends. Searches and changes that begin later throw.</summary>
    public void Dispose()
    {
        disposed = true;
        Settle();
    }

    /// <summary>Makes sure that <paramref name="count"/> rows can be taken, so that running out of memory changes nothing.</summary>
    private void Reserve(int count)
    {
        long needed = count - freeRows.Count + (long)rowCount;
        int chunkCount = (int)(Interlocked.Read(ref bytes) / ((long)chunkRows * stride * sizeof(float)));
        while ((long)chunkCount * chunkRows < needed)
        {
            Chunk[] all = chunks;
            if (chunkCount == all.Length)
            {
                Array.Resize(ref all, Math.Max(4, 2 * chunkCount));
            }

            all[chunkCount] = new Chunk(chunkRows, stride);
            Interlocked.Add(ref bytes, all[chunkCount].Bytes);
            chunkCount++;
            chunks = all;
        }
    }

    private int TakeRow() => freeRows.TryPop(out int row) ? row : rowCount++;

    private bool EndRows(string person, long change)
    {
        if (!people.TryGetValue(person, out int[]? rows))
        {
            return false;
        }

        foreach (int row in rows)
        {
            chunks[row / chunkRows].End(row % chunkRows, change);
            endedRows.Enqueue((row, change));
        }

        templateCount -= rows.Length;
        return true;
    }

    private void Publish(int added)
    {
        templateCount += added;
        peopleCount = people.Count;
        epochs.Publish();
        EraseEnded();
    }

    private void EraseEnded()
    {
        long oldest = epochs.Oldest;
        while (endedRows.TryPeek(out (int Row, long Died) ended) && ended.Died <= oldest)
        {
            endedRows.Dequeue();
            chunks[ended.Row / chunkRows].Erase(ended.Row % chunkRows);
            freeRows.Push(ended.Row);
        }
    }

    /// <summary>Erases what no search can see any more; after <see cref="Dispose"/> everything, once no search runs.</summary>
    private void Settle()
    {
        lock (writing)
        {
            if (!disposed)
            {
                EraseEnded();
                return;
            }

            if (epochs.Busy)
            {
                return; // The last search comes by here.
            }

            foreach (Chunk? chunk in chunks)
            {
                chunk?.Free();
            }

            Interlocked.Exchange(ref bytes, 0);
        }
    }

    private static void ThrowIfNotFinite(ReadOnlySpan<float> values, string name)
    {
        foreach (float value in values)
        {
            if (!float.IsFinite(value))
            {
                throw new ArgumentException("A value is not a finite number.", name);
            }
        }
    }
}
