using System.Runtime.InteropServices;
using BenchmarkDotNet.Attributes;
using FaceGrid.Search;

namespace FaceGrid.Benchmarks;

/// <summary>What it costs to add a vector: turning it into codes, and all of it.</summary>
[MemoryDiagnoser]
public unsafe class QuantiserCost
{
    private RowLayout layout = null!;
    private float[] vector = [];
    private float[] centre = [];
    private uint* words;
    private TemplateIndex index = null!;

    /// <summary>Length of a vector.</summary>
    [Params(128, 512)]
    public int Dimension { get; set; }

    /// <summary>Prepares a vector and an index of one person.</summary>
    [GlobalSetup]
    public void SetUp()
    {
        var random = new Random(1);
        layout = new RowLayout(Dimension);
        vector = [.. Enumerable.Range(0, Dimension).Select(_ => random.NextSingle() - 0.5f)];
        centre = new float[layout.Stride];
        words = (uint*)NativeMemory.AlignedAlloc((nuint)layout.BlockBytes, 64);
        index = new TemplateIndex(Dimension);
    }

    /// <summary>Gives the memory back.</summary>
    [GlobalCleanup]
    public void CleanUp()
    {
        NativeMemory.AlignedFree(words);
        index.Dispose();
    }

    /// <summary>Encodes a row.</summary>
    [Benchmark(Baseline = true)]
    public double Encode()
    {
        fixed (float* v = vector, m = centre)
        {
            return Quantiser.EncodeRow(v, m, layout, words).Residual;
        }
    }

    /// <summary>Replaces a person's only template.</summary>
    [Benchmark]
    public void Replace() => index.Set("p", vector);
}
