using System.Runtime.InteropServices;
using BenchmarkDotNet.Attributes;
using FaceGrid.Search;
using FaceGrid.Search.Kernels;

namespace FaceGrid.Benchmarks;

/// <summary>
/// The loops of the search on rows that stay in the cache, for each instruction path of this machine. The plain loop over as many fp32 vectors is the baseline; a tile takes four probes at once.
/// </summary>
[MemoryDiagnoser]
public unsafe class KernelSpeed
{
    private const int RowCount = 256;

    private RowLayout layout = null!;
    private Chunk chunk = null!;
    private ProbeCodes codes = null!;
    private Kernel kernel = null!;
    private float* probes;
    private int* products;
    private float* distances;

    /// <summary>Length of a vector.</summary>
    [Params(128, 512)]
    public int Dimension { get; set; }

    /// <summary>Instruction path.</summary>
    [ParamsSource(nameof(Paths))]
    public string Path { get; set; } = "";

    /// <summary>The paths this machine has, without the plain one.</summary>
    public static IEnumerable<string> Paths => Kernel.All.Where(path => path.IsAvailable && path != Kernel.Scalar).Select(path => path.Name);

    /// <summary>Fills a chunk and encodes probes.</summary>
    [GlobalSetup]
    public void SetUp()
    {
        kernel = Kernel.All.Single(path => path.Name == Path);
        layout = new RowLayout(Dimension);
        chunk = new Chunk(layout, RowCount, new float[layout.Stride]);
        var random = new Random(1);
        for (int row = 0; row < RowCount; row++)
        {
            chunk.Write(chunk.Take(), Vector(random), "p", 0, 1);
        }

        probes = (float*)NativeMemory.AlignedAlloc((nuint)(Kernel.TileProbes * layout.Stride * sizeof(float)), 64);
        for (int p = 0; p < Kernel.TileProbes; p++)
        {
            Vector(random).CopyTo(new Span<float>(probes + (p * layout.Stride), layout.Stride));
        }

        codes = new ProbeCodes(layout, chunk.Centre, probes, Kernel.TileProbes);
        products = (int*)NativeMemory.AlignedAlloc(RowCount * Kernel.TileProbes * sizeof(int), 64);
        distances = (float*)NativeMemory.AlignedAlloc(RowCount * sizeof(float), 64);
    }

    /// <summary>Gives the memory back.</summary>
    [GlobalCleanup]
    public void CleanUp()
    {
        chunk.Free();
        codes.Dispose();
        NativeMemory.AlignedFree(probes);
        NativeMemory.AlignedFree(products);
        NativeMemory.AlignedFree(distances);
    }

    /// <summary>256 distances in fp32.</summary>
    [Benchmark(Baseline = true)]
    public void Plain() => kernel.Squared(chunk.Vectors, RowCount, probes, layout.Stride, distances);

    /// <summary>256 products of codes with one probe.</summary>
    [Benchmark]
    public void Stream() => kernel.Stream(chunk.Blocks + RowLayout.HeadBytes, RowCount / RowLayout.BlockRows, layout, codes.Codes, products);

    /// <summary>256 products of codes with each of four probes.</summary>
    [Benchmark]
    public void Tiles()
    {
        for (int block = 0; block < RowCount / RowLayout.BlockRows; block += Kernel.TileBlocks)
        {
            kernel.Tile(chunk.Blocks + (block * layout.BlockBytes) + RowLayout.HeadBytes, layout, codes.Codes, products, chunk.Blocks, 0);
        }
    }

    private float[] Vector(Random random) => [.. Enumerable.Range(0, Dimension).Select(_ => random.NextSingle() - 0.5f)];
}
