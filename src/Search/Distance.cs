using FaceGrid.Search.Kernels;

namespace FaceGrid.Search;

/// <summary>
/// The one definition of how far two vectors are apart. Everything that ranks or decides uses these bits.
/// </summary>
public static class Distance
{
    /// <summary>
    /// Squared Euclidean distance, no unit, 0 to 4 for unit vectors. Defined to the last bit: 16 lanes; lane l adds (a[i] - b[i])^2 for i
    /// = l, l + 16, l + 32, ... with a fused multiply-add; then lanes l and l + 8, then l and l + 4, then l and l + 2, then the last two
    /// are added. All instruction paths give the same bits.
    /// </summary>
    /// <param name="a">A vector of finite values.</param>
    /// <param name="b">A vector of the same length.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static float Squared(ReadOnlySpan<float> a, ReadOnlySpan<float> b) => Squared(Kernel.Best, a, b);

    /// <summary>Euclidean distance, no unit, 0 to 2 for unit vectors: <c>MathF.Sqrt(Squared(a, b))</c>.</summary>
    /// <param name="a">A vector of finite values.</param>
    /// <param name="b">A vector of the same length.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static float Euclidean(ReadOnlySpan<float> a, ReadOnlySpan<float> b) => MathF.Sqrt(Squared(a, b));

    /// <summary>
    /// Squared distances of one probe to many rows, with the bits of <see cref="Squared(ReadOnlySpan{float}, ReadOnlySpan{float})"/>: the
    /// plain loop that reads every value, 4 bytes per dimension and row. <see cref="TemplateIndex"/> finds the nearest rows with a
    /// quarter of that.
    /// </summary>
    /// <param name="rows">Vectors of finite values, row-major, one after the other.</param>
    /// <param name="probe">A vector of finite values.</param>
    /// <param name="distances">Receives a squared distance per row.</param>
    /// <exception cref="ArgumentException">
    /// <paramref name="rows"/> are not as many vectors as there are <paramref name="distances"/>.
    /// </exception>
    public static unsafe void Squared(ReadOnlySpan<float> rows, ReadOnlySpan<float> probe, Span<float> distances)
    {
        if (rows.Length != (long)distances.Length * probe.Length)
        {
            throw new ArgumentException($"{rows.Length} values are not {distances.Length} vectors of {probe.Length}.", nameof(rows));
        }

        if (probe.Length % 16 == 0)
        {
            fixed (float* r = rows, p = probe, d = distances)
            {
                Kernel.Best.Squared(r, distances.Length, p, probe.Length, d);
            }

            return;
        }

        for (int row = 0; row < distances.Length; row++)
        {
            distances[row] = Kernel.Best.Squared(rows.Slice(row * probe.Length, probe.Length), probe);
        }
    }

    internal static float Squared(Kernel kernel, ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        if (a.Length != b.Length)
        {
            throw new ArgumentException($"The vectors have {a.Length} and {b.Length} values.", nameof(b));
        }

        return kernel.Squared(a, b);
    }
}
