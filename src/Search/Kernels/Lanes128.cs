using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace FaceGrid.Search.Kernels;

/// <summary>Sixteen lanes in four 128-bit registers (Arm AdvSimd).</summary>
internal unsafe struct Lanes128 : ILanes<Lanes128>
{
    private Vector128<float> v0, v1, v2, v3;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Load(float* source) => new()
    {
        v0 = Vector128.Load(source),
        v1 = Vector128.Load(source + 4),
        v2 = Vector128.Load(source + 8),
        v3 = Vector128.Load(source + 12)
    };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Step(Lanes128 sum, Lanes128 a, Lanes128 b)
    {
        Vector128<float> d0 = a.v0 - b.v0, d1 = a.v1 - b.v1, d2 = a.v2 - b.v2, d3 = a.v3 - b.v3;
        return new()
        {
            v0 = Vector128.FusedMultiplyAdd(d0, d0, sum.v0),
            v1 = Vector128.FusedMultiplyAdd(d1, d1, sum.v1),
            v2 = Vector128.FusedMultiplyAdd(d2, d2, sum.v2),
            v3 = Vector128.FusedMultiplyAdd(d3, d3, sum.v3)
        };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Total(Lanes128 sum) => Fold((sum.v0 + sum.v2) + (sum.v1 + sum.v3));

    /// <summary>Adds four lanes: l and l + 2, the last two.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Fold(Vector128<float> four)
    {
        Vector64<float> two = four.GetLower() + four.GetUpper();
        return two.GetElement(0) + two.GetElement(1);
    }
}
