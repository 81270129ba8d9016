using FaceGrid.Models;
using Microsoft.ML.OnnxRuntime;

namespace FaceGrid.Vision.Execution;

/// <summary>Opens ONNX Runtime sessions on one execution provider and one device.</summary>
/// <remarks>Threads do not spin while they wait, so that many sessions can share the cores of a machine.</remarks>
public sealed class InferenceRuntime
{
    private readonly int _threadsPerInference;
    private readonly AcceleratorOptions _accelerator;

    private InferenceRuntime(
        string provider, int threadsPerInference, AcceleratorOptions accelerator, int device = 0, string? cpuReason = null)
    {
        Provider = provider;
        Device = device;
        CpuReason = cpuReason;
        _threadsPerInference = threadsPerInference;
        _accelerator = accelerator;
    }

    /// <summary>The provider in use: <c>cpu</c>, <c>cuda</c> or <c>tensorrt</c>.</summary>
    public string Provider { get; }

    /// <summary>The reason, in sentences, why <c>auto</c> chose the CPU although ONNX Runtime has a GPU provider; else null.</summary>
    public string? CpuReason { get; }

    /// <summary>Index of the GPU that sessions are opened on; 0 on a CPU.</summary>
    internal int Device { get; }

    /// <summary>True unless the provider is the CPU.</summary>
    internal bool IsAccelerated => Provider != "cpu";

    /// <summary>True when batches of an embedder are recorded as CUDA graphs.</summary>
    internal bool UsesGraphs => Provider == "cuda" && _accelerator.CudaGraphs;

    /// <summary>Chooses the provider and checks that it works by opening one model on it.</summary>
    /// <param name="provider"><c>auto</c>, <c>cpu</c>, <c>cuda</c> or <c>tensorrt</c>, in any case.</param>
    /// <param name="modelPath">A checked model file to try.</param>
    /// <param name="threadsPerInference">Threads that one run may use on a CPU.</param>
    /// <param name="accelerator">Devices and settings of a GPU; null for the first device and the defaults. A CPU ignores them.</param>
    /// <exception cref="VisionSetupException">
    /// The named provider is not in the native library or does not work on this machine (<c>provider-unavailable</c>). <c>auto</c> falls
    /// back to the CPU instead.
    /// </exception>
    public static InferenceRuntime Create(
        string provider, string modelPath, int threadsPerInference = 1, AcceleratorOptions? accelerator = null)
    {
        string[] available = OrtEnv.Instance().GetAvailableProviders();
        return Create(provider, modelPath, threadsPerInference, accelerator ?? new(), available, new CudaMachine());
    }

    /// <summary>Does the same on a machine that a test describes.</summary>
    /// <param name="provider">As above.</param>
    /// <param name="modelPath">As above.</param>
    /// <param name="threadsPerInference">As above.</param>
    /// <param name="accelerator">As above.</param>
    /// <param name="available">Names of the providers in ONNX Runtime's library.</param>
    /// <param name="machine">Answers questions about driver and libraries.</param>
    /// <exception cref="VisionSetupException">As above.</exception>
    internal static InferenceRuntime Create(
        string provider, string modelPath, int threadsPerInference, AcceleratorOptions accelerator,
        IReadOnlyCollection<string> available, ICudaMachine machine)
    {
        ArgumentNullException.ThrowIfNull(provider);
        provider = provider.ToLowerInvariant();
        if (provider == "cpu")
        {
            return new("cpu", threadsPerInference, accelerator);
        }

        bool isAuto = provider == "auto";
        string wanted = isAuto ? "cuda" : provider;
        string name = wanted switch
        {
            "cuda" => "CUDAExecutionProvider",
            "tensorrt" => "TensorrtExecutionProvider",
            _ =>
                throw new VisionSetupException(
                    "options-invalid", $"ExecutionProvider must be auto, cpu, cuda or tensorrt, not '{provider}'.")
        };
        if (!available.Contains(name, StringComparer.Ordinal))
        {
            return isAuto ? new("cpu", threadsPerInference, accelerator) : throw new VisionSetupException("provider-unavailable",
                $"The execution provider '{wanted}' is not in this build's ONNX Runtime. Publish with -p:FaceGridAccelerator=cuda, or set "
                    + "ExecutionProvider to cpu.");
        }

        try
        {
            return OpenAccelerated(wanted, modelPath, threadsPerInference, accelerator, machine);
        }
        catch (VisionSetupException error) when (isAuto && error.Code == "provider-unavailable")
        {
            return new("cpu", threadsPerInference, accelerator, cpuReason: error.Message);
        }
    }

    /// <summary>Opens a model.</summary>
    /// <param name="modelPath">The checked model file.</param>
    /// <param name="shapesVary">True when its inputs have many shapes, so that planning memory for each shape is useless.</param>
    /// <exception cref="VisionSetupException">
    /// The file is not a usable model (<c>model-unusable</c>) or the provider fails (<c>provider-unavailable</c>).
    /// </exception>
    public InferenceSession Open(string modelPath, bool shapesVary) => Open(modelPath, shapesVary, graphs: false);

    /// <summary>Opens a model whose batches may be recorded as CUDA graphs.</summary>
    /// <param name="modelPath">The checked model file.</param>
    /// <param name="shapesVary">As above.</param>
    /// <param name="graphs">True to record graphs. Then every run must name its graph and use the same memory as the last run.</param>
    /// <exception cref="VisionSetupException">As above.</exception>
    internal InferenceSession Open(string modelPath, bool shapesVary, bool graphs)
    {
        using var options = new SessionOptions
        {
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            IntraOpNumThreads = _threadsPerInference,
            InterOpNumThreads = 1,
            EnableMemoryPattern = !shapesVary,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR
        };
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        options.AddSessionConfigEntry("session.inter_op.allow_spinning", "0");
        try
        {
            AppendProvider(options, graphs);
            return new InferenceSession(modelPath, options);
        }
        catch (Exception error) when (error is OnnxRuntimeException or EntryPointNotFoundException or DllNotFoundException)
        {
            throw IsAccelerated
                ? Unavailable(Provider, error.Message, error)
                : new VisionSetupException("model-unusable", $"ONNX Runtime cannot open {modelPath}: {error.Message}", error);
        }
    }

    /// <summary>Makes one runtime for each configured device. On a CPU it gives only this one.</summary>
    internal IReadOnlyList<InferenceRuntime> PerDevice() => IsAccelerated
        ? [.. _accelerator.DevicesOrFirst.Select(device => new InferenceRuntime(Provider, _threadsPerInference, _accelerator, device))]
        : [this];

    private static InferenceRuntime OpenAccelerated(
        string provider, string modelPath, int threadsPerInference, AcceleratorOptions accelerator, ICudaMachine machine)
    {
        // The check knows the library names of Linux. On other systems the message of ONNX Runtime has to be enough.
        IReadOnlyList<string> problems = OperatingSystem.IsLinux()
            ? CudaCheck.Problems(machine, provider == "tensorrt", accelerator.DevicesOrFirst) : [];
        if (problems.Count > 0)
        {
            throw Unavailable(provider, string.Join(" ", problems));
        }

        var runtime = new InferenceRuntime(provider, threadsPerInference, accelerator, accelerator.DevicesOrFirst[0]);
        foreach (InferenceRuntime each in runtime.PerDevice())
        {
            each.Open(modelPath, shapesVary: true).Dispose();
        }

        return runtime;
    }

    private static VisionSetupException Unavailable(string provider, string reason, Exception? error = null)
    {
        string packages = CudaRequirements.Packages(provider == "tensorrt");
        return new(
            "provider-unavailable",
            $"The execution provider '{provider}' does not work here. {reason.Trim()} Install {packages}, or set ExecutionProvider to cpu.",
            error);
    }

    private void AppendProvider(SessionOptions options, bool graphs)
    {
        if (Provider == "tensorrt")
        {
            using var tensorRt = new OrtTensorRTProviderOptions();
            tensorRt.UpdateOptions(ProviderSettings.TensorRt(Device, _accelerator.TensorRtCacheDirectory));
            options.AppendExecutionProvider_Tensorrt(tensorRt);
        }

        if (IsAccelerated)
        {
            using var cuda = new OrtCUDAProviderOptions();
            cuda.UpdateOptions(ProviderSettings.Cuda(Device, graphs));
            options.AppendExecutionProvider_CUDA(cuda);
        }
    }
}
