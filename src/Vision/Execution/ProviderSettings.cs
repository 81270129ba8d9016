using System.Globalization;

namespace FaceGrid.Vision.Execution;

/// <summary>Settings of ONNX Runtime's GPU providers, by the names that they have there.</summary>
/// <remarks>Source: onnxruntime.ai, "CUDA Execution Provider" and "TensorRT Execution Provider", section "Configuration Options".</remarks>
internal static class ProviderSettings
{
    /// <summary>Settings of the CUDA provider.</summary>
    /// <param name="device">Index of the GPU.</param>
    /// <param name="graphs">True to record each batch size once and to replay it from then on.</param>
    public static Dictionary<string, string> Cuda(int device, bool graphs)
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["device_id"] = Number(device),
            // Pictures come in many sizes, and the default (exhaustive) search would time every convolution anew for each of them.
            ["cudnn_conv_algo_search"] = "HEURISTIC",
        };
        if (graphs)
        {
            settings["enable_cuda_graph"] = "1";
        }

        return settings;
    }

    /// <summary>Settings of the TensorRT provider.</summary>
    /// <param name="device">Index of the GPU.</param>
    /// <param name="cacheDirectory">Where engines are kept, so that the next start need not build them; null for nowhere.</param>
    public static Dictionary<string, string> TensorRt(int device, string? cacheDirectory)
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal) { ["device_id"] = Number(device) };
        if (!string.IsNullOrEmpty(cacheDirectory))
        {
            settings["trt_engine_cache_enable"] = "1";
            settings["trt_engine_cache_path"] = cacheDirectory;
            settings["trt_timing_cache_enable"] = "1";
            settings["trt_timing_cache_path"] = cacheDirectory;
        }

        return settings;
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
