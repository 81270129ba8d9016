using System.Globalization;
using System.Text.RegularExpressions;
using FaceGrid.Tests.Support;
using Shouldly;
using SkiaSharp;
using Xunit;

namespace FaceGrid.Tests.Operations;

/// <summary>
/// Goal: every sample runs and prints what its README promises. Method: the commands of the READMEs as they stand, in a shell, on the
/// pictures that they name. Numbers may differ by <see cref="Tolerance"/>; everything else is compared to the letter.
/// </summary>
public sealed partial class SampleTests
{
    private const double Tolerance = 0.02;

    private const string Node = "dotnet run --project src/Silo";

    private static readonly (string Key, string Value) BuiltInModels = ("FACEGRID_MODELS", "");

    [Fact]
    public async Task Enrol_and_identify_prints_what_its_readme_says()
    {
        SampleReadme readme = new("EnrolAndIdentify");
        using var directory = new TemporaryDirectory();
        Save(directory.Path, "people/Angelina_Jolie", "Angelina_Jolie_0001.jpg");
        Save(directory.Path, "people/Bill_Clinton", "Bill_Clinton_0002.jpg");
        Save(directory.Path, "people/Hans_Blix", "Hans_Blix_0007.jpg", "Hans_Blix_0009.jpg");
        Save(directory.Path, "questions", "Angelina_Jolie_0002.jpg", "Bill_Clinton_0004.jpg", "Hans_Blix_0008.jpg", "James_Blake_0004.jpg");
        await using NodeProcess node = await NodeProcess.StartByAsync(directory.Path, readme.Command(Node), BuiltInModels);

        CliRun run = await CliProcess.RunCommandAsync(readme.Command("samples/"), node.Http.BaseAddress!, directory.Path);

        run.ExitCode.ShouldBe(0, run.Error);
        ShouldBeAsPrinted(run.Out.Split('\n'), readme.Printed);
    }

    /// <summary>Frames are pushed one by one, and not by the README's ffmpeg, so that they have the same times on every machine.</summary>
    [Fact]
    public async Task Camera_events_prints_what_its_readme_says()
    {
        byte[][] frames = await Clips.FramesAsync(Clips.Airliner, 5);
        SampleReadme readme = new("CameraEvents");
        using var directory = new TemporaryDirectory();
        await using NodeProcess node = await NodeProcess.StartByAsync(directory.Path, readme.Command(Node), BuiltInModels);
        File.WriteAllBytes(Path.Combine(directory.Path, "rachel.jpg"), Portraits.Cut(frames[12], new SKRectI(720, 100, 920, 340)));
        await RunAsync("/people/rachel/faces");
        await RunAsync("faceSizeMin");
        await using CliProcess sample = CliProcess.StartCommand(readme.Command("samples/"), node.Http.BaseAddress!, directory.Path);
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

        await RunAsync("enabled"); // Ends the visits.
        string[] expected = readme.Printed;
        await Eventually.AssertAsync(() =>
        {
            sample.Out.Count.ShouldBe(expected.Length, string.Join('\n', sample.Out));
            return Task.CompletedTask;
        });

        // Two people who are seen in the same frame are told in either order.
        ShouldBeAsPrinted([.. sample.Out.Order(StringComparer.Ordinal)], [.. expected.Order(StringComparer.Ordinal)]);

        async Task RunAsync(string part)
        {
            CliRun run = await CliProcess.RunCommandAsync(readme.Command(part), node.Http.BaseAddress!, directory.Path);
            run.ExitCode.ShouldBe(0, run.Out + run.Error);
        }
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

        SampleReadme readme = new("OwnEmbedder");
        using var directory = new TemporaryDirectory();
        string models = Directory.CreateDirectory(Path.Combine(directory.Path, "my-models")).FullName;
        File.Copy(Path.Combine(readme.Folder, "my-embedder.json"), Path.Combine(models, "my-embedder.json"));
        File.Copy(model, Path.Combine(models, "model.onnx"));
        Save(directory.Path, "", "Hans_Blix_0007.jpg", "Hans_Blix_0009.jpg", "James_Blake_0004.jpg");
        foreach ((string from, string to) in new[] { ("Hans_Blix_0007", "ada1"), ("Hans_Blix_0009", "ada2"), ("James_Blake_0004", "grace") })
        {
            File.Move(Path.Combine(directory.Path, $"{from}.jpg"), Path.Combine(directory.Path, $"{to}.jpg"));
        }

        CliRun stamp = await CliProcess.RunCommandAsync(readme.Command(" stamp "), new Uri("http://127.0.0.1:1"), directory.Path);
        stamp.ExitCode.ShouldBe(0, stamp.Error);
        await using NodeProcess node = await NodeProcess.StartByAsync(directory.Path, readme.Command(Node));
        CliRun tried = await CliProcess.RunCommandAsync(readme.Command(" try "), node.Http.BaseAddress!, directory.Path);

        tried.ExitCode.ShouldBe(0, tried.Error);
        ShouldBeAsPrinted([.. stamp.Out.Split('\n'), .. tried.Out.Split('\n')], readme.Printed);
    }

    [Theory]
    [InlineData("EnrolAndIdentify")]
    [InlineData("CameraEvents")]
    [InlineData("OwnEmbedder")]
    public void Commands_of_a_readme_leave_the_built_in_models_alone(string sample)
    {
        string[] commands = new SampleReadme(sample).Commands;
        commands.ShouldContain(command => command.Contains(Node, StringComparison.Ordinal));
        commands.ShouldAllBe(command => !command.Contains("=models", StringComparison.Ordinal) && !command.Contains(" models/", StringComparison.Ordinal));
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

    [GeneratedRegex(@"\d+\.\d+", RegexOptions.None, 1000)]
    private static partial Regex Decimal();
}
