using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace FaceGrid.Search.Kernels;

/// <summary>Sixteen lanes in one 512-bit register (AVX-512).</summary>
internal unsafe struct Lanes512 : ILanes<Lanes512>
{
    private Vector512<float> _v;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Load(float* source) => new() { _v = Vector512.Load(source) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Step(Lanes512 sum, Lanes512 a, Lanes512 b)
    {
        Vector512<float> d = a._v - b._v;
        return new() { _v = Vector512.FusedMultiplyAdd(d, d, sum._v) };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Total(Lanes512 sum) => Lanes256.Fold(sum._v.GetLower() + sum._v.GetUpper());
}
