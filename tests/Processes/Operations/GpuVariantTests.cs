using System.Text.Json;
using FaceGrid.Tests.Support;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Operations;

/// <summary>
/// Goal: the GPU variant of the node starts where there is no GPU, unless it is told to use one. Method: the node that <c>.ci/run</c> has
/// published, started each way. What it does on a GPU is not tested.
/// </summary>
public sealed class GpuVariantTests
{
    [Theory]
    [InlineData("auto")]
    [InlineData("cpu")]
    public async Task Without_a_GPU_it_runs_on_the_CPU(string provider)
    {
        string node = Published();
        Assert.SkipWhen(File.Exists("/dev/nvidiactl"), "this machine has a GPU");
        using var directory = new TemporaryDirectory();

        await using NodeProcess process = await NodeProcess.StartPublishedAsync(
            node, directory.Path, ("FaceGrid__Vision__ExecutionProvider", provider));

        (_, JsonElement cluster) = await process.SendAsync(HttpMethod.Get, "/v1/cluster");
        cluster.ToString().ShouldContain("\"cpu\"");
        // Somebody who meant to use a GPU is told what is missing; somebody who asked for the CPU is not.
        process.Output.Contains("libcuda.so.1", StringComparison.Ordinal).ShouldBe(provider == "auto", process.Output);
    }

    [Theory]
    [InlineData("cuda", "libcublasLt.so.13", "CUDA 13 runtime and cuDNN 9")]
    [InlineData("tensorrt", "libnvinfer.so.10", "TensorRT 10")]
    public async Task Without_a_GPU_it_refuses_and_names_what_is_missing(string provider, string library, string install)
    {
        string node = Published();
        Assert.SkipWhen(File.Exists("/dev/nvidiactl"), "this machine has a GPU");
        using var directory = new TemporaryDirectory();

        (int exit, string said) = await NodeProcess.StartPublishedRefusedAsync(
            node, directory.Path, ("FaceGrid__Vision__ExecutionProvider", provider));

        exit.ShouldBe(2, said);
        said.ShouldContain($"The execution provider '{provider}' does not work here.");
        said.ShouldContain("libcuda.so.1");
        said.ShouldContain(library);
        said.ShouldContain(install);
        said.ShouldNotContain("   at ", Case.Sensitive, "a stack trace is no message for an operator");
    }

    [Fact]
    public void It_carries_the_libraries_of_Linux_and_of_no_other_system()
    {
        string[] files = [.. Directory.GetFiles(Published(), "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Published(), file))];

        files.ShouldContain("libonnxruntime_providers_cuda.so");
        files.ShouldContain("libonnxruntime_providers_tensorrt.so");
        files.Where(IsForAnotherSystem).ShouldBeEmpty();
    }

    /// <summary>
    /// A native library of Windows or macOS. Assemblies end in .dll, too, but hold the mark of the common language runtime.
    /// </summary>
    private static bool IsForAnotherSystem(string file) =>
        Path.GetExtension(file) is ".lib" or ".dylib" or ".exe" or ".pdb" && !file.StartsWith("FaceGrid.", StringComparison.Ordinal)
        || file.StartsWith(Path.Combine("runtimes", "win"), StringComparison.Ordinal)
        || file.StartsWith(Path.Combine("runtimes", "osx"), StringComparison.Ordinal)
        || (Path.GetExtension(file) == ".dll" && !IsAssembly(Path.Combine(Published(), file)));

    private static bool IsAssembly(string file)
    {
        using var reader = new System.Reflection.PortableExecutable.PEReader(File.OpenRead(file));
        return reader.HasMetadata;
    }

    private static string Published()
    {
        string? folder = Environment.GetEnvironmentVariable("FACEGRID_CUDA_NODE");
        if (string.IsNullOrEmpty(folder))
        {
            TestData.Skip("set FACEGRID_CUDA_NODE to a folder with the published GPU variant of the node (docs/gpu.md) to run this test");
        }

        return Path.GetFullPath(folder!);
    }
}
