using System.Net;
using System.Net.Sockets;
using FaceGrid.Tests.Support;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Operations;

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
    public async Task Mistyped_settings_of_every_section_are_refused_all_at_once()
    {
        using var directory = new TemporaryDirectory();
        string[] typos =
        [
            "DataDirectry", "Cluster__Adress", "Grid__SerchDeadline", "CameraSources__VideoDir", "Sightings__Retention", "Rules__Mqtt__Adress", "Outbound__Alow", "Vision__Embeder", "Gateway__Deadlin", "Gateway__ApiKeys__0__Hash",
        ];
        (int exit, string said) = await NodeProcess.StartRefusedAsync(directory.Path, [.. VectorsOnly, .. typos.Select(typo => ("FaceGrid__" + typo, "1")), ("FaceGrid__Vision__QueueLengthMax", "many")]);
        exit.ShouldBe(2, said);
        foreach (string typo in typos)
        {
            string sentence = $"FaceGrid:{typo.Replace("__", ":", StringComparison.Ordinal)} is not a setting; known are ";
            said.Split(sentence).Length.ShouldBe(2, $"'{sentence}' once in: {said}");
        }

        said.ShouldContain("FaceGrid:Vision:QueueLengthMax");
        ShouldBeSentences(said);
    }

    [Fact]
    public async Task Settings_out_of_range_are_refused_all_at_once()
    {
        using var directory = new TemporaryDirectory();
        (int exit, string said) = await NodeProcess.StartRefusedAsync(
            directory.Path, [.. VectorsOnly, ("FaceGrid__Grid__SearchDeadline", "1.00:00:00"), ("FaceGrid__Rules__RulesMax", "0"), ("FaceGrid__Outbound__Allow__0", "everywhere")]);
        exit.ShouldBe(2, said);
        said.ShouldContain("SearchDeadline");
        said.ShouldContain("RulesMax");
        said.ShouldContain("everywhere");
        ShouldBeSentences(said);
    }

    [Fact]
    public async Task An_address_that_is_taken_is_reported()
    {
        using var directory = new TemporaryDirectory();
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        string address = $"http://{other.LocalEndpoint}";
        (int exit, string said) = await NodeProcess.StartRefusedAsync(directory.Path, [.. VectorsOnly, ("ASPNETCORE_URLS", address)]);
        exit.ShouldBe(1, said); // Whoever has it may go, so a service manager tries again.
        said.ShouldContain($"FaceGrid cannot start: Failed to bind to address {address}");
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

    [Fact]
    public async Task A_codec_that_there_is_not_is_refused()
    {
        using var directory = new TemporaryDirectory();
        (int exit, string said) = await NodeProcess.StartRefusedAsync(
            directory.Path, ("FACEGRID_MODELS", TestData.Models), ("FaceGrid__Vision__Codec", "bitmap"));
        exit.ShouldBe(2, said);
        said.ShouldContain("Codec must be imagesharp or skia.");
        ShouldBeSentences(said);
    }

    private static void ShouldBeSentences(string said)
    {
        said.ShouldContain("FaceGrid cannot start: ");
        said.ShouldNotContain("   at ", Case.Sensitive, "a stack trace is no message for an operator");
    }
}
