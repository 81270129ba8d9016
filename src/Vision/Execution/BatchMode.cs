namespace FaceGrid.Vision.Execution;

/// <summary>How the batches of a <see cref="CropModel{T}"/> reach the model.</summary>
internal enum BatchMode
{
    /// <summary>Memory is taken for each run. Any number of runs at once: the way of a CPU.</summary>
    Plain,

    /// <summary>
    /// The model reads and writes memory that is taken once (I/O binding), pinned where there is a GPU. Batches have any size up to the
    /// largest.
    /// </summary>
    Bound,

    /// <summary>
    /// Batches are padded to a few sizes, and each size has memory at a fixed address on the device, as CUDA graphs demand. One run at a
    /// time.
    /// </summary>
    Fixed,
}
