using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace FaceGrid.Search.Kernels;

/// <summary>Sixteen lanes in four 128-bit registers (Arm AdvSimd).</summary>
internal unsafe struct Lanes128 : ILanes<Lanes128>
{
    private Vector128<float> _v0, _v1, _v2, _v3;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Load(float* source) => new()
    {
        _v0 = Vector128.Load(source),
        _v1 = Vector128.Load(source + 4),
        _v2 = Vector128.Load(source + 8),
        _v3 = Vector128.Load(source + 12)
    };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Step(Lanes128 sum, Lanes128 a, Lanes128 b)
    {
        Vector128<float> d0 = a._v0 - b._v0, d1 = a._v1 - b._v1, d2 = a._v2 - b._v2, d3 = a._v3 - b._v3;
        return new()
        {
            _v0 = Vector128.FusedMultiplyAdd(d0, d0, sum._v0),
            _v1 = Vector128.FusedMultiplyAdd(d1, d1, sum._v1),
            _v2 = Vector128.FusedMultiplyAdd(d2, d2, sum._v2),
            _v3 = Vector128.FusedMultiplyAdd(d3, d3, sum._v3)
        };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Total(Lanes128 sum) => Fold((sum._v0 + sum._v2) + (sum._v1 + sum._v3));

    /// <summary>Adds four lanes: l and l + 2, the last two.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Fold(Vector128<float> four)
    {
        Vector64<float> two = four.GetLower() + four.GetUpper();
        return two.GetElement(0) + two.GetElement(1);
    }
}
