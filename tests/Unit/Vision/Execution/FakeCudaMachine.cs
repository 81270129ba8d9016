using FaceGrid.Vision.Execution;

namespace FaceGrid.Tests.Vision.Execution;

/// <summary>A machine as a test describes it.</summary>
/// <param name="driver">What its driver says; null for a machine without one.</param>
/// <param name="libraries">The libraries of NVIDIA that are installed, besides the driver's.</param>
internal sealed class FakeCudaMachine(CudaDriver? driver, params IEnumerable<string> libraries) : ICudaMachine
{
    public static readonly CudaDriver OneGpu = new(Error: 0, CudaVersion: 13_000, Devices: 1);

    public static readonly string[] Everything = [.. CudaRequirements.Cuda, CudaRequirements.Cudnn, .. CudaRequirements.TensorRt];

    public bool CanLoad(string library) =>
        library == CudaRequirements.Driver ? driver is not null : libraries.Contains(library, StringComparer.Ordinal);

    public CudaDriver AskDriver() => driver ?? throw new InvalidOperationException("There is no driver to ask.");
}
