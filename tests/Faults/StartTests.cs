using FaceGrid.Tests.Support;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests;

/// <summary>Goal: a node that cannot keep its promises does not start, and says what to do. Method: real processes with broken surroundings.</summary>
public sealed class StartTests
{
    private static readonly (string, string)[] VectorsOnly =
        [("FaceGrid__Roles__0", "people"), ("FaceGrid__Roles__1", "shards"), ("FaceGrid__Roles__2", "gateway")];

    [Fact]
    public async Task An_open_address_without_keys_is_refused()
    {
        using var directory = new TemporaryDirectory();
        (int exit, string said) = await NodeProcess.StartRefusedAsync(directory.Path, [.. VectorsOnly, ("ASPNETCORE_URLS", "http://0.0.0.0:0")]);
        exit.ShouldBe(2, said);
        said.ShouldContain("API key");
    }

    [Fact]
    public async Task A_directory_that_cannot_be_used_is_refused()
    {
        using var directory = new TemporaryDirectory();
        string file = Path.Combine(directory.Path, "not-a-directory");
        await File.WriteAllTextAsync(file, "", TestContext.Current.CancellationToken);
        (int exit, string said) = await NodeProcess.StartRefusedAsync(file, VectorsOnly);
        exit.ShouldBe(2, said);
        said.ShouldContain(file);
    }

    [Fact]
    public async Task A_second_node_on_the_same_directory_is_refused()
    {
        using var directory = new TemporaryDirectory();
        await using NodeProcess first = await NodeProcess.StartAsync(directory.Path, VectorsOnly);
        (int exit, string said) = await NodeProcess.StartRefusedAsync(directory.Path, VectorsOnly);
        exit.ShouldBe(2, said);
        said.ShouldContain(directory.Path);
    }

    [Fact]
    public async Task An_unknown_setting_is_refused()
    {
        using var directory = new TemporaryDirectory();
        (int exit, string said) = await NodeProcess.StartRefusedAsync(directory.Path, [.. VectorsOnly, ("FaceGrid__DataDirectry", "typo")]);
        exit.ShouldBe(2, said);
        said.ShouldContain("DataDirectry");
    }

    [Fact]
    public async Task A_model_with_one_flipped_byte_is_refused()
    {
        using var directory = new TemporaryDirectory();
        string models = Directory.CreateDirectory(Path.Combine(directory.Path, "models")).FullName;
        foreach (string name in new[] { "yunet_n_dynamic.onnx", "mobilefacenet_foamliu_128_orig.onnx" })
        {
            byte[] bytes = await File.ReadAllBytesAsync(Path.Combine(TestData.Models, name), TestContext.Current.CancellationToken);
            bytes[bytes.Length / 2] ^= (byte)(name.StartsWith("yunet", StringComparison.Ordinal) ? 0 : 1);
            await File.WriteAllBytesAsync(Path.Combine(models, name), bytes, TestContext.Current.CancellationToken);
        }

        (int exit, string said) = await NodeProcess.StartRefusedAsync(
            Path.Combine(directory.Path, "data"),
            ("FACEGRID_MODELS", models),
            ("FaceGrid__Vision__Detector", "yunet-n"),
            ("FaceGrid__Vision__Embedder", "mobilefacenet-foamliu-128"),
            ("FaceGrid__Vision__Offline", "true"),
            ("XDG_CACHE_HOME", directory.Path),
            ("HOME", directory.Path));
        exit.ShouldBe(2, said);
        said.ShouldContain("mobilefacenet_foamliu_128_orig.onnx");
        said.ShouldContain("SHA-256");
    }

    [Fact]
    public async Task Cuda_that_is_not_there_is_refused()
    {
        using var directory = new TemporaryDirectory();
        (int exit, string said) = await NodeProcess.StartRefusedAsync(directory.Path, ("FACEGRID_MODELS", TestData.Models), ("FaceGrid__Vision__ExecutionProvider", "cuda"));
        exit.ShouldBe(2, said);
        said.ShouldContain("FaceGridAccelerator=cuda");
    }
}
