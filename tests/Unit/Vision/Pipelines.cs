using FaceGrid.Tests.Support;
using FaceGrid.Vision;

namespace FaceGrid.Tests.Vision;

/// <summary>Pipelines over the models at hand.</summary>
internal static class Pipelines
{
    private static readonly Lazy<Task<FacePipeline>> SharedPipeline = new(() => FacePipeline.CreateAsync(Options()));

    private static readonly Lazy<Task<FacePipeline>> KnownPipeline =
        new(() => FacePipeline.CreateAsync(Options(options => (options.Detector, options.Embedder) = ("yunet-n", "mobilefacenet-foamliu-128"))));

    /// <summary>One pipeline with default settings for all tests; not disposed. Skips the test where there are no models.</summary>
    public static Task<FacePipeline> Shared()
    {
        _ = TestData.Models;
        return SharedPipeline.Value;
    }

    /// <summary>One pipeline with YuNet-n and foamliu's MobileFaceNet, whose answers some tests know; not disposed. Skips the test where there are no models.</summary>
    public static Task<FacePipeline> Known()
    {
        _ = TestData.Models;
        return KnownPipeline.Value;
    }

    /// <summary>The same models with a codec; the caller disposes it.</summary>
    /// <param name="codec">Name of the codec.</param>
    public static Task<FacePipeline> KnownWith(string codec) =>
        FacePipeline.CreateAsync(Options(options =>
            (options.Detector, options.Embedder, options.Codec) = ("yunet-n", "mobilefacenet-foamliu-128", codec)));

    public static VisionOptions Options(Action<VisionOptions>? change = null)
    {
        var options = new VisionOptions { ModelDirectory = TestData.Models, Offline = true, ExecutionProvider = "cpu" };
        change?.Invoke(options);
        return options;
    }

    public static string Profile(string id) => Path.Combine(AppContext.BaseDirectory, "Profiles", id + ".json");

    public static double Cosine(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        double dot = 0, squareA = 0, squareB = 0;
        for (int index = 0; index < a.Length; index++)
        {
            dot += (double)a[index] * b[index];
            squareA += (double)a[index] * a[index];
            squareB += (double)b[index] * b[index];
        }

        return dot / Math.Sqrt(squareA * squareB);
    }
}
