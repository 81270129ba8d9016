namespace FaceGrid.Search.Kernels;

/// <summary>Sixteen fp32 values side by side, in the registers that the machine has. One implementation per instruction path.</summary>
/// <typeparam name="TSelf">The implementing struct.</typeparam>
internal unsafe interface ILanes<TSelf>
    where TSelf : struct, ILanes<TSelf>
{
    /// <summary>Loads 16 values.</summary>
    static abstract TSelf Load(float* source);

    /// <summary>
    /// Adds the square of (a - b) to <paramref name="sum"/>, lane by lane. It rounds once after the subtraction and once after the
    /// multiply-add.
    /// </summary>
    static abstract TSelf Step(TSelf sum, TSelf a, TSelf b);

    /// <summary>Adds the lanes in this order: l and l + 8, l and l + 4, l and l + 2, the last two.</summary>
    static abstract float Total(TSelf sum);
}
