using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace FaceGrid.Search.Kernels;

/// <summary>
/// The loops, written once for all paths. They call only inlined methods: any other call would spill the sums out of their registers.
/// </summary>
/// <param name="name">The path's name.</param>
/// <param name="isAvailable">Whether this process may use the path.</param>
/// <param name="wide">
/// Whether the registers hold 4 probes x 2 blocks at once (AVX-512 has 32 registers of 16 lanes each). Otherwise 2 probes x 1 block are
/// taken at a time.
/// </param>
/// <typeparam name="TLanes">Sixteen lanes of fp32.</typeparam>
/// <typeparam name="TCodes">Sixteen rows of codes.</typeparam>
internal sealed unsafe class Kernel<TLanes, TCodes>(string name, bool isAvailable, bool wide) : Kernel
    where TLanes : struct, ILanes<TLanes>
    where TCodes : struct, ICodeLanes<TCodes>
{
    private const int Line = RowLayout.LineBytes;

    public override string Name => name;

    public override bool IsAvailable => isAvailable;

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

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Squared(float* rows, int rowCount, float* probe, int stride, float* distances)
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
    public override void Stream(byte* codes, int blockCount, RowLayout layout, sbyte* probe, int* products)
    {
        int groups = layout.Groups;
        int* starts = (int*)(probe + layout.CodeDimension);
        for (int b = 0; b < blockCount; b++)
        {
            byte* x = codes;
            sbyte* q = probe;
            TCodes total = default;
            for (int g = 0; g < groups; g++)
            {
                TCodes sum = TCodes.Start(starts[g]);
                for (int i = 0; i < 32; i += 4, x += Line, q += 4)
                {
                    sum = TCodes.Step(sum, TCodes.Load(x), TCodes.Spread(q));
                }

                total = TCodes.Fold(total, sum);
            }

            TCodes.Store(total, products);
            products += 16;
            codes += layout.BlockBytes;
        }
    }

    public override void Tile(byte* codes, RowLayout layout, sbyte* probes, int* products, byte* ahead, int aheadLines)
    {
        if (wide)
        {
            FourProbesTwoBlocks(codes, layout, probes, products, ahead, aheadLines);
            return;
        }

        for (int p = 0; p < TileProbes; p += 2)
        {
            TwoProbes(codes, layout, probes + (p * layout.ProbeBytes), products + (p * 32));
            TwoProbes(codes + layout.BlockBytes, layout, probes + (p * layout.ProbeBytes), products + (p * 32) + 16);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override bool FindNear(
        byte* block,
        int blockCount,
        RowLayout layout,
        float* reach,
        int* products,
        ProbeBound* bounds,
        float* thresholds,
        int probeCount,
        ushort* near)
    {
        uint any = 0;
        nint blockBytes = layout.BlockBytes;
        for (int p = 0; p < probeCount; p++)
        {
            (float factor, float start, float length, float residual) = bounds[p];
            float threshold = thresholds[p];
            byte* head = block;
            for (int b = 0; b < blockCount; b++)
            {
                float offset = start - ((residual * reach[2 * b]) + (length * reach[(2 * b) + 1]));
                uint mask = TCodes.Near(products, (float*)head, (float*)(head + Line), factor, offset, threshold);
                any |= mask;
                *near++ = (ushort)mask;
                products += 16;
                head += blockBytes;
            }
        }

        return any != 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FourProbesTwoBlocks(byte* x, RowLayout layout, sbyte* q0, int* products, byte* ahead, int aheadLines)
    {
        int groups = layout.Groups;
        byte* y = x + layout.BlockBytes;
        sbyte* q1 = q0 + layout.ProbeBytes;
        sbyte* q2 = q1 + layout.ProbeBytes;
        sbyte* q3 = q2 + layout.ProbeBytes;
        int* s0 = (int*)(q0 + layout.CodeDimension);
        int* s1 = (int*)(q1 + layout.CodeDimension);
        int* s2 = (int*)(q2 + layout.CodeDimension);
        int* s3 = (int*)(q3 + layout.CodeDimension);
        TCodes x0 = default, x1 = default, x2 = default, x3 = default, y0 = default, y1 = default, y2 = default, y3 = default;
        for (int g = 0; g < groups; g++)
        {
            for (int line = 0; line < aheadLines; line++, ahead += Line)
            {
                Fetch(ahead);
            }

            TCodes a0 = TCodes.Start(s0[g]), a1 = TCodes.Start(s1[g]), a2 = TCodes.Start(s2[g]), a3 = TCodes.Start(s3[g]);
            TCodes b0 = a0, b1 = a1, b2 = a2, b3 = a3;
            for (int i = 0; i < 32; i += 4, x += Line, y += Line, q0 += 4, q1 += 4, q2 += 4, q3 += 4)
            {
                // All products before all sums: taken in turns, Zen 4 often puts a sum on the units that multiply, and is 15 % slower.
                TCodes u = TCodes.Load(x), v = TCodes.Load(y), q = TCodes.Spread(q0);
                TCodes u0 = TCodes.Multiply(u, q), v0 = TCodes.Multiply(v, q);
                q = TCodes.Spread(q1);
                TCodes u1 = TCodes.Multiply(u, q), v1 = TCodes.Multiply(v, q);
                q = TCodes.Spread(q2);
                TCodes u2 = TCodes.Multiply(u, q), v2 = TCodes.Multiply(v, q);
                q = TCodes.Spread(q3);
                TCodes u3 = TCodes.Multiply(u, q), v3 = TCodes.Multiply(v, q);
                a0 = TCodes.Add(a0, u0);
                b0 = TCodes.Add(b0, v0);
                a1 = TCodes.Add(a1, u1);
                b1 = TCodes.Add(b1, v1);
                a2 = TCodes.Add(a2, u2);
                b2 = TCodes.Add(b2, v2);
                a3 = TCodes.Add(a3, u3);
                b3 = TCodes.Add(b3, v3);
            }

            x0 = TCodes.Fold(x0, a0);
            x1 = TCodes.Fold(x1, a1);
            x2 = TCodes.Fold(x2, a2);
            x3 = TCodes.Fold(x3, a3);
            y0 = TCodes.Fold(y0, b0);
            y1 = TCodes.Fold(y1, b1);
            y2 = TCodes.Fold(y2, b2);
            y3 = TCodes.Fold(y3, b3);
        }

        TCodes.Store(x0, products);
        TCodes.Store(y0, products + 16);
        TCodes.Store(x1, products + 32);
        TCodes.Store(y1, products + 48);
        TCodes.Store(x2, products + 64);
        TCodes.Store(y2, products + 80);
        TCodes.Store(x3, products + 96);
        TCodes.Store(y3, products + 112);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void TwoProbes(byte* x, RowLayout layout, sbyte* q0, int* products)
    {
        int groups = layout.Groups;
        sbyte* q1 = q0 + layout.ProbeBytes;
        int* s0 = (int*)(q0 + layout.CodeDimension);
        int* s1 = (int*)(q1 + layout.CodeDimension);
        TCodes x0 = default, x1 = default;
        for (int g = 0; g < groups; g++)
        {
            TCodes a0 = TCodes.Start(s0[g]), a1 = TCodes.Start(s1[g]);
            for (int i = 0; i < 32; i += 4, x += Line, q0 += 4, q1 += 4)
            {
                TCodes u = TCodes.Load(x);
                a0 = TCodes.Step(a0, u, TCodes.Spread(q0));
                a1 = TCodes.Step(a1, u, TCodes.Spread(q1));
            }

            x0 = TCodes.Fold(x0, a0);
            x1 = TCodes.Fold(x1, a1);
        }

        TCodes.Store(x0, products);
        TCodes.Store(x1, products + 32);
    }

    /// <summary>Fetches into the second-level cache. On Zen 4 that level has room for more outstanding lines than the first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Fetch(byte* line)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch1(line);
        }
    }
}
