using System.Globalization;
using System.Text.Json;
using System.Xml.Linq;
using FaceGrid.Tests.Support;
using Shouldly;
using SkiaSharp;
using Xunit;

namespace FaceGrid.Tests.Cameras;

/// <summary>
/// Goal: cameras by the command line alone. Method: a real node, the command line as processes, and a clip that is played from a file.
/// </summary>
public sealed class CameraCommandTests
{
    [Fact]
    public async Task A_camera_is_added_listed_watched_tested_and_removed()
    {
        Ffmpeg.Require();
        using var directory = new TemporaryDirectory();
        await using NodeProcess node = await NodeProcess.StartAsync(
            Path.Combine(directory.Path, "data"),
            ("FACEGRID_MODELS", TestData.Models),
            ("FaceGrid__Vision__Detector", "yunet-n"),
            ("FaceGrid__Vision__Embedder", "mobilefacenet-foamliu-128"),
            ("FaceGrid__CameraSources__VideoDirectory", Path.Combine(TestData.Pictures, "video")));
        byte[][] frames = await Clips.FramesAsync(Clips.Airliner, 5);
        foreach (
            (string person, SKRectI where) in (
            (string, SKRectI)[])[("rachel", new SKRectI(720, 100, 920, 340)), ("ross", new SKRectI(360, 60, 620, 320))])
        {
            string picture = Path.Combine(directory.Path, person + ".jpg");
            await File.WriteAllBytesAsync(picture, Portraits.Cut(frames[12], where), TestContext.Current.CancellationToken);
            await RunAsync("enrol", picture, "--person", person);
        }

        await using CliProcess watching = CliProcess.Start(
            node.Http.BaseAddress!, directory.Path, "camera", "watch", "cabin", "--after", "0", "--count", "3");
        (await RunAsync("camera", "add", "cabin", "file:friends1.mp4", "--name", "Cabin", "--pictures", "true")).GetProperty("id")
            .GetString().ShouldBe("cabin");
        await watching.WaitForExitAsync();
        JsonElement[] told = [.. watching.Out.Select(line => JsonDocument.Parse(line).RootElement)];
        told.Select(each => each.GetProperty("data").TryGetProperty("person", out JsonElement person) ? person.GetString()
            : null).OfType<string>().Order().ShouldBe(["rachel", "ross"]);
        told.ShouldAllBe(each => each.GetProperty("event").GetString() == "begun");

        JsonElement listed = (await RunAsync("camera", "list")).GetProperty("cameras").EnumerateArray().ShouldHaveSingleItem();
        (listed.GetProperty("id").GetString(), listed.GetProperty("status").GetProperty("source").GetProperty("connected").GetBoolean())
            .ShouldBe(("cabin", true));

        string drawing = Path.Combine(directory.Path, "cabin.svg");
        await Eventually.AssertAsync(async () =>
        {
            await RunAsync("camera", "test", "cabin", "--out", drawing);
            XElement svg = XDocument.Load(drawing).Root!;
            string[] labels = [.. svg.Elements(svg.Name.Namespace + "text").Select(label => label.Value.Split(' ')[0])];
            labels.ShouldContain("rachel"); // After a jump of the clip they are nobody for a moment.
            labels.ShouldContain("ross");
            foreach ((string person, int left) in ((string, int)[])[("rachel", 720), ("ross", 380)])
            {
                int index = Array.IndexOf(labels, person);
                double x = double.Parse(
                    svg.Elements(svg.Name.Namespace + "rect").ElementAt(index).Attribute("x")!.Value, CultureInfo.InvariantCulture);
                x.ShouldBeInRange(left - 40, left + 120, person);
            }
        });
        if (Environment.GetEnvironmentVariable("FACEGRID_SCREENSHOTS") is { Length: > 0 } screenshots)
        {
            File.Copy(drawing, Path.Combine(screenshots, "cabin.svg"), overwrite: true);
        }

        await RunAsync("camera", "remove", "cabin");
        (await RunAsync("camera", "list")).GetProperty("cameras").GetArrayLength().ShouldBe(0);

        async Task<JsonElement> RunAsync(params string[] arguments)
        {
            (int exitCode, string said, string error) = await CliProcess.RunAsync(node.Http.BaseAddress!, directory.Path, arguments);
            exitCode.ShouldBe(0, error);
            return JsonDocument.Parse(said).RootElement;
        }
    }
}
