using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace FaceGrid.Search;

/// <summary>The loops over memory, for one instruction path. All paths give the same bits.</summary>
internal abstract unsafe class Kernel
{
    public static readonly Kernel Avx512 = new Kernel<Lanes512>("avx512", wide: true);
    public static readonly Kernel Avx2 = new Kernel<Lanes256>("avx2", wide: false);
    public static readonly Kernel Neon = new Kernel<Lanes128>("neon", wide: false);
    public static readonly Kernel Scalar = new Kernel<LanesScalar>("scalar", wide: false);

    /// <summary>The fastest path this machine has.</summary>
    public static readonly Kernel Best =
        Vector512.IsHardwareAccelerated && Avx512F.IsSupported ? Avx512
        : Vector256.IsHardwareAccelerated && Fma.IsSupported ? Avx2
        : AdvSimd.IsSupported ? Neon
        : Scalar;

    /// <summary>The path's name as in <see cref="SearchKernels.Name"/>.</summary>
    public abstract string Name { get; }

    /// <summary>Squared distance of two vectors of any length.</summary>
    public abstract float Squared(ReadOnlySpan<float> a, ReadOnlySpan<float> b);

    /// <summary>
    /// Squared distances of every row to every probe. Rows and probes are <paramref name="stride"/> floats apart, a multiple of 16, with zeros behind the last dimension.
    /// The distance of row r and probe p goes to <c>distances[p * rowCount + r]</c>.
    /// </summary>
    public abstract void Squared(float* rows, int rowCount, float* probes, int probeCount, int stride, float* distances);
}
