using System.Globalization;

namespace FaceGrid.Vision.Execution;

/// <summary>Settings of ONNX Runtime's GPU providers, under ONNX Runtime's names.</summary>
/// <remarks>Source: onnxruntime.ai, "CUDA Execution Provider" and "TensorRT Execution Provider", section "Configuration Options".</remarks>
internal static class ProviderSettings
{
    /// <summary>Settings of the CUDA provider.</summary>
    /// <param name="device">Index of the GPU.</param>
    /// <param name="graphs">True to record each batch size once and then replay it.</param>
    public static Dictionary<string, string> Cuda(int device, bool graphs)
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["device_id"] = Number(device),
            // Pictures have many sizes. The default (exhaustive) search would time every convolution again for each size.
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
    /// <param name="cacheDirectory">Directory where engines are kept for the next start; null to build them at every start.</param>
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
