using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace FaceGrid.Search.Kernels;

/// <summary>Sixteen rows in two 256-bit registers (AVX2), otherwise like <see cref="CodeLanes512"/>.</summary>
internal unsafe struct CodeLanes256 : ICodeLanes<CodeLanes256>
{
    private Vector256<byte> _low, _high;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanes256 Load(byte* line) => new() { _low = Vector256.Load(line), _high = Vector256.Load(line + 32) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanes256 Spread(sbyte* codes) => Start(*(int*)codes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanes256 Start(int start)
    {
        Vector256<byte> both = Vector256.Create(start).AsByte();
        return new() { _low = both, _high = both };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanes256 Step(CodeLanes256 sum, CodeLanes256 line, CodeLanes256 probe) => Add(sum, Multiply(line, probe));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanes256 Multiply(CodeLanes256 line, CodeLanes256 probe) => new()
    {
        _low = Avx2.MultiplyAddAdjacent(line._low, probe._low.AsSByte()).AsByte(),
        _high = Avx2.MultiplyAddAdjacent(line._high, probe._high.AsSByte()).AsByte()
    };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanes256 Add(CodeLanes256 sum, CodeLanes256 products) => new()
    {
        _low = Avx2.Add(sum._low.AsInt16(), products._low.AsInt16()).AsByte(),
        _high = Avx2.Add(sum._high.AsInt16(), products._high.AsInt16()).AsByte()
    };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanes256 Fold(CodeLanes256 total, CodeLanes256 sum) => new()
    {
        _low = Avx2.Add(total._low.AsInt32(), Avx2.MultiplyAddAdjacent(sum._low.AsInt16(), Vector256<short>.One)).AsByte(),
        _high = Avx2.Add(total._high.AsInt32(), Avx2.MultiplyAddAdjacent(sum._high.AsInt16(), Vector256<short>.One)).AsByte()
    };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(CodeLanes256 total, int* products)
    {
        total._low.AsInt32().Store(products);
        total._high.AsInt32().Store(products + 8);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Near(int* products, float* scales, float* norms, float factor, float offset, float threshold) =>
        NearEight(products, scales, norms, factor, offset, threshold)
            | (NearEight(products + 8, scales + 8, norms + 8, factor, offset, threshold) << 8);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint NearEight(int* products, float* scales, float* norms, float factor, float offset, float threshold)
    {
        Vector256<float> product = Vector256.ConvertToSingle(Vector256.Load(products)) * Vector256.Load(scales);
        Vector256<float> lower = Vector256.FusedMultiplyAdd(product, Vector256.Create(factor), Vector256.Load(norms))
            + Vector256.Create(offset);
        return (byte)~Vector256.GreaterThan(lower, Vector256.Create(threshold)).ExtractMostSignificantBits();
    }
}
