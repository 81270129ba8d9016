using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using FaceGrid.Tests.Support;
using Shouldly;
using SkiaSharp;
using Xunit;

namespace FaceGrid.Tests.Operations;

/// <summary>
/// Goal: every sample runs and prints what its README promises. Method: the samples as processes against a real node, on the pictures
/// that their READMEs name. Numbers may differ by <see cref="Tolerance"/>; everything else is compared to the letter.
/// </summary>
public sealed partial class SampleTests
{
    private const double Tolerance = 0.02;

    private static readonly (string Key, string Value) BuiltInModels = ("FACEGRID_MODELS", "");

    [Fact]
    public async Task Enrol_and_identify_prints_what_its_readme_says()
    {
        using var directory = new TemporaryDirectory();
        Save(directory.Path, "people/Angelina_Jolie", "Angelina_Jolie_0001.jpg");
        Save(directory.Path, "people/Bill_Clinton", "Bill_Clinton_0002.jpg");
        Save(directory.Path, "people/Hans_Blix", "Hans_Blix_0007.jpg", "Hans_Blix_0009.jpg");
        Save(directory.Path, "questions", "Angelina_Jolie_0002.jpg", "Bill_Clinton_0004.jpg", "Hans_Blix_0008.jpg", "James_Blake_0004.jpg");
        await using NodeProcess node = await NodeProcess.StartAsync(Path.Combine(directory.Path, "data"), BuiltInModels);

        CliRun run = await CliProcess.RunProgramAsync(
            "FaceGrid.Samples.EnrolAndIdentify.dll", node.Http.BaseAddress!, directory.Path, "people", "questions");

        run.ExitCode.ShouldBe(0, run.Error);
        ShouldBeAsPrinted(run.Out.Split('\n'), Printed("EnrolAndIdentify"));
    }

    [Fact]
    public async Task Camera_events_prints_what_its_readme_says()
    {
        byte[][] frames = await Clips.FramesAsync(Clips.Airliner, 5);
        using var directory = new TemporaryDirectory();
        await using NodeProcess node = await NodeProcess.StartAsync(Path.Combine(directory.Path, "data"), BuiltInModels);
        byte[] face = Portraits.Cut(frames[12], new SKRectI(720, 100, 920, 340));
        (int enrolled, string answer) = await Portraits.PostAsync(node, "/v1/galleries/default/people/rachel/faces", face);
        enrolled.ShouldBe(201, answer);
        (await node.SendAsync(HttpMethod.Put, "/v1/cameras/door", new { faceSizeMin = 40 })).Status.ShouldBe(HttpStatusCode.Created);
        await using CliProcess sample = CliProcess.StartProgram(
            "FaceGrid.Samples.CameraEvents.dll", node.Http.BaseAddress!, directory.Path, "door", "rachel");
        await Eventually.AssertAsync(() =>
        {
            sample.Out.ShouldContain("following door", sample.Error);
            return Task.CompletedTask;
        });

        DateTimeOffset start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        for (int frame = 0; frame < frames.Length; frame++)
        {
            string at = start.AddSeconds(frame / 5.0).ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
            (int status, string body) = await Portraits.PostAsync(node, $"/v1/cameras/door/frames?wait=true&at={at}", frames[frame]);
            status.ShouldBe(200, body);
        }

        // Ends the visits.
        (await node.SendAsync(HttpMethod.Put, "/v1/cameras/door", new { enabled = false })).Status.ShouldBe(HttpStatusCode.OK);
        string[] expected = Printed("CameraEvents");
        await Eventually.AssertAsync(() =>
        {
            sample.Out.Count.ShouldBe(expected.Length, string.Join('\n', sample.Out));
            return Task.CompletedTask;
        });

        // Two people who are seen in the same frame are told in either order.
        ShouldBeAsPrinted([.. sample.Out.Order(StringComparer.Ordinal)], [.. expected.Order(StringComparer.Ordinal)]);
    }

    [Fact]
    public async Task Own_embedder_prints_what_its_readme_says()
    {
        const string Model = "mobileface_v2_256.onnx";
        string model = Path.Combine(TestData.Models, Model);
        if (!File.Exists(model))
        {
            TestData.Skip($"the models have no {Model}");
        }

        using var directory = new TemporaryDirectory();
        File.Copy(Path.Combine(Sample("OwnEmbedder"), "my-embedder.json"), Path.Combine(directory.Path, "my-embedder.json"));
        File.Copy(model, Path.Combine(directory.Path, "model.onnx"));
        Save(directory.Path, "", "Hans_Blix_0007.jpg", "Hans_Blix_0009.jpg", "James_Blake_0004.jpg");

        CliRun stamp = await CliProcess.RunProgramAsync(
            "FaceGrid.Samples.OwnEmbedder.dll", new Uri("http://127.0.0.1:1"), directory.Path, "stamp", "my-embedder.json", "model.onnx");
        stamp.ExitCode.ShouldBe(0, stamp.Error);
        await using NodeProcess node = await NodeProcess.StartAsync(
            Path.Combine(directory.Path, "data"), ("FACEGRID_MODELS", directory.Path), ("FaceGrid__Vision__Embedder", "my-embedder"));
        CliRun tried = await CliProcess.RunProgramAsync(
            "FaceGrid.Samples.OwnEmbedder.dll",
            node.Http.BaseAddress!,
            directory.Path,
            ["try", "Hans_Blix_0007.jpg", "Hans_Blix_0009.jpg", "James_Blake_0004.jpg"]);

        tried.ExitCode.ShouldBe(0, tried.Error);
        ShouldBeAsPrinted([.. stamp.Out.Split('\n'), .. tried.Out.Split('\n')], Printed("OwnEmbedder"));
    }

    private static void Save(string directory, string folder, params string[] pictures)
    {
        string target = Directory.CreateDirectory(Path.Combine(directory, folder)).FullName;
        foreach (string picture in pictures)
        {
            File.WriteAllBytes(Path.Combine(target, picture), Portraits.Read($"{picture[..^"_0001.jpg".Length]}/{picture}"));
        }
    }

    private static void ShouldBeAsPrinted(string[] lines, string[] expected)
    {
        Masked(lines).ShouldBe(Masked(expected), string.Join('\n', lines));
        foreach ((string line, string wanted) in lines.Zip(expected))
        {
            foreach ((double number, double near) in Numbers(line).Zip(Numbers(wanted)))
            {
                number.ShouldBe(near, Tolerance, line);
            }
        }
    }

    private static IEnumerable<string> Masked(string[] lines) => lines.Select(line => Decimal().Replace(line, "#"));

    private static IEnumerable<double> Numbers(string line) =>
        Decimal().Matches(line).Select(match => double.Parse(match.Value, CultureInfo.InvariantCulture));

    /// <summary>The expected output in a sample's README.</summary>
    private static string[] Printed(string sample)
    {
        string[] lines = File.ReadAllLines(Path.Combine(Sample(sample), "README.md"));
        int start = Array.IndexOf(lines, "```", Array.IndexOf(lines, "## Expected output")) + 1;
        return lines[start..Array.IndexOf(lines, "```", start)];
    }

    private static string Sample(string name, [CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "..", "samples", name));

    [GeneratedRegex(@"\d+\.\d+", RegexOptions.None, 1000)]
    private static partial Regex Decimal();
}
