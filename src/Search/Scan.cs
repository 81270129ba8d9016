using System.Runtime.InteropServices;
using FaceGrid.Search.Kernels;

namespace FaceGrid.Search;

/// <summary>
/// One search. Several probes share one pass over the chunks, and any number of threads share the pass. This object holds what the threads
/// have in common; each thread has a <see cref="ScanWorker"/>.
/// </summary>
internal sealed unsafe class Scan : IDisposable
{
    private readonly Chunk[] _chunks;
    private readonly float* _probes;
    private readonly float* _thresholds;
    private readonly Dictionary<float[], ProbeCodes> _codes = []; // Keys are compared by reference.
    private readonly List<NearestPeople[]> _found = [];
    private int _next = -1;

    /// <summary>Copies the probes to aligned memory with zeros behind the last dimension, and encodes them for each centre.</summary>
    public Scan(Kernel kernel, RowLayout layout, Chunk[] chunks, long version, ReadOnlySpan<float> source, int probeCount, int limit)
    {
        Kernel = kernel;
        Layout = layout;
        Version = version;
        ProbeCount = probeCount;
        Limit = limit;
        _chunks = chunks;
        _probes = (float*)NativeMemory.AlignedAlloc(ProbeFloats * sizeof(float), RowLayout.LineBytes);
        _thresholds = _probes + ((long)probeCount * layout.Stride);
        NativeMemory.Clear(_probes, ProbeFloats * sizeof(float));
        for (int p = 0; p < probeCount; p++)
        {
            source.Slice(p * layout.Dimension, layout.Dimension).CopyTo(new Span<float>(Probe(p), layout.Stride));
            _thresholds[p] = float.PositiveInfinity;
        }

        foreach (Chunk chunk in _chunks)
        {
            if (!_codes.ContainsKey(chunk.Centre))
            {
                _codes.Add(chunk.Centre, new ProbeCodes(layout, chunk.Centre, _probes, probeCount));
            }
        }
    }

    /// <summary>The instruction path.</summary>
    public Kernel Kernel { get; }

    /// <summary>Sizes.</summary>
    public RowLayout Layout { get; }

    /// <summary>The state that is searched.</summary>
    public long Version { get; }

    /// <summary>Number of probes.</summary>
    public int ProbeCount { get; }

    /// <summary>Hits per probe at most.</summary>
    public int Limit { get; }

    /// <summary>Number of products of codes that the pass computes. This is its cost.</summary>
    public long Products => _chunks.Sum(chunk => (long)chunk.Taken) * Layout.CodeDimension * ProbeCount;

    private nuint ProbeFloats => (nuint)ProbeCount * (nuint)(Layout.Stride + 1);

    /// <summary>A probe's vector, with the zeros behind it.</summary>
    public float* Probe(int probe) => _probes + ((long)probe * Layout.Stride);

    /// <summary>The probes as codes, for the chunks that have <paramref name="centre"/>.</summary>
    public ProbeCodes CodesFor(float[] centre) => _codes[centre];

    /// <summary>
    /// Squared distance beyond which a person cannot be among the hits, as far as any thread knows: some thread has seen as many people as
    /// the limit who are as near.
    /// </summary>
    public float Threshold(int probe) => Volatile.Read(ref _thresholds[probe]);

    /// <summary>Tells all threads that one thread has found as many people as the limit within <paramref name="squared"/>.</summary>
    public void Lower(int probe, float squared)
    {
        float known = Threshold(probe);
        while (squared < known)
        {
            float before = Interlocked.CompareExchange(ref _thresholds[probe], squared, known);
            if (before == known)
            {
                return;
            }

            known = before;
        }
    }

    /// <summary>Scans chunks until none is left. Several threads may call this at once.</summary>
    /// <param name="cancellationToken">Checked before each chunk. A cancelled search has no hits.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public void Work(CancellationToken cancellationToken)
    {
        using var worker = new ScanWorker(this);
        int at;
        while ((at = Interlocked.Increment(ref _next)) < _chunks.Length)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (_chunks[at].Taken > 0)
            {
                worker.Visit(_chunks[at]);
            }
        }

        lock (_found)
        {
            _found.Add(worker.Nearest);
        }
    }

    /// <summary>The hits per probe. Call it when all threads are done.</summary>
    public SearchHit[][] ToHits()
    {
        foreach (NearestPeople[] others in _found.Skip(1))
        {
            for (int p = 0; p < ProbeCount; p++)
            {
                _found[0][p].AddAll(others[p]);
            }
        }

        return [.. _found[0].Select(nearest => nearest.ToHits())];
    }

    /// <summary>Overwrites the probes, which are personal data, and gives the memory back.</summary>
    public void Dispose()
    {
        NativeMemory.Clear(_probes, ProbeFloats * sizeof(float));
        NativeMemory.AlignedFree(_probes);
        foreach (ProbeCodes set in _codes.Values)
        {
            set.Dispose();
        }
    }
}
