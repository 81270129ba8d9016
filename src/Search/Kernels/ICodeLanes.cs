namespace FaceGrid.Search.Kernels;

/// <summary>
/// Sixteen rows side by side, 64 bytes in the registers that the machine has: 16 x 4 codes, 16 x 2 sums of 16 bits or 16 sums of 32 bits.
/// One implementation per instruction path. <see cref="Quantiser"/> proves that no sum overflows.
/// </summary>
/// <typeparam name="TSelf">The implementing struct.</typeparam>
internal unsafe interface ICodeLanes<TSelf>
    where TSelf : struct, ICodeLanes<TSelf>
{
    /// <summary>Loads a line of a block: four codes of each of 16 rows, each code plus 128.</summary>
    static abstract TSelf Load(byte* line);

    /// <summary>Loads four codes of a probe, once for every row.</summary>
    static abstract TSelf Spread(sbyte* codes);

    /// <summary>Begins the sum of a group of 32 dimensions.</summary>
    /// <param name="start">
    /// The negated sum that the 128 in the codes of the rows adds: two 16-bit numbers, see <see cref="ProbeCodes"/>.
    /// </param>
    static abstract TSelf Start(int start);

    /// <summary>
    /// Adds four products per row to a group's sum. It joins <see cref="Multiply"/> and <see cref="Add"/>, for which some machines have one
    /// instruction.
    /// </summary>
    static abstract TSelf Step(TSelf sum, TSelf line, TSelf probe);

    /// <summary>Four products per row.</summary>
    static abstract TSelf Multiply(TSelf line, TSelf probe);

    /// <summary>Adds products to a group's sum.</summary>
    static abstract TSelf Add(TSelf sum, TSelf products);

    /// <summary>Adds a group's sum to the total of 32 bits per row.</summary>
    static abstract TSelf Fold(TSelf total, TSelf sum);

    /// <summary>Stores the 16 totals.</summary>
    static abstract void Store(TSelf total, int* products);

    /// <summary>
    /// Finds which of 16 rows may be as near as <paramref name="threshold"/>. Returns a bit per row, set unless <c>scale x product x factor
    /// + norm + offset</c> is greater. A sum that is not a number sets the bit.
    /// </summary>
    static abstract uint Near(int* products, float* scales, float* norms, float factor, float offset, float threshold);
}
