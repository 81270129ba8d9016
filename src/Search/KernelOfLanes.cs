using System.Runtime.CompilerServices;

namespace FaceGrid.Search;

/// <summary>The loops, written once for all paths.</summary>
/// <param name="name">The path's name.</param>
/// <param name="wide">Whether there are registers for 4 probes x 2 rows at once (AVX-512 has 32); otherwise 2 probes x 1 row.</param>
/// <typeparam name="TLanes">Sixteen lanes.</typeparam>
internal sealed unsafe class Kernel<TLanes>(string name, bool wide) : Kernel
    where TLanes : struct, ILanes<TLanes>
{
    public override string Name => name;

    public override float Squared(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        int whole = a.Length & ~15;
        float* tail = stackalloc float[32];
        a[whole..].CopyTo(new Span<float>(tail, 16));
        b[whole..].CopyTo(new Span<float>(tail + 16, 16));
        TLanes sum = default;
        fixed (float* x = a, y = b)
        {
            for (int i = 0; i < whole; i += 16)
            {
                sum = TLanes.Step(sum, TLanes.Load(x + i), TLanes.Load(y + i));
            }
        }

        // Lanes behind the end hold 0 - 0, which adds exactly nothing, just like the zeros behind a stored row.
        return TLanes.Total(whole == a.Length ? sum : TLanes.Step(sum, TLanes.Load(tail), TLanes.Load(tail + 16)));
    }

    public override void Squared(float* rows, int rowCount, float* probes, int probeCount, int stride, float* distances)
    {
        int p = 0;
        for (; wide && p + 4 <= probeCount; p += 4)
        {
            FourProbes(rows, rowCount, probes + ((long)p * stride), stride, distances + ((long)p * rowCount));
        }

        for (; p + 2 <= probeCount; p += 2)
        {
            TwoProbes(rows, rowCount, probes + ((long)p * stride), stride, distances + ((long)p * rowCount));
        }

        if (p < probeCount)
        {
            OneProbe(rows, rowCount, probes + ((long)p * stride), stride, distances + ((long)p * rowCount));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void OneProbe(float* rows, int rowCount, float* probe, int stride, float* distances)
    {
        for (int r = 0; r < rowCount; r++)
        {
            float* x = rows + ((long)r * stride);
            TLanes sum = default;
            for (int i = 0; i < stride; i += 16)
            {
                sum = TLanes.Step(sum, TLanes.Load(x + i), TLanes.Load(probe + i));
            }

            distances[r] = TLanes.Total(sum);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void TwoProbes(float* rows, int rowCount, float* probes, int stride, float* distances)
    {
        float* q1 = probes + stride;
        for (int r = 0; r < rowCount; r++)
        {
            float* x = rows + ((long)r * stride);
            TLanes s0 = default, s1 = default;
            for (int i = 0; i < stride; i += 16)
            {
                TLanes v = TLanes.Load(x + i);
                s0 = TLanes.Step(s0, v, TLanes.Load(probes + i));
                s1 = TLanes.Step(s1, v, TLanes.Load(q1 + i));
            }

            distances[r] = TLanes.Total(s0);
            distances[rowCount + r] = TLanes.Total(s1);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FourProbes(float* rows, int rowCount, float* probes, int stride, float* distances)
    {
        float* q1 = probes + stride;
        float* q2 = q1 + stride;
        float* q3 = q2 + stride;
        float* d1 = distances + rowCount;
        float* d2 = d1 + rowCount;
        float* d3 = d2 + rowCount;
        for (int r = 0; r < rowCount; r += 2)
        {
            // An odd last row is computed twice; that is cheaper than a second loop.
            int s = Math.Min(r + 1, rowCount - 1);
            float* x = rows + ((long)r * stride);
            float* y = rows + ((long)s * stride);
            TLanes x0 = default, x1 = default, x2 = default, x3 = default, y0 = default, y1 = default, y2 = default, y3 = default;
            for (int i = 0; i < stride; i += 16)
            {
                TLanes u = TLanes.Load(x + i), v = TLanes.Load(y + i), q = TLanes.Load(probes + i);
                x0 = TLanes.Step(x0, u, q);
                y0 = TLanes.Step(y0, v, q);
                q = TLanes.Load(q1 + i);
                x1 = TLanes.Step(x1, u, q);
                y1 = TLanes.Step(y1, v, q);
                q = TLanes.Load(q2 + i);
                x2 = TLanes.Step(x2, u, q);
                y2 = TLanes.Step(y2, v, q);
                q = TLanes.Load(q3 + i);
                x3 = TLanes.Step(x3, u, q);
                y3 = TLanes.Step(y3, v, q);
            }

            distances[r] = TLanes.Total(x0);
            distances[s] = TLanes.Total(y0);
            d1[r] = TLanes.Total(x1);
            d1[s] = TLanes.Total(y1);
            d2[r] = TLanes.Total(x2);
            d2[s] = TLanes.Total(y2);
            d3[r] = TLanes.Total(x3);
            d3[s] = TLanes.Total(y3);
        }
    }
}
