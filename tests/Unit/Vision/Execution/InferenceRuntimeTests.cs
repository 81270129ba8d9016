using FaceGrid.Models;
using FaceGrid.Vision.Execution;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Vision.Execution;

/// <summary>
/// Goal: a provider that does not work is refused with what to do, and <c>auto</c> says why it took the CPU. Method: machines that answer
/// as a test says.
/// </summary>
public sealed class InferenceRuntimeTests
{
    private static readonly string[] GpuBuild = ["TensorrtExecutionProvider", "CUDAExecutionProvider", "CPUExecutionProvider"];
    private static readonly string[] CpuBuild = ["CPUExecutionProvider"];

    [Theory]
    [InlineData("cuda", "an NVIDIA driver of branch 580 or later, the CUDA 13 runtime and cuDNN 9")]
    [InlineData("TensorRT", "an NVIDIA driver of branch 580 or later, the CUDA 13 runtime and cuDNN 9, and TensorRT 10")]
    public void Create_LibraryMissing_NamesItAndWhatToInstall(string provider, string install)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the libraries are asked for by their Linux names");
        var machine = new FakeCudaMachine(null, "libcudart.so.12");

        var error = Should.Throw<VisionSetupException>(() => Create(provider, GpuBuild, machine));

        error.Code.ShouldBe("provider-unavailable");
        string name = provider.ToLowerInvariant();
        error.Message.ShouldStartWith($"The execution provider '{name}' does not work here. There is no NVIDIA driver");
        error.Message.ShouldContain("CUDA 12 is installed");
        error.Message.ShouldContain("libcublasLt.so.13");
        error.Message.ShouldEndWith($" Install {install}, or set ExecutionProvider to cpu.");
    }

    [Fact]
    public void Create_AutoWithoutDriver_TakesTheCpuAndSaysWhy()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the libraries are asked for by their Linux names");

        InferenceRuntime runtime = Create("auto", GpuBuild, new FakeCudaMachine(null));

        runtime.Provider.ShouldBe("cpu");
        runtime.CpuReason.ShouldNotBeNull().ShouldContain("libcuda.so.1");
        runtime.PerDevice().ShouldBe([runtime]);
    }

    // The CPU build is no GPU build that lacks something.
    [Fact]
    public void Create_AutoInTheCpuBuild_TakesTheCpuWithoutAWord()
    {
        InferenceRuntime runtime = Create("auto", CpuBuild, new FakeCudaMachine(FakeCudaMachine.OneGpu, FakeCudaMachine.Everything));

        runtime.Provider.ShouldBe("cpu");
        runtime.CpuReason.ShouldBeNull();
    }

    [Fact]
    public void Create_CpuInTheGpuBuild_AsksNoDriver() => Create("cpu", GpuBuild, new FakeCudaMachine(null)).CpuReason.ShouldBeNull();

    [Fact]
    public void Create_CudaInTheCpuBuild_NamesTheBuild() =>
        Should.Throw<VisionSetupException>(() => Create("cuda", CpuBuild, new FakeCudaMachine(null))).Message
            .ShouldContain("-p:FaceGridAccelerator=cuda");

    [Fact]
    public void Settings_OfCuda_AreTheProvidersNames()
    {
        ProviderSettings.Cuda(device: 3, graphs: false).ShouldBe(
            new Dictionary<string, string>(StringComparer.Ordinal) { ["device_id"] = "3", ["cudnn_conv_algo_search"] = "HEURISTIC" },
            ignoreOrder: true);
        ProviderSettings.Cuda(device: 0, graphs: true)["enable_cuda_graph"].ShouldBe("1");
    }

    [Fact]
    public void Settings_OfTensorRt_KeepEnginesWhereADirectoryIsGiven()
    {
        ProviderSettings.TensorRt(device: 1, cacheDirectory: null)
            .ShouldBe(new Dictionary<string, string>(StringComparer.Ordinal) { ["device_id"] = "1" });
        ProviderSettings.TensorRt(device: 1, cacheDirectory: "/engines").ShouldBe(
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["device_id"] = "1",
                ["trt_engine_cache_enable"] = "1",
                ["trt_engine_cache_path"] = "/engines",
                ["trt_timing_cache_enable"] = "1",
                ["trt_timing_cache_path"] = "/engines",
            },
            ignoreOrder: true);
    }

    private static InferenceRuntime Create(string provider, string[] available, ICudaMachine machine) =>
        InferenceRuntime.Create(provider, modelPath: "not-opened.onnx", 1, new AcceleratorOptions(), available, machine);
}
