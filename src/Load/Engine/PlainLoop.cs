using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using FaceGrid.Search;

namespace FaceGrid.Load.Engine;

/// <summary>Loops that the engine is compared with. Two of them compare the probe with every vector, and one only reads memory.</summary>
/// <param name="rows">Vectors, row-major.</param>
/// <param name="dimension">Length of a vector.</param>
/// <param name="threads">Threads, each with its own part of the rows.</param>
/// <param name="limit">Rows to find.</param>
internal sealed class PlainLoop(float[] rows, int dimension, int threads, int limit)
{
    /// <summary>Rows per call. Their distances stay in the first-level cache.</summary>
    private const int BlockRows = 256;

    /// <summary>Computes the canonical distance of each row with the engine's own fp32 instructions.</summary>
    /// <param name="probe">Index into <paramref name="probes"/>.</param>
    /// <param name="probes">Vectors, row-major.</param>
    public void Canonical(int probe, float[] probes) => Run((first, distances) =>
        Distance.Squared(
            rows.AsSpan(first * dimension, distances.Length * dimension), probes.AsSpan(probe * dimension, dimension), distances));

    /// <summary>Computes the distance of each row with <c>System.Numerics.Tensors</c>.</summary>
    /// <param name="probe">Index into <paramref name="probes"/>.</param>
    /// <param name="probes">Vectors, row-major.</param>
    public void Tensors(int probe, float[] probes) => Run((first, distances) =>
    {
        ReadOnlySpan<float> vector = probes.AsSpan(probe * dimension, dimension);
        for (int i = 0; i < distances.Length; i++)
        {
            distances[i] = TensorPrimitives.Distance(rows.AsSpan((first + i) * dimension, dimension), vector);
        }
    });

    /// <summary>Reads memory from one end to the other, as fast as possible.</summary>
    /// <param name="memory">The memory to read.</param>
    /// <returns>A sum, so that the compiler cannot leave out a read.</returns>
    public long Read(float[] memory)
    {
        long total = 0;
        Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads }, thread =>
        {
            int part = memory.Length / threads;
            ReadOnlySpan<Vector<long>> vectors = MemoryMarshal.Cast<float, Vector<long>>(memory.AsSpan(thread * part, part));
            Vector<long> a = default, b = default, c = default, d = default;
            for (int i = 0; i + 4 <= vectors.Length; i += 4)
            {
                a += vectors[i];
                b += vectors[i + 1];
                c += vectors[i + 2];
                d += vectors[i + 3];
            }

            Interlocked.Add(ref total, Vector.Sum(a + b + c + d));
        });
        return total;
    }

    private void Run(Measure measure)
    {
        int count = rows.Length / dimension;
        Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads }, thread =>
        {
            int end = (int)((long)count * (thread + 1) / threads);
            Span<float> distances = stackalloc float[BlockRows];
            var nearest = new PriorityQueue<int, float>();
            float worst = float.PositiveInfinity;
            for (int first = (int)((long)count * thread / threads); first < end; first += BlockRows)
            {
                Span<float> block = distances[..Math.Min(BlockRows, end - first)];
                measure(first, block);
                for (int i = 0; i < block.Length; i++)
                {
                    if (block[i] < worst)
                    {
                        nearest.Enqueue(first + i, -block[i]);
                        if (nearest.Count > limit)
                        {
                            nearest.Dequeue();
                            nearest.TryPeek(out _, out float negative);
                            worst = -negative;
                        }
                    }
                }
            }
        });
    }

    private delegate void Measure(int first, Span<float> distances);
}
