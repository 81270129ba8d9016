using System.Text.Json.Nodes;
using FaceGrid.Evaluation.Pad;
using FaceGrid.Tests.Support;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Cli;

/// <summary>
/// Errors of presentation-attack detection: the arithmetic against figures worked out by hand, the command on folders good and bad.
/// </summary>
public sealed class PadEvaluationTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("facegrid-pad-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    // Wilson's interval by hand, z = 1.959964.
    [InlineData(0, 10, 0, 0.2775)]
    [InlineData(5, 10, 0.2366, 0.7634)]
    [InlineData(10, 10, 0.7225, 1)]
    [InlineData(1, 1, 0.2065, 1)]
    [InlineData(30, 1000, 0.0211, 0.0425)]
    public void PadRate_HasTheIntervalOfWilson(int errors, int pictures, double low, double high)
    {
        PadRate rate = PadRate.Of(errors, pictures)!;
        rate.Value.ShouldBe(errors / (double)pictures);
        rate.Low.ShouldBe(low, 5e-5);
        rate.High.ShouldBe(high, 5e-5);
    }

    [Fact]
    public void PadRate_OfNoPicture_IsNone() => PadRate.Of(0, 0).ShouldBeNull();

    [Fact]
    public void PadFigures_CountErrorsByKind()
    {
        PadPicture[] pictures =
        [
            Of("live", 0.9f), Of("live", 0.5f), Of("live", 0.49f), Of("live", null),
            Of("print", 0.1f), Of("print", 0.5f), Of("replay", 0.8f), Of("replay", 0.7f), Of("replay", null), Of("mask", null),
        ];

        PadFigures at = PadFigures.At(pictures, 0.5);

        (at.Bpcer!.Errors, at.Bpcer.Pictures).ShouldBe((1, 3));
        at.Apcer.Keys.ShouldBe(["mask", "print", "replay"], ignoreOrder: true);
        (at.Apcer["print"]!.Errors, at.Apcer["print"]!.Pictures).ShouldBe((1, 2));
        (at.Apcer["replay"]!.Errors, at.Apcer["replay"]!.Pictures).ShouldBe((2, 2));
        at.Apcer["mask"].ShouldBeNull();
        at.ApcerWorst.ShouldBe(1);
        PadFigures.At(pictures, 0.75).ApcerWorst.ShouldBe(0.5);
        PadFigures.At(pictures, 0.95).Bpcer!.Errors.ShouldBe(3);

        static PadPicture Of(string kind, float? live) => new(kind, kind, live, null);
    }

    [Fact]
    public async Task Pad_TheThreePictures_ComeOutRight()
    {
        Put("live/one/T1.jpg", "image_T1.jpg");
        Put("print/F1.jpg", "image_F1.jpg");
        Put("replay/F2.jpg", "image_F2.jpg");
        string file = Path.Combine(folder, "figures.json");

        CliRun run = await RunAsync("--out", file);

        run.ExitCode.ShouldBe(0, run.Error);
        JsonNode at = run.Json["atThreshold"]!;
        at["threshold"]!.GetValue<double>().ShouldBe(0.5);
        at["bpcer"]!["errors"]!.GetValue<int>().ShouldBe(0);
        at["bpcer"]!["high"]!.GetValue<double>().ShouldBe(0.7935, 5e-4, "one picture says next to nothing, and the interval says so");
        at["apcer"]!["print"]!["errors"]!.GetValue<int>().ShouldBe(0);
        at["apcer"]!["replay"]!["errors"]!.GetValue<int>().ShouldBe(0);
        run.Json["byThreshold"]!.AsArray().Count.ShouldBe(19);
        run.Json["each"]!.AsArray().Select(picture => picture!["kind"]!.GetValue<string>()).ShouldBe(["live", "print", "replay"]);
        JsonNode.DeepEquals(JsonNode.Parse(File.ReadAllText(file))!["atThreshold"], at).ShouldBeTrue();
    }

    [Fact]
    public async Task Pad_WithoutAttacks_IsRefusedUnlessItIsMeant()
    {
        Put("live/T1.jpg", "image_T1.jpg");

        CliRun refused = await RunAsync();
        refused.ExitCode.ShouldBe(2);
        refused.Error.ShouldContain("only live faces");

        CliRun meant = await RunAsync("--one-class");
        meant.ExitCode.ShouldBe(0, meant.Error);
        meant.Json["atThreshold"]!["bpcer"]!["pictures"]!.GetValue<int>().ShouldBe(1);
        meant.Json["atThreshold"]!["apcerWorst"].ShouldBeNull();
    }

    [Fact]
    public async Task Pad_PicturesThatCannotBeRead_AreListed()
    {
        Put("live/T1.jpg", "image_T1.jpg");
        Put("print/F1.jpg", "image_F1.jpg");
        File.WriteAllText(Path.Combine(folder, "print", "none.jpg"), "no picture");

        CliRun run = await RunAsync();

        run.ExitCode.ShouldBe(3);
        run.Json["each"]!.AsArray()
            .Where(picture => picture!["reason"] is not null)
            .ShouldHaveSingleItem()!["file"]!.GetValue<string>()
            .ShouldBe(Path.Combine("print", "none.jpg"));
        run.Json["atThreshold"]!["apcer"]!["print"]!["pictures"]!.GetValue<int>().ShouldBe(1);
    }

    [Fact]
    public async Task Pad_NoFaceAnywhere_Fails()
    {
        foreach (string kind in new[] { "live", "print" })
        {
            Directory.CreateDirectory(Path.Combine(folder, kind));
            File.WriteAllBytes(Path.Combine(folder, kind, "grey.bmp"), GreyBmp(64));
        }

        CliRun run = await RunAsync();

        run.ExitCode.ShouldBe(1);
        run.Error.ShouldContain("no-face");
    }

    [Theory]
    [InlineData("empty", "no sub-folders")]
    [InlineData("hollow", "holds no picture")]
    [InlineData("lifeless", "no live faces")]
    [InlineData("missing", "There is no folder")]
    public async Task Pad_AFolderThatIsNotLaidOutAsSaid_IsRefused(string how, string says)
    {
        if (how == "hollow")
        {
            Directory.CreateDirectory(Path.Combine(folder, "live"));
        }
        else if (how == "lifeless")
        {
            Directory.CreateDirectory(Path.Combine(folder, "print"));
            File.WriteAllBytes(Path.Combine(folder, "print", "grey.bmp"), GreyBmp(64));
        }

        CliRun run = await CliRun.AtAsync(
            "http://127.0.0.1:1", folder, "evaluate", "pad", "--data", how == "missing" ? Path.Combine(folder, "missing") : folder);

        run.ExitCode.ShouldBe(how == "missing" ? 1 : 2);
        run.Error.ShouldContain(says);
    }

    private Task<CliRun> RunAsync(params string[] more) =>
        CliRun.AtAsync(
            "http://127.0.0.1:1", folder, ["evaluate", "pad", "--data", folder, "--models", TestData.Models, "--threads", "2", .. more]);

    private void Put(string path, string picture)
    {
        string target = Path.Combine(folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        File.WriteAllBytes(target, File.ReadAllBytes(Path.Combine(TestData.Pictures, "liveness", picture)));
    }

    // An uncompressed bitmap of one colour: 24 bits per pixel, rows of a multiple of four bytes.
    private static byte[] GreyBmp(int side)
    {
        byte[] bytes = new byte[54 + (3 * side * side)];
        bytes.AsSpan(54).Fill(128);
        "BM"u8.CopyTo(bytes);
        foreach ((int at, int value) in new[] { (2, bytes.Length), (10, 54), (14, 40), (18, side), (22, side), (26, 1 | (24 << 16)) })
        {
            BitConverter.TryWriteBytes(bytes.AsSpan(at), value);
        }

        return bytes;
    }
}
