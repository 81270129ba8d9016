using FaceGrid.Models;
using Microsoft.ML.OnnxRuntime;

namespace FaceGrid.Vision.Execution;

/// <summary>Opens ONNX Runtime sessions on one execution provider.</summary>
/// <remarks>Threads do not spin while they wait, so that many sessions share a machine's cores.</remarks>
public sealed class InferenceRuntime
{
    private readonly int _threadsPerInference;

    private InferenceRuntime(string provider, int threadsPerInference)
    {
        Provider = provider;
        _threadsPerInference = threadsPerInference;
    }

    /// <summary>The provider in use: <c>cpu</c>, <c>cuda</c> or <c>tensorrt</c>.</summary>
    public string Provider { get; }

    /// <summary>Chooses the provider and proves that it works by opening one model on it.</summary>
    /// <param name="provider"><c>auto</c>, <c>cpu</c>, <c>cuda</c> or <c>tensorrt</c>, in any case.</param>
    /// <param name="modelPath">A checked model file to try.</param>
    /// <param name="threadsPerInference">Threads one run may use on a CPU.</param>
    /// <exception cref="VisionSetupException">
    /// The named provider is not in the native library or does not work here (<c>provider-unavailable</c>). <c>auto</c> falls back to the CPU instead.
    /// </exception>
    public static InferenceRuntime Create(string provider, string modelPath, int threadsPerInference = 1)
    {
        ArgumentNullException.ThrowIfNull(provider);
        provider = provider.ToLowerInvariant();
        if (provider == "cpu")
        {
            return new("cpu", threadsPerInference);
        }

        bool isAuto = provider == "auto";
        string wanted = isAuto ? "cuda" : provider;
        string name = wanted switch
        {
            "cuda" => "CUDAExecutionProvider",
            "tensorrt" => "TensorrtExecutionProvider",
            _ => throw new VisionSetupException("options-invalid", $"ExecutionProvider must be auto, cpu, cuda or tensorrt, not '{provider}'.")
        };
        if (!OrtEnv.Instance().GetAvailableProviders().Contains(name, StringComparer.Ordinal))
        {
            return isAuto ? new("cpu", threadsPerInference) : throw new VisionSetupException("provider-unavailable",
                $"The execution provider '{wanted}' is not in this build's ONNX Runtime. Publish with -p:FaceGridAccelerator=cuda, or set ExecutionProvider to cpu.");
        }

        var runtime = new InferenceRuntime(wanted, threadsPerInference);
        try
        {
            runtime.Open(modelPath, shapesVary: true).Dispose();
            return runtime;
        }
        catch (VisionSetupException error) when (isAuto && error.Code == "provider-unavailable")
        {
            return new("cpu", threadsPerInference);
        }
    }

    /// <summary>Opens a model.</summary>
    /// <param name="modelPath">The checked model file.</param>
    /// <param name="shapesVary">True when its inputs come in many shapes, so that planning memory for each is no use.</param>
    /// <exception cref="VisionSetupException">The file is no usable model (<c>model-unusable</c>) or the provider fails (<c>provider-unavailable</c>).</exception>
    public InferenceSession Open(string modelPath, bool shapesVary)
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
            AppendProvider(options);
            return new InferenceSession(modelPath, options);
        }
        catch (Exception error) when (error is OnnxRuntimeException or EntryPointNotFoundException or DllNotFoundException)
        {
            throw Provider == "cpu"
                ? new VisionSetupException("model-unusable", $"ONNX Runtime cannot open {modelPath}: {error.Message}", error)
                : new VisionSetupException("provider-unavailable",
                    $"The execution provider '{Provider}' does not work here: {error.Message} Install its libraries (CUDA 12 and cuDNN 9), or set ExecutionProvider to cpu.", error);
        }
    }

    private void AppendProvider(SessionOptions options)
    {
        if (Provider == "tensorrt")
        {
            options.AppendExecutionProvider_Tensorrt(0);
        }

        if (Provider != "cpu")
        {
            using var cuda = new OrtCUDAProviderOptions();
            // Pictures come in many sizes, and the default (exhaustive) search would time every convolution anew for each of them.
            cuda.UpdateOptions(new Dictionary<string, string>(StringComparer.Ordinal) { ["device_id"] = "0", ["cudnn_conv_algo_search"] = "HEURISTIC" });
            options.AppendExecutionProvider_CUDA(cuda);
        }
    }
}
