using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using FaceGrid.Tests.Support;
using FaceGrid.Vision.Execution;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Vision.Execution;

/// <summary>
/// Goal: the versions of CUDA, cuDNN and TensorRT that are written down are those that the GPU package needs. Method: read the NEEDED
/// entries of its libraries, compare the code with them, and the image and the documents with the code.
/// </summary>
public sealed partial class CudaRequirementsTests
{
    /// <summary>Libraries of every Linux system with the C++ runtime.</summary>
    private static readonly string[] OfTheSystem =
    [
        "libc.so.6", "libm.so.6", "libdl.so.2", "librt.so.1", "libpthread.so.0", "libgcc_s.so.1", "libstdc++.so.6",
        "ld-linux-x86-64.so.2",
    ];

    [Fact]
    public void The_CUDA_provider_needs_what_is_written_down() =>
        NeededBy("libonnxruntime_providers_cuda.so").ShouldBe([.. CudaRequirements.Cuda, CudaRequirements.Driver], ignoreOrder: true);

    [Fact]
    public void The_TensorRT_provider_needs_what_is_written_down() =>
        NeededBy("libonnxruntime_providers_tensorrt.so").Except(CudaRequirements.Cuda)
            .ShouldBe([.. CudaRequirements.TensorRt, CudaRequirements.Cudnn], ignoreOrder: true);

    [Fact]
    public void Both_packages_have_one_version()
    {
        PackageVersion("Microsoft.ML.OnnxRuntime.Gpu").ShouldBe(PackageVersion("Microsoft.ML.OnnxRuntime"));
    }

    [Fact]
    public void The_image_has_this_CUDA_and_cuDNN()
    {
        string image = File.ReadAllText(Path.Combine(Root(), "deploy/container/Dockerfile.cuda"));
        Match tag = ImageTag().Match(image);
        tag.Success.ShouldBeTrue("the image's tag names CUDA and that it has cuDNN");
        Major(tag).ShouldBe(CudaRequirements.CudaMajor);
        image.ShouldContain("FROM nvidia/cuda:${CUDA}");
    }

    // What somebody reads anywhere is right, so a new version of the package cannot leave an old number behind.
    [Fact]
    public void No_page_names_another_version()
    {
        string[] pages =
        [
            Path.Combine(Root(), "README.md"),
            Path.Combine(Root(), "THIRD-PARTY-NOTICES.md"),
            Path.Combine(Root(), "src/Silo/appsettings.json"),
            .. Directory.GetFiles(Path.Combine(Root(), "deploy"), "*", SearchOption.AllDirectories),
            .. Directory.GetFiles(Path.Combine(Root(), "docs"), "*.md", SearchOption.AllDirectories),
        ];
        var wrong = new List<string>();
        int named = 0;
        foreach (string page in pages)
        {
            string text = File.ReadAllText(page);
            foreach (Match match in NamedVersion().Matches(text))
            {
                int right = match.Groups["product"].Value switch
                {
                    "CUDA" => CudaRequirements.CudaMajor,
                    "cuDNN" => CudaRequirements.CudnnMajor,
                    _ => CudaRequirements.TensorRtMajor,
                };
                named++;
                if (Major(match) != right)
                {
                    wrong.Add($"{Path.GetRelativePath(Root(), page)}: {match.Value}, not {right}");
                }
            }
        }

        wrong.ShouldBeEmpty();
        named.ShouldBeGreaterThan(3);
    }

    // A build without a system carries the libraries of all: 1.1 GB for the GPU variant.
    [Fact]
    public void What_is_deployed_is_published_for_Linux_alone()
    {
        string[] commands = [.. Directory.GetFiles(Path.Combine(Root(), "deploy"), "*", SearchOption.AllDirectories)
            .Where(file => !file.EndsWith(Path.Combine("local", "cluster"), StringComparison.Ordinal)) // For this machine only.
            .SelectMany(File.ReadLines).Where(line => line.Contains("dotnet publish", StringComparison.Ordinal))];

        commands.Length.ShouldBeGreaterThanOrEqualTo(4);
        commands.ShouldAllBe(command => command.Contains(" -r linux-", StringComparison.Ordinal)
            || command.Contains(" --os linux ", StringComparison.Ordinal)
            || command.Contains(" -a $TARGETARCH ", StringComparison.Ordinal));
    }

    [Fact]
    public void The_deployment_page_says_what_to_install()
    {
        string page = File.ReadAllText(Path.Combine(Root(), "deploy/README.md"));
        page.ShouldContain($"CUDA {CudaRequirements.CudaMajor}");
        page.ShouldContain($"cuDNN {CudaRequirements.CudnnMajor}");
        page.ShouldContain($"TensorRT {CudaRequirements.TensorRtMajor}");
        page.ShouldContain($"driver of branch {CudaRequirements.DriverMin}");
    }

    private static string[] NeededBy(string library) => [.. ElfFile.Needed(Find(library)).Except(OfTheSystem)];

    private static string Find(string library)
    {
        string packages = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        string path = Path.Combine(
            packages, "microsoft.ml.onnxruntime.gpu.linux", PackageVersion("Microsoft.ML.OnnxRuntime.Gpu"), "runtimes", "linux-x64",
            "native", library);
        if (!File.Exists(path))
        {
            TestData.Skip("restore the GPU variant to run this test: dotnet restore src/Silo -p:FaceGridAccelerator=cuda");
        }

        return path;
    }

    private static string PackageVersion(string package) =>
        (string)XDocument.Load(Path.Combine(Root(), "Directory.Packages.props")).Descendants("PackageVersion")
            .Single(version => (string?)version.Attribute("Include") == package).Attribute("Version")!;

    private static int Major(Match match) => int.Parse(match.Groups["major"].ValueSpan, CultureInfo.InvariantCulture);

    private static string Root([CallerFilePath] string thisFile = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(thisFile)!, "..", "..", "..", ".."));

    [GeneratedRegex(@"^ARG CUDA=(?<major>\d+)\.\d+\.\d+-cudnn-runtime-", RegexOptions.Multiline | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1_000)]
    private static partial Regex ImageTag();

    [GeneratedRegex(@"\b(?<product>CUDA|cuDNN|TensorRT) (?<major>\d+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex NamedVersion();
}
