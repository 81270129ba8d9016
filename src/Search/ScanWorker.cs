using System.Numerics;
using System.Runtime.InteropServices;
using FaceGrid.Search.Kernels;

namespace FaceGrid.Search;

/// <summary>
/// One thread's part of a search. The codes say which rows may be near enough; only the distance of those rows decides. So the answer does
/// not depend on the codes, on the order of the chunks or on the number of threads. A row is left out only when its distance is proven to
/// be beyond the last place (<see cref="Quantiser"/>).
/// </summary>
internal sealed unsafe class ScanWorker : IDisposable
{
    /// <summary>
    /// Bytes of blocks that a single probe is compared with before its candidates are measured. They are few enough that the heads of the
    /// blocks are still in the first-level cache. On Zen 4 four times as many cost 8 % of the bandwidth at 512 dimensions; half as many
    /// cost as much at 128.
    /// </summary>
    private const int StreamBytes = 8 << 10;

    private readonly Scan _scan;
    private readonly int _streamBlocks;
    private readonly float* _thresholds;
    private readonly int* _products;
    private readonly ushort* _near;

    /// <summary>Allocates the thread's buffers.</summary>
    public ScanWorker(Scan scan)
    {
        _scan = scan;
        _streamBlocks = Math.Max(1, (StreamBytes + (scan.Layout.BlockBytes / 2)) / scan.Layout.BlockBytes);
        Nearest = new NearestPeople[scan.ProbeCount];
        for (int p = 0; p < scan.ProbeCount; p++)
        {
            Nearest[p] = new NearestPeople(scan.Limit);
        }

        int productCount = RowLayout.BlockRows * Math.Max(_streamBlocks, Kernel.TileBlocks * Kernel.TileProbes);
        _products = (int*)NativeMemory.AlignedAlloc(
            (nuint)(productCount * (sizeof(int) + sizeof(ushort))) + ((nuint)_scan.ProbeCount * sizeof(float)), RowLayout.LineBytes);
        _near = (ushort*)(_products + productCount);
        _thresholds = (float*)(_near + productCount);
    }

    /// <summary>The nearest people that this thread has seen, per probe.</summary>
    public NearestPeople[] Nearest { get; }

    /// <summary>Searches the rows of a chunk.</summary>
    public void Visit(Chunk chunk)
    {
        for (int p = 0; p < _scan.ProbeCount; p++)
        {
            _thresholds[p] = _scan.Threshold(p);
        }

        ProbeCodes codes = _scan.CodesFor(chunk.Centre);
        const int TileRows = Kernel.TileBlocks * RowLayout.BlockRows;
        int blockCount = (chunk.Used + TileRows - 1) / TileRows * Kernel.TileBlocks;
        int step = _scan.ProbeCount < Kernel.TileProbes ? _streamBlocks : Kernel.TileBlocks;
        for (int block = 0; block < blockCount; block += step)
        {
            VisitBlocks(chunk, block, Math.Min(step, blockCount - block), codes);
        }
    }

    /// <summary>
    /// Compares all probes with some blocks, which stay in the first-level cache meanwhile: four probes at a time, the rest one by one.
    /// </summary>
    private void VisitBlocks(Chunk chunk, int block, int blockCount, ProbeCodes codes)
    {
        RowLayout layout = _scan.Layout;
        byte* first = chunk.Blocks + ((long)block * layout.BlockBytes);
        int p = 0;
        if (_scan.ProbeCount >= Kernel.TileProbes)
        {
            // The two blocks after the next two are fetched meanwhile. Behind the chunk's end this asks for memory that is not needed,
            // which is harmless.
            byte* ahead = first + (2 * Kernel.TileBlocks * (long)layout.BlockBytes);
            byte* aheadEnd = ahead + (Kernel.TileBlocks * (long)layout.BlockBytes);
            int groups = layout.Groups * (_scan.ProbeCount / Kernel.TileProbes);
            int aheadLines = ((Kernel.TileBlocks * layout.BlockBytes / RowLayout.LineBytes) + groups - 1) / groups;
            for (; p + Kernel.TileProbes <= _scan.ProbeCount; p += Kernel.TileProbes)
            {
                _scan.Kernel.Tile(
                    first + RowLayout.HeadBytes,
                    layout,
                    codes.Codes + ((long)p * layout.ProbeBytes),
                    _products,
                    ahead,
                    ahead < aheadEnd ? aheadLines : 0);
                Collect(chunk, block, blockCount, codes, p, Kernel.TileProbes);
                ahead += layout.Groups * aheadLines * RowLayout.LineBytes;
            }
        }

        for (; p < _scan.ProbeCount; p++)
        {
            _scan.Kernel.Stream(first + RowLayout.HeadBytes, blockCount, layout, codes.Codes + ((long)p * layout.ProbeBytes), _products);
            Collect(chunk, block, blockCount, codes, p, 1);
        }
    }

    private void Collect(Chunk chunk, int block, int blockCount, ProbeCodes codes, int probe, int probeCount)
    {
        RowLayout layout = _scan.Layout;
        byte* first = chunk.Blocks + ((long)block * layout.BlockBytes);
        bool any = _scan.Kernel.FindNear(
            first,
            blockCount,
            layout,
            chunk.Reach + (2 * block),
            _products,
            codes.Bounds + probe,
            _thresholds + probe,
            probeCount,
            _near);
        if (!any)
        {
            return;
        }

        for (int i = 0; i < probeCount * blockCount; i++)
        {
            for (uint rows = _near[i]; rows != 0; rows &= rows - 1)
            {
                Measure(
                    chunk,
                    ((block + (i % blockCount)) * RowLayout.BlockRows) + BitOperations.TrailingZeroCount(rows),
                    probe + (i / blockCount));
            }
        }
    }

    /// <summary>Computes a candidate's distance in fp32. Only this distance decides whether the candidate gets in.</summary>
    private void Measure(Chunk chunk, int row, int probe)
    {
        if (!chunk.IsVisible(row, _scan.Version))
        {
            return;
        }

        float squared;
        _scan.Kernel.Squared(chunk.Vectors + ((long)row * _scan.Layout.Stride), 1, _scan.Probe(probe), _scan.Layout.Stride, &squared);
        if (squared > _thresholds[probe])
        {
            return;
        }

        (string person, int template) = chunk.Owner(row);
        Nearest[probe].Add(squared, person, template);
        if (Nearest[probe].Threshold < _thresholds[probe])
        {
            _thresholds[probe] = Nearest[probe].Threshold;
            _scan.Lower(probe, _thresholds[probe]);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => NativeMemory.AlignedFree(_products);
}
