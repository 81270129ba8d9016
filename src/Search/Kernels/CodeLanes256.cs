using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace FaceGrid.Search.Kernels;

/// <summary>Sixteen rows in two 256-bit registers (AVX2), otherwise like <see cref="CodeLanes512"/>.</summary>
internal unsafe struct CodeLanes256 : ICodeLanes<CodeLanes256>
{
    private Vector256<byte> low, high;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanes256 Load(byte* line) => new() { low = Vector256.Load(line), high = Vector256.Load(line + 32) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanes256 Spread(sbyte* codes) => Start(*(int*)codes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanes256 Start(int start)
    {
        Vector256<byte> both = Vector256.Create(start).AsByte();
        return new() { low = both, high = both };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanes256 Step(CodeLanes256 sum, CodeLanes256 line, CodeLanes256 probe) => Add(sum, Multiply(line, probe));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanes256 Multiply(CodeLanes256 line, CodeLanes256 probe) => new()
    {
        low = Avx2.MultiplyAddAdjacent(line.low, probe.low.AsSByte()).AsByte(),
        high = Avx2.MultiplyAddAdjacent(line.high, probe.high.AsSByte()).AsByte()
    };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanes256 Add(CodeLanes256 sum, CodeLanes256 products) => new()
    {
        low = Avx2.Add(sum.low.AsInt16(), products.low.AsInt16()).AsByte(),
        high = Avx2.Add(sum.high.AsInt16(), products.high.AsInt16()).AsByte()
    };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanes256 Fold(CodeLanes256 total, CodeLanes256 sum) => new()
    {
        low = Avx2.Add(total.low.AsInt32(), Avx2.MultiplyAddAdjacent(sum.low.AsInt16(), Vector256<short>.One)).AsByte(),
        high = Avx2.Add(total.high.AsInt32(), Avx2.MultiplyAddAdjacent(sum.high.AsInt16(), Vector256<short>.One)).AsByte()
    };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(CodeLanes256 total, int* products)
    {
        total.low.AsInt32().Store(products);
        total.high.AsInt32().Store(products + 8);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Near(int* products, float* scales, float* norms, float factor, float offset, float threshold) =>
        NearEight(products, scales, norms, factor, offset, threshold) | (NearEight(products + 8, scales + 8, norms + 8, factor, offset, threshold) << 8);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint NearEight(int* products, float* scales, float* norms, float factor, float offset, float threshold)
    {
        Vector256<float> product = Vector256.ConvertToSingle(Vector256.Load(products)) * Vector256.Load(scales);
        Vector256<float> lower = Vector256.FusedMultiplyAdd(product, Vector256.Create(factor), Vector256.Load(norms)) + Vector256.Create(offset);
        return (byte)~Vector256.GreaterThan(lower, Vector256.Create(threshold)).ExtractMostSignificantBits();
    }
}
