using System.Runtime.InteropServices;
using FaceGrid.Search.Kernels;

namespace FaceGrid.Search;

/// <summary>
/// One search: several probes share one pass over the chunks, and any number of threads share the pass. Holds what they have in common; each thread has a <see cref="ScanWorker"/>.
/// </summary>
internal sealed unsafe class Scan : IDisposable
{
    private readonly Chunk[] chunks;
    private readonly float* probes;
    private readonly float* thresholds;
    private readonly Dictionary<float[], ProbeCodes> codes = []; // By reference, as arrays are.
    private readonly List<NearestPeople[]> found = [];
    private int next = -1;

    /// <summary>Copies the probes to aligned memory with zeros behind the last dimension, and encodes them for each centre.</summary>
    public Scan(Kernel kernel, RowLayout layout, Chunk[] chunks, long version, ReadOnlySpan<float> source, int probeCount, int limit)
    {
        Kernel = kernel;
        Layout = layout;
        Version = version;
        ProbeCount = probeCount;
        Limit = limit;
        this.chunks = chunks;
        probes = (float*)NativeMemory.AlignedAlloc(ProbeFloats * sizeof(float), RowLayout.LineBytes);
        thresholds = probes + ((long)probeCount * layout.Stride);
        NativeMemory.Clear(probes, ProbeFloats * sizeof(float));
        for (int p = 0; p < probeCount; p++)
        {
            source.Slice(p * layout.Dimension, layout.Dimension).CopyTo(new Span<float>(Probe(p), layout.Stride));
            thresholds[p] = float.PositiveInfinity;
        }

        foreach (Chunk chunk in chunks)
        {
            if (!codes.ContainsKey(chunk.Centre))
            {
                codes.Add(chunk.Centre, new ProbeCodes(layout, chunk.Centre, probes, probeCount));
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

    /// <summary>Products of codes that the pass multiplies: its cost.</summary>
    public long Products => chunks.Sum(chunk => (long)chunk.Taken) * Layout.CodeDimension * ProbeCount;

    private nuint ProbeFloats => (nuint)ProbeCount * (nuint)(Layout.Stride + 1);

    /// <summary>A probe's vector, with the zeros behind it.</summary>
    public float* Probe(int probe) => probes + ((long)probe * Layout.Stride);

    /// <summary>The probes as codes for the chunks with a centre.</summary>
    public ProbeCodes CodesFor(float[] centre) => codes[centre];

    /// <summary>Squared distance beyond which nobody is wanted, as far as any thread knows: a thread has seen as many people as the limit who are as near.</summary>
    public float Threshold(int probe) => Volatile.Read(ref thresholds[probe]);

    /// <summary>Tells all threads that a thread has as many people as the limit within <paramref name="squared"/>.</summary>
    public void Lower(int probe, float squared)
    {
        float known = Threshold(probe);
        while (squared < known)
        {
            float before = Interlocked.CompareExchange(ref thresholds[probe], squared, known);
            if (before == known)
            {
                return;
            }

            known = before;
        }
    }

    /// <summary>Scans chunks until none is left. Several threads may do so at once.</summary>
    /// <param name="cancellationToken">Looked at before each chunk.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public void Work(CancellationToken cancellationToken)
    {
        using var worker = new ScanWorker(this);
        int at;
        while ((at = Interlocked.Increment(ref next)) < chunks.Length)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (chunks[at].Taken > 0)
            {
                worker.Visit(chunks[at]);
            }
        }

        lock (found)
        {
            found.Add(worker.Nearest);
        }
    }

    /// <summary>The hits per probe, when all threads are done.</summary>
    public SearchHit[][] ToHits()
    {
        foreach (NearestPeople[] others in found.Skip(1))
        {
            for (int p = 0; p < ProbeCount; p++)
            {
                found[0][p].AddAll(others[p]);
            }
        }

        return [.. found[0].Select(nearest => nearest.ToHits())];
    }

    /// <summary>Overwrites the probes, which are personal data, and gives the memory back.</summary>
    public void Dispose()
    {
        NativeMemory.Clear(probes, ProbeFloats * sizeof(float));
        NativeMemory.AlignedFree(probes);
        foreach (ProbeCodes set in codes.Values)
        {
            set.Dispose();
        }
    }
}
