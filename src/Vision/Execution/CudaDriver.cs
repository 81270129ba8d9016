namespace FaceGrid.Vision.Execution;

/// <summary>What the driver reports about itself.</summary>
/// <param name="Error">Result of <c>cuInit</c>: 0 when it works, 100 when there is no GPU (<c>CUDA_ERROR_NO_DEVICE</c>).</param>
/// <param name="CudaVersion">
/// Newest CUDA that it runs: 1000 x major + 10 x minor, as <c>cuDriverGetVersion</c> gives it; 0 when unknown.
/// </param>
/// <param name="Devices">GPUs that this process may use.</param>
internal readonly record struct CudaDriver(int Error, int CudaVersion, int Devices);
