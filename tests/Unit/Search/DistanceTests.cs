using FaceGrid.Search;
using FaceGrid.Search.Kernels;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Search;

/// <summary>Goal: every instruction path gives the bits of the definition. Method: force each path through the internal seam.</summary>
public sealed class DistanceTests
{
    /// <summary>The paths this machine has: on x86 that includes the one for Arm, in its portable form.</summary>
    public static TheoryData<string> Paths => [.. Kernel.All.Where(kernel => kernel.IsAvailable).Select(kernel => kernel.Name)];

    internal static Kernel Path(string name) => Kernel.All.Single(kernel => kernel.Name == name);

    [Theory]
    [MemberData(nameof(Paths))]
    public void Squared_AnyLength_HasTheBitsOfTheDefinition(string path)
    {
        var random = new Random(7);
        for (int length = 0; length < 200; length++)
        {
            Check(Path(path), random, length);
        }

        foreach (int length in new[] { 511, 512, 513, 1000, 2047, 2048 })
        {
            Check(Path(path), random, length);
        }
    }

    private static void Check(Kernel path, Random random, int length)
    {
        // Mixed magnitudes make a different order or a missing fusion show in the last bit.
        float[] a = [.. Enumerable.Range(0, length).Select(_ => (float)((random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-6, 3))))];
        float[] b = [.. Enumerable.Range(0, length).Select(_ => (float)((random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-6, 3))))];
        BitConverter.SingleToUInt32Bits(Distance.Squared(path, a, b)).ShouldBe(BitConverter.SingleToUInt32Bits(Vectors.SquaredByDefinition(a, b)), $"{path.Name}, length {length}");
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public unsafe void Squared_ManyRows_HasTheBitsOfOnePair(string path)
    {
        var random = new Random(11);
        const int Stride = 48, RowCount = 5;
        float[] rows = Vectors.Unit(random, RowCount, Stride);
        float[] probe = Vectors.Unit(random, 1, Stride);
        float[] distances = new float[RowCount];
        fixed (float* r = rows, p = probe, d = distances)
        {
            Path(path).Squared(r, RowCount, p, Stride, d);
        }

        for (int i = 0; i < RowCount; i++)
        {
            float expected = Vectors.SquaredByDefinition(rows.AsSpan(i * Stride, Stride), probe);
            BitConverter.SingleToUInt32Bits(distances[i]).ShouldBe(BitConverter.SingleToUInt32Bits(expected), $"{path}, row {i}");
        }
    }

    [Fact]
    public void Squared_DifferentLengths_Throws() => Should.Throw<ArgumentException>(() => Distance.Squared(new float[3], new float[4]));

    /// <summary><c>InstructionTests</c> runs it in processes without some instructions.</summary>
    [Fact]
    public void Best_path_has_the_bits_of_the_definition()
    {
        string? expected = Environment.GetEnvironmentVariable("FACEGRID_EXPECTED_PATH");
        if (!string.IsNullOrEmpty(expected))
        {
            SearchKernels.Name.ShouldBe(expected);
        }

        Squared_AnyLength_HasTheBitsOfTheDefinition(SearchKernels.Name);
        Squared_ManyRows_HasTheBitsOfOnePair(SearchKernels.Name);
        TemplateIndexTests.RunHistories(SearchKernels.Name, histories: 10);
    }
}
