using System.Runtime.CompilerServices;

namespace FaceGrid.Search.Kernels;

/// <summary>
/// Sixteen lanes as sixteen numbers. This is the definition in plain code, and the path of machines without vector instructions.
/// </summary>
internal unsafe struct LanesScalar : ILanes<LanesScalar>
{
    private Sixteen _v;

    public static LanesScalar Load(float* source)
    {
        LanesScalar lanes = default;
        for (int l = 0; l < 16; l++)
        {
            lanes._v[l] = source[l];
        }

        return lanes;
    }

    public static LanesScalar Step(LanesScalar sum, LanesScalar a, LanesScalar b)
    {
        for (int l = 0; l < 16; l++)
        {
            float d = a._v[l] - b._v[l];
            sum._v[l] = MathF.FusedMultiplyAdd(d, d, sum._v[l]);
        }

        return sum;
    }

    public static float Total(LanesScalar sum)
    {
        for (int half = 8; half > 0; half /= 2)
        {
            for (int l = 0; l < half; l++)
            {
                sum._v[l] += sum._v[l + half];
            }
        }

        return sum._v[0];
    }

    [InlineArray(16)]
    private struct Sixteen
    {
        private float _first;
    }
}
