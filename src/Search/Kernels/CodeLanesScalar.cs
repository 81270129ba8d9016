using System.Runtime.CompilerServices;

namespace FaceGrid.Search.Kernels;

/// <summary>
/// Sixteen rows as sixteen numbers. This is the definition in plain code, and the path of machines without vector instructions.
/// </summary>
internal unsafe struct CodeLanesScalar : ICodeLanes<CodeLanesScalar>
{
    private Sixteen _v;

    public static CodeLanesScalar Load(byte* line)
    {
        CodeLanesScalar lanes = default;
        for (int r = 0; r < 16; r++)
        {
            lanes._v[r] = ((int*)line)[r];
        }

        return lanes;
    }

    public static CodeLanesScalar Spread(sbyte* codes)
    {
        CodeLanesScalar lanes = default;
        for (int r = 0; r < 16; r++)
        {
            lanes._v[r] = *(int*)codes;
        }

        return lanes;
    }

    public static CodeLanesScalar Start(int start) => default;

    public static CodeLanesScalar Step(CodeLanesScalar sum, CodeLanesScalar line, CodeLanesScalar probe)
    {
        for (int r = 0; r < 16; r++)
        {
            for (int shift = 0; shift < 32; shift += 8)
            {
                sum._v[r] += ((byte)(line._v[r] >> shift) - 128) * (sbyte)(probe._v[r] >> shift);
            }
        }

        return sum;
    }

    public static CodeLanesScalar Multiply(CodeLanesScalar line, CodeLanesScalar probe) => Step(default, line, probe);

    public static CodeLanesScalar Add(CodeLanesScalar sum, CodeLanesScalar products) => Fold(sum, products);

    public static CodeLanesScalar Fold(CodeLanesScalar total, CodeLanesScalar sum)
    {
        for (int r = 0; r < 16; r++)
        {
            total._v[r] += sum._v[r];
        }

        return total;
    }

    public static void Store(CodeLanesScalar total, int* products)
    {
        for (int r = 0; r < 16; r++)
        {
            products[r] = total._v[r];
        }
    }

    public static uint Near(int* products, float* scales, float* norms, float factor, float offset, float threshold)
    {
        uint near = 0;
        for (int r = 0; r < 16; r++)
        {
            float lower = (products[r] * scales[r] * factor) + norms[r] + offset;
            near |= lower > threshold ? 0 : 1u << r;
        }

        return near;
    }

    [InlineArray(16)]
    private struct Sixteen
    {
        private int _first;
    }
}
