using System.Runtime.InteropServices;

namespace FaceGrid.Search;

/// <summary>
/// The probes of one search as codes, for the chunks that share a centre. They lie in native memory that is overwritten before it is given
/// back, because probes are personal data.
/// </summary>
internal sealed unsafe class ProbeCodes : IDisposable
{
    private readonly nuint _bytes;

    /// <summary>Encodes probes.</summary>
    /// <param name="layout">Sizes.</param>
    /// <param name="centre"><see cref="RowLayout.Stride"/> floats.</param>
    /// <param name="probes">Vectors, <see cref="RowLayout.Stride"/> floats apart.</param>
    /// <param name="probeCount">Number of probes.</param>
    public ProbeCodes(RowLayout layout, float[] centre, float* probes, int probeCount)
    {
        _bytes = (nuint)probeCount * (nuint)(layout.ProbeBytes + sizeof(ProbeBound));
        Codes = (sbyte*)NativeMemory.AlignedAlloc(_bytes, RowLayout.LineBytes);
        Bounds = (ProbeBound*)(Codes + ((long)probeCount * layout.ProbeBytes));
        double slack = Quantiser.Slack(layout.Dimension);
        fixed (float* m = centre)
        {
            for (int p = 0; p < probeCount; p++)
            {
                sbyte* codes = Codes + ((long)p * layout.ProbeBytes);
                Quantiser.Measures measures = Quantiser.EncodeProbe(probes + ((long)p * layout.Stride), m, layout, codes);
                WriteStarts(codes, (int*)(codes + layout.CodeDimension), layout.Groups);
                Bounds[p] = measures.IsBounded
                    ? new ProbeBound(
                        -2 * measures.Scale,
                        Quantiser.Down(measures.Norm * (1 - slack)) - Quantiser.Underflow,
                        Quantiser.Up(2 * Math.Sqrt(measures.Norm)),
                        Quantiser.Up(2 * measures.Residual))
                    : new ProbeBound(Factor: 0, float.NegativeInfinity, Length: 0, Residual: 0);
            }
        }
    }

    /// <summary>
    /// Per probe, its codes, followed by the start of the sum of each group of 32 dimensions. Probes are <see cref="RowLayout.ProbeBytes"/>
    /// apart.
    /// </summary>
    public sbyte* Codes { get; }

    /// <summary>Each probe's part of the bound.</summary>
    public ProbeBound* Bounds { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        NativeMemory.Clear(Codes, _bytes);
        NativeMemory.AlignedFree(Codes);
    }

    /// <summary>
    /// Row codes are stored plus 128, which adds 128 x the sum of the probe's codes to each sum of 16 bits. The start of the sum takes this
    /// off again: the lower half of a word belongs to dimensions 0 and 1 of each four, the upper half to 2 and 3.
    /// </summary>
    private static void WriteStarts(sbyte* codes, int* starts, int groups)
    {
        for (int g = 0; g < groups; g++, codes += 32)
        {
            int low = 0, high = 0;
            for (int i = 0; i < 32; i += 4)
            {
                low += codes[i] + codes[i + 1];
                high += codes[i + 2] + codes[i + 3];
            }

            starts[g] = (ushort)(-128 * low) | ((-128 * high) << 16);
        }
    }
}
