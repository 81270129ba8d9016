using System.Runtime.CompilerServices;

namespace FaceGrid.Search.Kernels;

/// <summary>Sixteen lanes as sixteen numbers: the definition in plain code, and the path of machines without vector instructions.</summary>
internal unsafe struct LanesScalar : ILanes<LanesScalar>
{
    private Sixteen v;

    public static LanesScalar Load(float* source)
    {
        LanesScalar lanes = default;
        for (int l = 0; l < 16; l++)
        {
            lanes.v[l] = source[l];
        }

        return lanes;
    }

    public static LanesScalar Step(LanesScalar sum, LanesScalar a, LanesScalar b)
    {
        for (int l = 0; l < 16; l++)
        {
            float d = a.v[l] - b.v[l];
            sum.v[l] = MathF.FusedMultiplyAdd(d, d, sum.v[l]);
        }

        return sum;
    }

    public static float Total(LanesScalar sum)
    {
        for (int half = 8; half > 0; half /= 2)
        {
            for (int l = 0; l < half; l++)
            {
                sum.v[l] += sum.v[l + half];
            }
        }

        return sum.v[0];
    }

    [InlineArray(16)]
    private struct Sixteen
    {
        private float first;
    }
}
