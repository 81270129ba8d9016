using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace FaceGrid.Search.Kernels;

/// <summary>
/// Sixteen rows in one 512-bit register (AVX-512BW). Sums of 16 bits may wrap in between, so 64 products take two instructions. .NET 10
/// offers VNNI for 256 bits only, which multiplies no more per cycle.
/// </summary>
internal unsafe struct CodeLanes512 : ICodeLanes<CodeLanes512>
{
    private Vector512<byte> _v;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanes512 Load(byte* line) => new() { _v = Vector512.Load(line) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanes512 Spread(sbyte* codes) => new() { _v = Vector512.Create(*(int*)codes).AsByte() };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanes512 Start(int start) => new() { _v = Vector512.Create(start).AsByte() };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanes512 Step(CodeLanes512 sum, CodeLanes512 line, CodeLanes512 probe) => Add(sum, Multiply(line, probe));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanes512 Multiply(CodeLanes512 line, CodeLanes512 probe) =>
        new() { _v = Avx512BW.MultiplyAddAdjacent(line._v, probe._v.AsSByte()).AsByte() };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanes512 Add(CodeLanes512 sum, CodeLanes512 products) =>
        new() { _v = Avx512BW.Add(sum._v.AsInt16(), products._v.AsInt16()).AsByte() };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanes512 Fold(CodeLanes512 total, CodeLanes512 sum) =>
        new() { _v = Avx512F.Add(total._v.AsInt32(), Avx512BW.MultiplyAddAdjacent(sum._v.AsInt16(), Vector512<short>.One)).AsByte() };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(CodeLanes512 total, int* products) => total._v.AsInt32().Store(products);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Near(int* products, float* scales, float* norms, float factor, float offset, float threshold)
    {
        Vector512<float> product = Vector512.ConvertToSingle(Vector512.Load(products)) * Vector512.Load(scales);
        Vector512<float> lower = Vector512.FusedMultiplyAdd(product, Vector512.Create(factor), Vector512.Load(norms))
            + Vector512.Create(offset);
        return (ushort)~Vector512.GreaterThan(lower, Vector512.Create(threshold)).ExtractMostSignificantBits();
    }
}
