using System.Numerics;
using FaceGrid.Search.Kernels;

namespace FaceGrid.Search;

/// <summary>
/// Exact nearest-person search over vectors in memory. The answer equals that of <see cref="PlainSearch"/> to the last bit. Any number of
/// threads may search while others change the index. Changes wait for each other, searches wait for nothing, and each search sees the state
/// of one moment. Adding and removing cost time in proportion to the person's templates, not to the index.
/// </summary>
public sealed class TemplateIndex : IDisposable
{
    /// <summary>Largest number of rows that move for each row that a change adds or removes, when memory is to be given back.</summary>
    private const int MovesPerRow = 4;

    private readonly Kernel _kernel;
    private readonly RowLayout _layout;
    private readonly Lock _writing = new();
    private readonly IndexVersions _versions = new();
    private readonly Dictionary<string, int[]> _people = new(StringComparer.Ordinal);
    private readonly RowStore _rows;
    private volatile int _peopleCount;
    private volatile int _templateCount;
    private volatile bool _disposed;

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
        _kernel = kernel;
        _layout = new RowLayout(dimension);
        _rows = new RowStore(_layout, _versions);
    }

    /// <summary>Length of each vector.</summary>
    public int Dimension => _layout.Dimension;

    /// <summary>How many people the index holds.</summary>
    public int People => _peopleCount;

    /// <summary>How many templates the index holds.</summary>
    public int Templates => _templateCount;

    /// <summary>
    /// Bytes of native memory held. Each row takes its vector (4 bytes per dimension), its codes (1 byte per dimension) and 9 bytes; beside
    /// them there is room to grow. When an index shrinks, memory is given back as rows move together. In addition each row takes about 36
    /// bytes of managed memory, and each person about 100.
    /// </summary>
    public long Bytes => _rows.Bytes;

    /// <summary>Adds a person or replaces all templates of one. Searches that begin after the call see it.</summary>
    /// <param name="person">The person's id, not empty.</param>
    /// <param name="templates">One or more vectors of finite values, row-major, <see cref="Dimension"/> floats each; copied.</param>
    /// <exception cref="ArgumentException">
    /// The id is empty, the length is not a positive multiple of <see cref="Dimension"/>, or a value is not finite.
    /// </exception>
    /// <exception cref="OutOfMemoryException">There is no memory. The index is unchanged.</exception>
    public void Set(string person, ReadOnlySpan<float> templates)
    {
        ArgumentException.ThrowIfNullOrEmpty(person);
        if (templates.IsEmpty || templates.Length % Dimension != 0)
        {
            throw new ArgumentException($"{templates.Length} values are not one or more vectors of {Dimension}.", nameof(templates));
        }

        ThrowIfNotFinite(templates, nameof(templates));
        lock (_writing)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            int[] added = new int[templates.Length / Dimension];
            _rows.Reserve(added.Length);
            long change = _versions.Next;
            for (int t = 0; t < added.Length; t++)
            {
                added[t] = _rows.Add(templates.Slice(t * Dimension, Dimension), person, t, change);
            }

            int removed = EndRows(person, change);
            _people[person] = added;
            Publish(change, added.Length + removed);
        }
    }

    /// <summary>
    /// Removes a person. Searches that begin after the call do not see them. The vectors are overwritten with zeros at once, or when the
    /// last search that began before the call ends.
    /// </summary>
    /// <param name="person">The person's id.</param>
    /// <returns>False when there was no such person.</returns>
    public bool Remove(string person)
    {
        lock (_writing)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            long change = _versions.Next;
            int removed = EndRows(person, change);
            _people.Remove(person);
            if (removed > 0)
            {
                Publish(change, removed);
            }

            return removed > 0;
        }
    }

    /// <summary>
    /// Finds the nearest people of each probe. The nearest template of a person counts. Hits are ordered by distance, then by person id in
    /// ordinal order, both ascending. The search runs on the calling thread; <see cref="ScanPool"/> uses several. All probes share one pass
    /// over memory: it reads templates x dimension x 1 byte, and the vectors of the few templates that this cannot rule out.
    /// </summary>
    /// <param name="probes">Finite values, row-major, <paramref name="probeCount"/> times <see cref="Dimension"/> floats.</param>
    /// <param name="probeCount">How many probes; 0 or more.</param>
    /// <param name="limit">Hits per probe at most, 1 or more.</param>
    /// <param name="cancellationToken">Checked between chunks of at most 4 MiB of codes. A cancelled search leaves nothing behind.</param>
    /// <returns>The hits of each probe. There are fewer than <paramref name="limit"/> only when the index holds fewer people.</returns>
    /// <exception cref="ArgumentException">The length does not fit, or a value is not finite.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public SearchHit[][] Search(ReadOnlySpan<float> probes, int probeCount, int limit, CancellationToken cancellationToken)
    {
        using SearchRun run = Begin(probes, probeCount, limit);
        run.Scan.Work(cancellationToken);
        return run.Scan.ToHits();
    }

    /// <summary>Begins a search on the present state. The rows that it needs stay until the run is disposed.</summary>
    internal SearchRun Begin(ReadOnlySpan<float> probes, int probeCount, int limit)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(probeCount);
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        if (probes.Length != (long)probeCount * Dimension)
        {
            throw new ArgumentException($"{probes.Length} values are not {probeCount} vectors of {Dimension}.", nameof(probes));
        }

        ThrowIfNotFinite(probes, nameof(probes));
        IndexVersions.Version version = _versions.Enter();
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return new SearchRun(new Scan(_kernel, _layout, _rows.Chunks, version.Number, probes, probeCount, limit), () => Leave(version));
        }
        catch
        {
            Leave(version);
            throw;
        }
    }

    /// <summary>Frees the memory, at once or when the last running search ends. Later searches and changes throw.</summary>
    public void Dispose()
    {
        _disposed = true;
        Settle();
    }

    private int EndRows(string person, long change)
    {
        if (!_people.TryGetValue(person, out int[]? ended))
        {
            return 0;
        }

        foreach (int row in ended)
        {
            _rows.End(row, change);
        }

        return ended.Length;
    }

    /// <summary>Makes a change visible, and moves a few rows when memory can be given back.</summary>
    private void Publish(long change, int rowsChanged)
    {
        for (int i = 0; i < MovesPerRow * rowsChanged && _rows.TryPickToMove(out int row); i++)
        {
            Move(row, change);
        }

        _templateCount = _rows.Live;
        _peopleCount = _people.Count;
        _versions.Publish();
        _rows.EraseEnded();
    }

    private void Move(int row, long change)
    {
        (Chunk chunk, int place) = _rows[row];
        (string person, int template) = chunk.Owner(place);
        _people[person][template] = _rows.Add(chunk.Vector(place)[..Dimension], person, template, change);
        _rows.End(row, change);
    }

    private void Leave(IndexVersions.Version version)
    {
        if (_versions.Exit(version))
        {
            Settle();
        }
    }

    /// <summary>
    /// Erases the rows that no search can see any more. After <see cref="Dispose"/> it frees everything once no search runs.
    /// </summary>
    private void Settle()
    {
        lock (_writing)
        {
            if (!_disposed)
            {
                _rows.EraseEnded();
            }
            else if (!_versions.Busy)
            {
                _rows.FreeAll(); // While searches run, the last of them calls this again.
            }
        }
    }

    private static void ThrowIfNotFinite(ReadOnlySpan<float> values, string name)
    {
        // Zero times a value is zero, unless the value is infinite or not a number. This check uses all vector registers of a machine.
        Vector<float> sum = default;
        int i = 0;
        for (; i <= values.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            sum += new Vector<float>(values[i..]) * 0f;
        }

        float rest = Vector.Sum(sum);
        for (; i < values.Length; i++)
        {
            rest += values[i] * 0f;
        }

        if (rest != 0)
        {
            throw new ArgumentException("A value is not a finite number.", name);
        }
    }
}
