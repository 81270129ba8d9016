using System.Runtime.InteropServices;
using FaceGrid.Search;
using FaceGrid.Search.Kernels;
using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Search;

/// <summary>
/// Goal: the first pass never rules out a row that could be near. Method: take the proof of <see cref="Quantiser"/> at its word, on vectors of every kind: codes keep the limits that the
/// 16-bit sums need, products are those of plain integers on every path, and rows are kept exactly up to a bound that is never beyond the canonical distance.
/// </summary>
public sealed unsafe class QuantiserTests
{
    private const int RowCount = 32, ProbeCount = Kernel.TileProbes;

    [Fact]
    public void Codes_AnyVector_KeepTheLimitsOfTheSums() => ForAnySeed(200, seed =>
    {
        using var bench = new Bench(seed);
        for (int p = 0; p < ProbeCount; p++)
        {
            int[] codes = bench.ProbeCode(p);
            for (int i = 0; i < codes.Length; i += 2)
            {
                (Math.Abs(codes[i]) + Math.Abs(codes[i + 1])).ShouldBeLessThanOrEqualTo(128, $"seed {seed}");
            }

            CheckLanes(codes, seed);
        }

        for (int row = 0; row < RowCount; row++)
        {
            CheckLanes(bench.RowCode(row), seed);
        }
    });

    [Theory]
    [MemberData(nameof(DistanceTests.Paths), MemberType = typeof(DistanceTests))]
    public void Products_AnyVectors_AreThoseOfPlainIntegers(string path) => ForAnySeed(60, seed =>
    {
        using var bench = new Bench(seed);
        int[] tile = new int[ProbeCount * RowCount], stream = new int[ProbeCount * RowCount];
        bench.Multiply(DistanceTests.Path(path), tile, stream);
        for (int p = 0; p < ProbeCount; p++)
        {
            for (int row = 0; row < RowCount; row++)
            {
                int expected = bench.ProbeCode(p).Zip(bench.RowCode(row), (a, b) => a * b).Sum();
                tile[(p * RowCount) + row].ShouldBe(expected, $"tile, seed {seed}, probe {p}, row {row}");
                stream[(p * RowCount) + row].ShouldBe(expected, $"stream, seed {seed}, probe {p}, row {row}");
            }
        }
    });

    [Theory]
    [MemberData(nameof(DistanceTests.Paths), MemberType = typeof(DistanceTests))]
    public void FindNear_ThresholdAtTheDistance_KeepsTheRow(string path) => ForAnySeed(path == "scalar" ? 20 : 60, seed =>
    {
        using var bench = new Bench(seed);
        int[] products = new int[ProbeCount * RowCount];
        bench.Multiply(DistanceTests.Path(path), products, new int[products.Length]);
        for (int p = 0; p < ProbeCount; p++)
        {
            for (int row = 0; row < RowCount; row++)
            {
                float distance = bench.Distance(p, row);
                bench.IsNear(DistanceTests.Path(path), products, p, row, distance).ShouldBeTrue($"seed {seed}, probe {p}, row {row}, distance {distance}");
            }
        }
    });

    /// <summary>A bound that keeps everything would pass the other tests.</summary>
    [Fact]
    public void FindNear_UnitVectors_RulesOutWhatIsNotNear()
    {
        using var bench = new Bench(dimension: 512, new Random(1), kind: 0);
        int[] products = new int[ProbeCount * RowCount];
        bench.Multiply(Kernel.Best, products, new int[products.Length]);
        for (int row = 0; row < RowCount; row++)
        {
            bench.IsNear(Kernel.Best, products, 0, row, 0.9f * bench.Distance(0, row)).ShouldBeFalse();
        }
    }

    private static void CheckLanes(int[] codes, int seed)
    {
        for (int group = 0; group < codes.Length; group += 32)
        {
            foreach (int lane in new[] { 0, 2 })
            {
                Enumerable.Range(0, 32).Where(i => (i & 2) == lane).Sum(i => codes[group + i] * codes[group + i]).ShouldBeLessThanOrEqualTo(181 * 181, $"seed {seed}");
            }
        }

        codes.ShouldAllBe(code => Math.Abs(code) <= 127);
    }

    private static void ForAnySeed(int count, Action<int> check) =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(count), Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), check));

    /// <summary>Two blocks of rows and four probes, some seeds with a centre.</summary>
    private sealed class Bench : IDisposable
    {
        private readonly RowLayout layout;
        private readonly Chunk chunk;
        private readonly float* probes;
        private readonly ProbeCodes codes;

        public Bench(int seed)
            : this(new Random(seed).Next(32, 700), new Random(seed), kind: null)
        {
        }

        public Bench(int dimension, Random random, int? kind)
        {
            layout = new RowLayout(dimension);
            var data = new VectorData(random, dimension, kind);
            chunk = new Chunk(layout, RowCount, random.Next(2) == 0 ? new float[layout.Stride] : [.. data.Next(), .. new float[layout.Stride - dimension]]);
            for (int row = 0; row < RowCount; row++)
            {
                chunk.Write(chunk.Take(), data.Next(), "a", row, 1);
            }

            probes = (float*)NativeMemory.AllocZeroed((nuint)(ProbeCount * layout.Stride * sizeof(float)));
            for (int p = 0; p < ProbeCount; p++)
            {
                data.Next().CopyTo(new Span<float>(probes + (p * layout.Stride), dimension));
            }

            codes = new ProbeCodes(layout, chunk.Centre, probes, ProbeCount);
        }

        public int[] ProbeCode(int probe) => [.. new ReadOnlySpan<sbyte>(codes.Codes + (probe * layout.ProbeBytes), layout.CodeDimension).ToArray().Select(code => (int)code)];

        public int[] RowCode(int row) => [.. Enumerable.Range(0, layout.CodeDimension).Select(i =>
            chunk.Blocks[(row / 16 * layout.BlockBytes) + RowLayout.HeadBytes + (i / 4 * 64) + (row % 16 * 4) + (i % 4)] - 128)];

        public float Distance(int probe, int row) => Vectors.SquaredByDefinition(new(probes + (probe * layout.Stride), layout.Dimension), chunk.Vector(row)[..layout.Dimension]);

        public void Multiply(Kernel kernel, int[] tile, int[] stream)
        {
            fixed (int* t = tile, s = stream)
            {
                kernel.Tile(chunk.Blocks + RowLayout.HeadBytes, layout, codes.Codes, t, chunk.Blocks, 1);
                for (int p = 0; p < ProbeCount; p++)
                {
                    kernel.Stream(chunk.Blocks + RowLayout.HeadBytes, Kernel.TileBlocks, layout, codes.Codes + (p * layout.ProbeBytes), s + (p * RowCount));
                }
            }
        }

        public bool IsNear(Kernel kernel, int[] products, int probe, int row, float threshold)
        {
            ushort* near = stackalloc ushort[2];
            fixed (int* p = products)
            {
                kernel.FindNear(chunk.Blocks, 2, layout, chunk.Reach, p + (probe * RowCount), codes.Bounds + probe, &threshold, 1, near);
            }

            return (near[row / 16] >> (row % 16) & 1) == 1;
        }

        public void Dispose()
        {
            codes.Dispose();
            NativeMemory.Free(probes);
            chunk.Free();
        }
    }
}
