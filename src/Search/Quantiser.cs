using System.Runtime.Intrinsics;

namespace FaceGrid.Search;

/// <summary>
/// Turns vectors into codes of 8 bits, and knows how far the truth may be from what the codes say. The first pass of a search reads only
/// codes; a row is left out when even the lower bound of its distance is beyond the last place. This is the proof that no row is left out
/// wrongly.
/// <para>
/// <b>The bound.</b> Let x be a row, q a probe, m the centre of the row's chunk: any vector, for the bound holds for every m. Take x' = x
/// - m = s c + e and q' = q - m = t d + f, where c, d are the codes, s, t the scales, e, f what rounding to codes left over. I = c.d is a
/// sum of integers, without error. Then
/// <code>
/// x'.q' = s t I + (s c).f + e.q'
/// |x - q|^2 = |x'|^2 + |q'|^2 - 2 x'.q'  >=  |x'|^2 + |q'|^2 - 2 s t I - 2 |s c| |f| - 2 |e| |q'|      (Cauchy-Schwarz)
/// </code>
/// The lengths |x'|, |s c|, |e| and |q'|, |f| are not estimated: they are measured here on the finished codes, in fp64. Per block of 16
/// rows the largest |s c| and the largest |e| are kept, which only lowers the bound.
/// </para>
/// <para>
/// <b>Rounding.</b> u = 2^-24, n = dimension, M = |x'|^2 + |q'|^2. A code is the nearest integer, so |e_i| &lt;= |x'_i| in each
/// dimension, |e| &lt;= |x'| and |s c| &lt;= 2 |x'|; likewise for the probe. So the terms of the bound add up to at most M + 4 M + 2 M +
/// M = 8 M in magnitude, and none passes more than 8 roundings of fp32 (the integer, two products, the fused sum, two for the lengths,
/// two last sums): an error below 64 u M. The canonical fp32 distance is below the true one by at most (n / 16 + 6) u of it (n / 16 fused
/// sums, 4 sums of lanes, the subtraction twice), and the true one is at most 2 M: below (n / 8 + 12) u M. fp64 adds less than u M /
/// 1000. Together less than (n / 8 + 128) u M =
/// <see cref="Slack"/> x M, about 1e-5 M at 512 dimensions, where the lengths above cost some 3e-2 M. Norms are stored less that slack,
/// and each number is rounded to the safe side. Results below the smallest normal number lose at most 2^-150 in each of at most 2 n + 20
/// operations, together less than <see cref="Underflow"/>, which is subtracted too. Vectors too long or too short for this arithmetic
/// (|x'|^2 beyond <see cref="NormMax"/>, below <see cref="NormMin"/>) get no codes: the first are candidates always (their norm is stored
/// as minus infinity), for the second all of x' is left over.
/// </para>
/// <para>
/// <b>Sums of 16 bits.</b> The AVX paths multiply row codes plus 128 (1 to 255) by probe codes, two products per sum of 16 bits with
/// saturation, and add those over 32 dimensions, 16 products per sum, wrapping round. A pair of probe codes has |d_i| + |d_i+1| &lt;=
/// 128, so a pair of products is at most 255 x 128 = 32,640 &lt; 2^15: nothing saturates. The 128 is taken out beforehand by the sum's
/// start. The 16 codes that share a sum have a length of at most 181, in rows and in probes, so the true sum is at most 181^2 = 32,761
/// &lt; 2^15 (Cauchy-Schwarz), and wrapping round in between is harmless. Totals of 32 bits: at most 2,048 x 127 x 127 &lt; 2^25.1.
/// </para>
/// </summary>
internal static unsafe class Quantiser
{
    /// <summary>
    /// See "rounding": 2,048 dimensions x 2 x 2^-150 is below 1e-41; this leaves room and is far below any distance of unit vectors.
    /// </summary>
    public const float Underflow = 1e-36f;

    /// <summary>
    /// Longer squared lengths might overflow fp32: the terms of the bound are at most 8 times as large, 3.4e38 is the largest number.
    /// </summary>
    private const double NormMax = 1e30;

    /// <summary>For shorter squared lengths the scale would leave the range of normal fp32 numbers.</summary>
    private const double NormMin = 1e-30;

    /// <summary>Codes are -127 to 127; with 128 added they are positive bytes.</summary>
    private const double CodeMax = 127;

    /// <summary>181 less 2: rounding adds at most 0.5 to each of 16 codes, at most 2 to their length.</summary>
    private const double LaneMax = 179;

    /// <summary>128 less 1: rounding adds at most 0.5 to each of 2 codes.</summary>
    private const double PairMax = 127;

    /// <summary>Share of the squared lengths that rounding may cost; see "rounding".</summary>
    public static double Slack(int dimension) => ((dimension / 8.0) + 128) / (1 << 24);

    /// <summary>The largest fp32 number known to be no more than <paramref name="value"/>.</summary>
    public static float Down(double value) => MathF.BitDecrement((float)value);

    /// <summary>The smallest fp32 number known to be no less than <paramref name="value"/>.</summary>
    public static float Up(double value) => MathF.BitIncrement((float)value);

    /// <summary>Encodes a row into its place in a block.</summary>
    /// <param name="vector"><see cref="RowLayout.Stride"/> floats.</param>
    /// <param name="centre">As many.</param>
    /// <param name="layout">Sizes.</param>
    /// <param name="words">Where the row's first four codes go; the next four go 16 words further.</param>
    public static Measures EncodeRow(float* vector, float* centre, RowLayout layout, uint* words) =>
        Encode(vector, centre, layout, pairMax: double.PositiveInfinity, words, RowLayout.BlockRows, flip: 0x80808080);

    /// <summary>Encodes a probe.</summary>
    /// <param name="vector"><see cref="RowLayout.Stride"/> floats.</param>
    /// <param name="centre">As many.</param>
    /// <param name="layout">Sizes.</param>
    /// <param name="codes"><see cref="RowLayout.CodeDimension"/> codes.</param>
    public static Measures EncodeProbe(float* vector, float* centre, RowLayout layout, sbyte* codes) =>
        Encode(vector, centre, layout, PairMax, (uint*)codes, wordStep: 1, flip: 0);

    private static Measures Encode(float* vector, float* centre, RowLayout layout, double pairMax, uint* words, int wordStep, uint flip)
    {
        double* centred = stackalloc double[layout.CodeDimension];
        (double norm, double largest, double lane, double pair) = Centre(vector, centre, layout, centred);
        if (!(norm is >= NormMin and <= NormMax))
        {
            for (int quad = 0; quad < layout.CodeDimension / 4; quad++)
            {
                words[quad * wordStep] = flip;
            }

            return new Measures(norm, Scale: 0, Length: 0, Residual: Math.Sqrt(norm), IsBounded: norm <= NormMax);
        }

        double inverse = Math.Min(Math.Min(CodeMax / largest, LaneMax / Math.Sqrt(lane)), pairMax / pair);
        float scale = (float)(1 / inverse);
        Vector256<double> residual = default, length = default;
        for (int quad = 0; quad < layout.CodeDimension / 4; quad++)
        {
            Vector256<double> y = Vector256.Load(centred + (4 * quad));
            Vector256<double> code = Vector256.Round(y * inverse);
            Vector256<double> left = y - (code * scale);
            residual += left * left;
            length += code * code;
            Vector128<int> codes = Vector128.ConvertToInt32Native(Vector128.Narrow(code.GetLower(), code.GetUpper()));
            words[quad * wordStep] = Vector128.Narrow(Vector128.Narrow(codes, codes), default).AsUInt32().ToScalar() ^ flip;
        }

        return new Measures(norm, scale, scale * Math.Sqrt(Vector256.Sum(length)), Math.Sqrt(Vector256.Sum(residual)), IsBounded: true);
    }

    /// <summary>
    /// Subtracts the centre, and measures: squared length, largest value, largest squared length of 16 values that share a sum, largest
    /// sum of a pair's magnitudes.
    /// </summary>
    private static (double Norm, double Largest, double Lane, double Pair) Centre(
        float* vector, float* centre, RowLayout layout, double* centred)
    {
        Vector256<double> norm = default, largest = default, lane = default, laneLargest = default, pair = default;
        int quads = layout.Stride / 4;
        for (int quad = 0; quad < layout.CodeDimension / 4; quad++)
        {
            Vector256<double> y = quad < quads ? Widen(vector + (4 * quad)) - Widen(centre + (4 * quad)) : default;
            y.Store(centred + (4 * quad));
            Vector256<double> magnitude = Vector256.Abs(y);
            largest = Vector256.Max(largest, magnitude);
            pair = Vector256.Max(pair, magnitude + Swap(magnitude));
            lane += y * y;
            if (quad % 8 == 7)
            {
                norm += lane;
                laneLargest = Vector256.Max(laneLargest, lane + Swap(lane));
                lane = default;
            }
        }

        return (Vector256.Sum(norm), Max(largest), Max(laneLargest), Max(pair));
    }

    private static Vector256<double> Widen(float* four)
    {
        Vector128<float> x = Vector128.Load(four);
        return Vector256.Create(Vector128.WidenLower(x), Vector128.WidenUpper(x));
    }

    /// <summary>Exchanges the first two and the last two values: dimensions whose products share a sum.</summary>
    private static Vector256<double> Swap(Vector256<double> values) => Vector256.Shuffle(values, Vector256.Create(1L, 0, 3, 2));

    private static double Max(Vector256<double> values) => Math.Max(Math.Max(values[0], values[1]), Math.Max(values[2], values[3]));

    /// <summary>What was measured on a vector and its codes.</summary>
    /// <param name="Norm">|x'|^2.</param>
    /// <param name="Scale">s; 0 when there are no codes.</param>
    /// <param name="Length">|s c|.</param>
    /// <param name="Residual">|e|.</param>
    /// <param name="IsBounded">False when the vector is too long for a bound.</param>
    public readonly record struct Measures(double Norm, float Scale, double Length, double Residual, bool IsBounded);
}
