namespace FaceGrid.Vision.Execution;

/// <summary>Where and how models run on GPUs.</summary>
public sealed record AcceleratorOptions
{
    /// <summary>Indices of the GPUs to use, from 0. Default: empty, which means the first GPU.</summary>
    public IReadOnlyList<int> Devices { get; init; } = [];

    /// <summary>True to record the embedder's batches as CUDA graphs; see <see cref="VisionOptions.CudaGraphs"/>. Default: false.</summary>
    public bool CudaGraphs { get; init; }

    /// <summary>
    /// Directory of TensorRT engines; see <see cref="VisionOptions.TensorRtCacheDirectory"/>. Default: null, which means that the engines
    /// are built at every start.
    /// </summary>
    public string? TensorRtCacheDirectory { get; init; }

    /// <summary>The devices that are used, at least one.</summary>
    internal IReadOnlyList<int> DevicesOrFirst => Devices.Count > 0 ? Devices : [0];
}
