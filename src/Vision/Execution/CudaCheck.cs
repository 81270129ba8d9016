namespace FaceGrid.Vision.Execution;

/// <summary>Reports what a machine lacks for ONNX Runtime's GPU providers.</summary>
/// <remarks>
/// ONNX Runtime names only the first missing library. It notices a missing cuDNN only when a model runs, and it does not report a driver
/// without a GPU. This check reports all of it at once.
/// </remarks>
internal static class CudaCheck
{
    private const int NoDevice = 100;

    /// <summary>Major versions of CUDA, cuDNN and TensorRT that may be installed instead of the right one.</summary>
    private static readonly int[] OtherMajors = [.. Enumerable.Range(7, 12)];

    /// <summary>Looks for everything that a provider needs.</summary>
    /// <param name="machine">The machine to check.</param>
    /// <param name="tensorRt">True when TensorRT is needed besides CUDA.</param>
    /// <param name="devices">Indices of the GPUs to use.</param>
    /// <returns>One sentence for each missing thing. Empty when a model can be tried.</returns>
    public static IReadOnlyList<string> Problems(ICudaMachine machine, bool tensorRt, IReadOnlyList<int> devices)
    {
        List<string> problems = machine.CanLoad(CudaRequirements.Driver)
            ? [.. OfDriver(machine.AskDriver(), devices)]
            : [$"There is no NVIDIA driver: {CudaRequirements.Driver} is not found."];
        problems.AddRange(OfLibraries(machine, new("CUDA", CudaRequirements.CudaMajor, "libcudart.so"), CudaRequirements.Cuda));
        problems.AddRange(OfLibraries(machine, new("cuDNN", CudaRequirements.CudnnMajor, "libcudnn.so"), [CudaRequirements.Cudnn]));
        if (tensorRt)
        {
            problems.AddRange(OfLibraries(machine, new("TensorRT", CudaRequirements.TensorRtMajor, "libnvinfer.so"),
                CudaRequirements.TensorRt));
        }

        return problems;
    }

    private static IEnumerable<string> OfDriver(CudaDriver driver, IReadOnlyList<int> devices)
    {
        if (driver.CudaVersion > 0 && driver.CudaVersion / 1000 < CudaRequirements.CudaMajor)
        {
            yield return $"The NVIDIA driver is too old: it runs CUDA up to {driver.CudaVersion / 1000}.{driver.CudaVersion % 1000 / 10}, "
                + $"and CUDA {CudaRequirements.CudaMajor} is needed.";
        }

        if (driver.Error == NoDevice || (driver.Error == 0 && driver.Devices == 0))
        {
            yield return "There is an NVIDIA driver, but no GPU that this process may use "
                + "(in a container: was it started with access to one?).";
        }
        else if (driver.Error != 0)
        {
            yield return $"The NVIDIA driver does not work: cuInit gives error {driver.Error}.";
        }
        else if (devices.Any(device => device >= driver.Devices))
        {
            yield return $"Devices names GPU {devices.Max()}, but this process may use {driver.Devices}, counted from 0.";
        }
    }

    private static IEnumerable<string> OfLibraries(ICudaMachine machine, Product product, IReadOnlyList<string> libraries)
    {
        string[] missing = [.. libraries.Where(library => !machine.CanLoad(library))];
        if (missing.Length == 0)
        {
            yield break;
        }

        string needed = $"{product.Name} {product.Major}";
        string notFound = $"{string.Join(", ", missing)} {(missing.Length == 1 ? "is" : "are")} not found";
        int other = OtherMajors.LastOrDefault(major => major != product.Major && machine.CanLoad($"{product.Stem}.{major}"));
        yield return other == 0
            ? $"{needed} is missing: {notFound}."
            : $"{product.Name} {other} is installed ({product.Stem}.{other}), but {needed} is needed: {notFound}.";
    }

    /// <summary>A product to install.</summary>
    /// <param name="Name">Its name.</param>
    /// <param name="Major">The major version that is needed.</param>
    /// <param name="Stem">Name, without the number, of the library that shows which major version is installed.</param>
    private readonly record struct Product(string Name, int Major, string Stem);
}
