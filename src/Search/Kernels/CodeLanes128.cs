using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;

namespace FaceGrid.Search.Kernels;

/// <summary>
/// Sixteen rows in four 128-bit registers (Arm AdvSimd, with the dot product instruction where there is one). Codes are made signed, and
/// sums have 32 bits from the beginning.
/// </summary>
internal unsafe struct CodeLanes128 : ICodeLanes<CodeLanes128>
{
    private Vector128<byte> _v0, _v1, _v2, _v3;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanes128 Load(byte* line) => new()
    {
        _v0 = Signed(line),
        _v1 = Signed(line + 16),
        _v2 = Signed(line + 32),
        _v3 = Signed(line + 48)
    };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanes128 Spread(sbyte* codes)
    {
        Vector128<byte> four = Vector128.Create(*(int*)codes).AsByte();
        return new() { _v0 = four, _v1 = four, _v2 = four, _v3 = four };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanes128 Start(int start) => default;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanes128 Step(CodeLanes128 sum, CodeLanes128 line, CodeLanes128 probe) => new()
    {
        _v0 = AddProducts(sum._v0, line._v0, probe._v0),
        _v1 = AddProducts(sum._v1, line._v1, probe._v1),
        _v2 = AddProducts(sum._v2, line._v2, probe._v2),
        _v3 = AddProducts(sum._v3, line._v3, probe._v3)
    };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanes128 Multiply(CodeLanes128 line, CodeLanes128 probe) => Step(default, line, probe);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanes128 Add(CodeLanes128 sum, CodeLanes128 products) => Fold(sum, products);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanes128 Fold(CodeLanes128 total, CodeLanes128 sum) => new()
    {
        _v0 = (total._v0.AsInt32() + sum._v0.AsInt32()).AsByte(),
        _v1 = (total._v1.AsInt32() + sum._v1.AsInt32()).AsByte(),
        _v2 = (total._v2.AsInt32() + sum._v2.AsInt32()).AsByte(),
        _v3 = (total._v3.AsInt32() + sum._v3.AsInt32()).AsByte()
    };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(CodeLanes128 total, int* products)
    {
        total._v0.AsInt32().Store(products);
        total._v1.AsInt32().Store(products + 4);
        total._v2.AsInt32().Store(products + 8);
        total._v3.AsInt32().Store(products + 12);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Near(int* products, float* scales, float* norms, float factor, float offset, float threshold)
    {
        uint near = 0;
        for (int r = 0; r < 16; r += 4)
        {
            Vector128<float> product = Vector128.ConvertToSingle(Vector128.Load(products + r)) * Vector128.Load(scales + r);
            Vector128<float> lower = (product * Vector128.Create(factor)) + Vector128.Load(norms + r) + Vector128.Create(offset);
            near |= (~Vector128.GreaterThan(lower, Vector128.Create(threshold)).ExtractMostSignificantBits() & 15) << r;
        }

        return near;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Signed(byte* codes) => Vector128.Load(codes) ^ Vector128.Create((byte)128);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> AddProducts(Vector128<byte> sum, Vector128<byte> line, Vector128<byte> probe)
    {
        if (Dp.IsSupported)
        {
            return Dp.DotProduct(sum.AsInt32(), line.AsSByte(), probe.AsSByte()).AsByte();
        }

        Vector128<int> low = AddPairs(Vector128.WidenLower(line.AsSByte()) * Vector128.WidenLower(probe.AsSByte())); // Rows 0, 0, 1, 1.
        Vector128<int> high = AddPairs(Vector128.WidenUpper(line.AsSByte()) * Vector128.WidenUpper(probe.AsSByte())); // Rows 2, 2, 3, 3.
        low += Vector128.Shuffle(low, Vector128.Create(1, 0, 3, 2));
        high += Vector128.Shuffle(high, Vector128.Create(1, 0, 3, 2));
        Vector128<int> rows = Vector128.Shuffle(low, Vector128.Create(0, 2, -1, -1)) // An index of -1 gives 0.
            | Vector128.Shuffle(high, Vector128.Create(-1, -1, 0, 2));
        return (sum.AsInt32() + rows).AsByte();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> AddPairs(Vector128<short> products) => ((products.AsInt32() << 16) >> 16) + (products.AsInt32() >> 16);
}
