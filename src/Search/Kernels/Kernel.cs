using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace FaceGrid.Search.Kernels;

/// <summary>
/// The loops over memory, for one instruction path. All paths give the same integers and the same distances to the last bit.
/// </summary>
internal abstract unsafe class Kernel
{
    /// <summary>Probes that <see cref="Tile"/> takes at once.</summary>
    public const int TileProbes = 4;

    /// <summary>Blocks that <see cref="Tile"/> takes at once.</summary>
    public const int TileBlocks = 2;

    public static readonly Kernel Avx512 = new Kernel<Lanes512, CodeLanes512>(
        "avx512", Vector512.IsHardwareAccelerated && Avx512BW.IsSupported, wide: true);
    public static readonly Kernel Avx2 = new Kernel<Lanes256, CodeLanes256>(
        "avx2", System.Runtime.Intrinsics.X86.Avx2.IsSupported && Fma.IsSupported, wide: false);
    public static readonly Kernel Neon = new Kernel<Lanes128, CodeLanes128>("neon", Vector128.IsHardwareAccelerated, wide: false);
    public static readonly Kernel Scalar = new Kernel<LanesScalar, CodeLanesScalar>("scalar", isAvailable: true, wide: false);

    /// <summary>All paths, the fastest first.</summary>
    public static readonly Kernel[] All = [Avx512, Avx2, Neon, Scalar];

    /// <summary>
    /// The fastest path that this machine has. The path for Arm is written in portable code, so that tests run it on every machine, but it
    /// is chosen on Arm only.
    /// </summary>
    public static readonly Kernel Best = Array.Find(All, kernel => kernel.IsAvailable && (kernel != Neon || AdvSimd.IsSupported))!;

    /// <summary>The path's name, see <see cref="SearchKernels.Name"/>.</summary>
    public abstract string Name { get; }

    /// <summary>Whether this process may use the path.</summary>
    public abstract bool IsAvailable { get; }

    /// <summary>
    /// Squared distance of two vectors of any length, as defined at
    /// <see cref="Distance.Squared(ReadOnlySpan{float}, ReadOnlySpan{float})"/>.
    /// </summary>
    public abstract float Squared(ReadOnlySpan<float> a, ReadOnlySpan<float> b);

    /// <summary>
    /// Squared distances of rows to a probe. Rows are <paramref name="stride"/> floats apart, a multiple of 16, with zeros behind the last
    /// dimension. The probe has the same layout.
    /// </summary>
    public abstract void Squared(float* rows, int rowCount, float* probe, int stride, float* distances);

    /// <summary>
    /// Multiplies the codes of one probe with those of all rows of some blocks, 16 products per block. This is the first pass for a single
    /// probe; it streams through memory.
    /// </summary>
    /// <param name="codes">The start of the codes of the first block, see <see cref="RowLayout"/>.</param>
    /// <param name="blockCount">Number of blocks.</param>
    /// <param name="layout">Sizes.</param>
    /// <param name="probe">The codes of a probe, see <see cref="ProbeCodes"/>.</param>
    /// <param name="products">16 x <paramref name="blockCount"/> numbers.</param>
    public abstract void Stream(byte* codes, int blockCount, RowLayout layout, sbyte* probe, int* products);

    /// <summary>
    /// Multiplies the codes of four probes with those of the rows of two blocks. This is the first pass for several probes; it works in
    /// registers and the first-level cache.
    /// </summary>
    /// <param name="codes">The start of the codes of the first block.</param>
    /// <param name="layout">Sizes.</param>
    /// <param name="probes">Four probes, <see cref="RowLayout.ProbeBytes"/> apart.</param>
    /// <param name="products">Per probe 32 numbers.</param>
    /// <param name="ahead">Memory that is needed soon. The call fetches it into the cache along the way.</param>
    /// <param name="aheadLines">Lines of 64 bytes of <paramref name="ahead"/> to fetch per group of 32 dimensions.</param>
    public abstract void Tile(byte* codes, RowLayout layout, sbyte* probes, int* products, byte* ahead, int aheadLines);

    /// <summary>Finds rows that may be near.</summary>
    /// <param name="block">The first block.</param>
    /// <param name="blockCount">Number of blocks.</param>
    /// <param name="layout">Sizes.</param>
    /// <param name="reach">Per block, the largest length and the largest residual of its rows.</param>
    /// <param name="products">Per probe and block, 16 products.</param>
    /// <param name="bounds">The bound of each probe.</param>
    /// <param name="thresholds">The squared distance per probe that is near enough.</param>
    /// <param name="probeCount">Number of probes.</param>
    /// <param name="near">Receives, per probe and block, a bit for each row that may be near.</param>
    /// <returns>False when no row is near.</returns>
    public abstract bool FindNear(
        byte* block,
        int blockCount,
        RowLayout layout,
        float* reach,
        int* products,
        ProbeBound* bounds,
        float* thresholds,
        int probeCount,
        ushort* near);
}
