using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace FaceGrid.Search;

/// <summary>
/// One search: several probes share one pass over the chunks. Rows are taken in blocks that stay in the cache while all probes visit them.
/// </summary>
internal sealed unsafe class Scan : IDisposable
{
    /// <summary>Bytes of rows per block: half of the 1 MiB second-level cache of Zen 4 and 5, a quarter of the 2 MiB of recent Xeons.</summary>
    private const int BlockBytes = 128 << 10;

    private readonly Kernel kernel;
    private readonly int stride;
    private readonly int probeCount;
    private readonly int blockRows;
    private readonly float* probes;
    private readonly float* distances;
    private readonly NearestPeople[] nearest;

    /// <summary>Copies the probes to aligned memory with zeros behind the last dimension.</summary>
    public Scan(Kernel kernel, int dimension, int stride, ReadOnlySpan<float> source, int probeCount, int limit)
    {
        this.kernel = kernel;
        this.stride = stride;
        this.probeCount = probeCount;
        blockRows = Math.Max(16, BlockBytes / (stride * sizeof(float)));
        nearest = new NearestPeople[probeCount];
        nuint probeBytes = (nuint)probeCount * (nuint)stride * sizeof(float);
        probes = (float*)NativeMemory.AlignedAlloc(probeBytes + ((nuint)probeCount * (nuint)blockRows * sizeof(float)), 64);
        distances = probes + ((long)probeCount * stride);
        NativeMemory.Clear(probes, probeBytes);
        for (int p = 0; p < probeCount; p++)
        {
            source.Slice(p * dimension, dimension).CopyTo(new Span<float>(probes + ((long)p * stride), stride));
            nearest[p] = new NearestPeople(limit);
        }
    }

    /// <summary>Looks at the first <paramref name="rowCount"/> rows of a chunk as they are in state <paramref name="epoch"/>.</summary>
    public void Visit(Chunk chunk, int rowCount, long epoch)
    {
        for (int first = 0; first < rowCount; first += blockRows)
        {
            int count = Math.Min(blockRows, rowCount - first);
            kernel.Squared(chunk.Vectors + ((long)first * stride), count, probes, probeCount, stride, distances);
            for (int p = 0; p < probeCount; p++)
            {
                Collect(chunk, first, new ReadOnlySpan<float>(distances + ((long)p * count), count), epoch, nearest[p]);
            }
        }
    }

    /// <summary>Hands on what is near enough; most groups of lanes hold nothing and are skipped with one comparison.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Collect(Chunk chunk, int first, ReadOnlySpan<float> squared, long epoch, NearestPeople into)
    {
        int r = 0;
        for (; r + Vector<float>.Count <= squared.Length; r += Vector<float>.Count)
        {
            if (Vector.LessThanOrEqualAny(new Vector<float>(squared[r..]), new Vector<float>(into.Threshold)))
            {
                CollectEach(chunk, first + r, squared.Slice(r, Vector<float>.Count), epoch, into);
            }
        }

        CollectEach(chunk, first + r, squared[r..], epoch, into);
    }

    private static void CollectEach(Chunk chunk, int first, ReadOnlySpan<float> squared, long epoch, NearestPeople into)
    {
        for (int r = 0; r < squared.Length; r++)
        {
            if (squared[r] <= into.Threshold && chunk.IsVisible(first + r, epoch))
            {
                (string person, int template) = chunk.Owner(first + r);
                into.Add(squared[r], person, template);
            }
        }
    }

    /// <summary>The hits per probe.</summary>
    public SearchHit[][] ToHits() => [.. nearest.Select(n => n.ToHits())];

    /// <summary>Overwrites the probes, which are personal data, and gives the memory back.</summary>
    public void Dispose()
    {
        NativeMemory.Clear(probes, (nuint)probeCount * (nuint)stride * sizeof(float));
        NativeMemory.AlignedFree(probes);
    }
}
