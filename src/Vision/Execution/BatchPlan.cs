namespace FaceGrid.Vision.Execution;

/// <summary>How a <see cref="CropModel{T}"/> runs its batches.</summary>
/// <param name="Mode">How they reach the model.</param>
/// <param name="SizeMax">Most crops in one run, 1 or more.</param>
internal sealed record BatchPlan(BatchMode Mode, int SizeMax)
{
    /// <summary>One run for all crops of a call, without a limit.</summary>
    public static BatchPlan Plain { get; } = new(BatchMode.Plain, int.MaxValue);

    /// <summary>The plan for an embedder.</summary>
    /// <param name="runtime">The runtime of the embedder.</param>
    /// <param name="sizeMax">Most faces in one run.</param>
    public static BatchPlan For(InferenceRuntime runtime, int sizeMax)
    {
        ArgumentNullException.ThrowIfNull(runtime);
        return !runtime.IsAccelerated ? Plain : new(runtime.UsesGraphs ? BatchMode.Fixed : BatchMode.Bound, sizeMax);
    }

    /// <summary>
    /// Lists the powers of two below a size, and the size. So padding wastes less than half of a run, and there are few sizes to prepare.
    /// </summary>
    /// <param name="sizeMax">The largest size, 1 or more.</param>
    public static int[] Sizes(int sizeMax)
    {
        var sizes = new List<int>();
        for (int size = 1; size < sizeMax; size *= 2)
        {
            sizes.Add(size);
        }

        return [.. sizes, sizeMax];
    }
}
