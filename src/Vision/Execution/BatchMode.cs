namespace FaceGrid.Vision.Execution;

/// <summary>How the batches of a <see cref="CropModel{T}"/> reach the model.</summary>
internal enum BatchMode
{
    /// <summary>Memory is allocated for each run, and any number of runs can happen at once. A CPU uses this mode.</summary>
    Plain,

    /// <summary>
    /// The model reads and writes memory that is allocated once (I/O binding) and pinned when there is a GPU. Batches have any size up to
    /// the largest.
    /// </summary>
    Bound,

    /// <summary>
    /// Batches are padded to a few sizes. Each size has memory at a fixed address on the device, because CUDA graphs need that. There is
    /// one run at a time.
    /// </summary>
    Fixed,
}
