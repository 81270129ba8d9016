using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace FaceGrid.Search.Kernels;

/// <summary>Sixteen lanes in two 256-bit registers (AVX2 with FMA).</summary>
internal unsafe struct Lanes256 : ILanes<Lanes256>
{
    private Vector256<float> _low, _high;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Load(float* source) => new() { _low = Vector256.Load(source), _high = Vector256.Load(source + 8) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Step(Lanes256 sum, Lanes256 a, Lanes256 b)
    {
        Vector256<float> d = a._low - b._low, e = a._high - b._high;
        return new() { _low = Vector256.FusedMultiplyAdd(d, d, sum._low), _high = Vector256.FusedMultiplyAdd(e, e, sum._high) };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Total(Lanes256 sum) => Fold(sum._low + sum._high);

    /// <summary>Adds eight lanes: l and l + 4, l and l + 2, the last two.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Fold(Vector256<float> eight) => Lanes128.Fold(eight.GetLower() + eight.GetUpper());
}
