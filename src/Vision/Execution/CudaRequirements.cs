namespace FaceGrid.Vision.Execution;

/// <summary>What ONNX Runtime's GPU package needs on a Linux machine.</summary>
/// <remarks>
/// Source: the NEEDED entries of <c>libonnxruntime_providers_cuda.so</c> and <c>libonnxruntime_providers_tensorrt.so</c> in
/// Microsoft.ML.OnnxRuntime.Gpu.Linux 1.31.0. A test reads them from the files. The message, the documents and <c>Dockerfile.cuda</c> must
/// agree with this class.
/// </remarks>
internal static class CudaRequirements
{
    /// <summary>Major version of CUDA. The names of its libraries end in it, so no other version can replace it.</summary>
    public const int CudaMajor = 13;

    /// <summary>Major version of cuDNN.</summary>
    public const int CudnnMajor = 9;

    /// <summary>Major version of TensorRT. Only the TensorRT provider needs it.</summary>
    public const int TensorRtMajor = 10;

    /// <summary>
    /// Oldest branch of NVIDIA's Linux driver that runs CUDA 13. Source: CUDA 13.0 release notes, table "Minimum Required Driver Version",
    /// which says 580.
    /// </summary>
    public const int DriverMin = 580;

    /// <summary>The library of the driver. It comes with the driver, not with CUDA.</summary>
    public const string Driver = "libcuda.so.1";

    /// <summary>
    /// The library of cuDNN. The CUDA provider loads it by itself, and only when a model needs it, so the provider's file does not name it.
    /// The TensorRT provider's file does.
    /// </summary>
    public static string Cudnn { get; } = $"libcudnn.so.{CudnnMajor}";

    /// <summary>The libraries of CUDA. The library for random numbers has its own version.</summary>
    public static IReadOnlyList<string> Cuda { get; } =
        [$"libcudart.so.{CudaMajor}", $"libcublas.so.{CudaMajor}", $"libcublasLt.so.{CudaMajor}", "libcurand.so.10"];

    /// <summary>The libraries of TensorRT.</summary>
    public static IReadOnlyList<string> TensorRt { get; } = [$"libnvinfer.so.{TensorRtMajor}", $"libnvonnxparser.so.{TensorRtMajor}"];

    /// <summary>What to install, as part of a sentence.</summary>
    /// <param name="tensorRt">True for the TensorRT provider.</param>
    public static string Packages(bool tensorRt)
    {
        string further = tensorRt ? $", and TensorRT {TensorRtMajor}" : "";
        return $"an NVIDIA driver of branch {DriverMin} or later, the CUDA {CudaMajor} runtime and cuDNN {CudnnMajor}{further}";
    }
}
