using System.Runtime.InteropServices;
using FaceGrid.Abstractions.Embedding;

namespace FaceGrid.Tests.Faults.Clusters;

/// <summary>Random directions, as nodes store them.</summary>
internal static class TestVectors
{
    public const int Dimension = 64;

    public static float[] RandomUnit(Random random)
    {
        float[] vector = [.. Enumerable.Range(0, Dimension).Select(_ => (float)(random.NextDouble() - 0.5))];
        return Vectors.ToUnit(MemoryMarshal.AsBytes<float>(vector), Dimension);
    }
}
