using FaceGrid.Vision.Embedding;
using System.Text.Json.Nodes;
using FaceGrid.Models;
using FaceGrid.Tests.Support;
using FaceGrid.Vision;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Vision;

/// <summary>Live faces and pictures of faces, through the pipeline and the real models.</summary>
public sealed class LivenessTests
{
    private static readonly string[] Both = ["minifasnet-v2", "minifasnet-v1se"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("image_T1.jpg", true)]
    [InlineData("image_F1.jpg", false)]
    [InlineData("image_F2.jpg", false)]
    public async Task AnalyseAsync_LiveFaceOrPictureOfOne_IsTold(string file, bool live)
    {
        using FacePipeline pipeline = await FacePipeline.CreateAsync(Pipelines.Options(options => options.Pad = Both), null, Token);
        byte[] picture = File.ReadAllBytes(Path.Combine(TestData.Pictures, "liveness", file));

        AnalysedFace face = (await pipeline.AnalyseAsync(picture, new PictureRequest(Embed: true, Liveness: true), Token)).Faces[0];

        pipeline.Liveness!.Models.ShouldBe(Both);
        pipeline.Liveness.Threshold.ShouldBe(0.5f);
        face.Embedding.ShouldNotBeNull();
        face.Live.ShouldNotBeNull();
        (face.Live >= pipeline.Liveness.Threshold).ShouldBe(live, $"{face.Live}");
        face.Live.Value.ShouldBeInRange(0, 1);
        (await pipeline.AnalyseAsync(picture, PictureRequest.Embeddings, Token)).Faces[0].Live.ShouldBeNull("nobody asked");
    }

    // Two models together give the mean of what each gives alone, and a crowd, which goes through them in pieces, what each face gives alone.
    [Fact]
    public async Task AnalyseAsync_TwoModels_GiveTheirMean()
    {
        byte[] picture = File.ReadAllBytes(Path.Combine(TestData.Pictures, "group", "obama_family.jpg"));
        var live = new List<float[]>();
        foreach (string[] models in new[] { Both, Both[..1], Both[1..] })
        {
            using FacePipeline pipeline = await FacePipeline.CreateAsync(Pipelines.Options(options => options.Pad = models), null, Token);
            PictureAnalysis analysis = await pipeline.AnalyseAsync(picture, new PictureRequest(Embed: false, Liveness: true), Token);
            live.Add([.. analysis.Faces.Select(face => face.Live ?? throw new InvalidOperationException("A face was not measured."))]);
        }

        live[0].Length.ShouldBeGreaterThan(1);
        for (int face = 0; face < live[0].Length; face++)
        {
            live[0][face].ShouldBe((live[1][face] + live[2][face]) / 2, 1e-5f);
        }
    }

    [Fact]
    public async Task AnalyseAsync_NoModel_MeasuresNothing()
    {
        FacePipeline pipeline = await Pipelines.Shared();
        byte[] picture = File.ReadAllBytes(Path.Combine(TestData.Pictures, "liveness", "image_T1.jpg"));

        pipeline.Liveness.ShouldBeNull();
        (await pipeline.AnalyseAsync(picture, new PictureRequest(Embed: false, Liveness: true), Token)).Faces[0].Live.ShouldBeNull();
    }

    [Theory]
    [InlineData("threshold", "0", "threshold")]
    [InlineData("threshold", "1", "threshold")]
    [InlineData("cropScale", "0.5", "cropScale")]
    [InlineData("liveClass", "3", "liveClass")]
    [InlineData("classes", "1", "classes")]
    [InlineData("activation", "\"sigmoid\"", "activation")]
    [InlineData("fusion", "\"vote\"", "fusion")]
    [InlineData("inputWidth", "8", "inputWidth")]
    [InlineData("meen", "[0, 0, 0]", "meen")]
    public void Profile_WrongKey_IsRefusedByName(string key, string value, string named)
    {
        using var directory = new TemporaryDirectory();
        string path = Write(directory, json => json[key] = JsonNode.Parse(value));

        var error = Should.Throw<VisionSetupException>(() => new ModelStore(directory.Path, offline: true).GetProfile<PadProfile>(path));

        error.Code.ShouldBe("profile-invalid");
        error.Message.ShouldContain(named);
    }

    [Fact]
    public void Profile_OfAnotherKind_IsRefused()
    {
        using var directory = new TemporaryDirectory();
        var store = new ModelStore(directory.Path, offline: true);

        Should.Throw<VisionSetupException>(() => store.GetProfile<PadProfile>("yunet-n")).Message.ShouldContain("is a detector, not a pad");
        Should.Throw<VisionSetupException>(() => store.GetProfile<EmbedderProfile>("minifasnet-v2")).Message.ShouldContain("is a pad, not a embedder");
    }

    [Fact]
    public async Task CreateAsync_ProfileThatDoesNotFitItsModel_IsRefused()
    {
        using var directory = new TemporaryDirectory();
        string path = Write(directory, json => json["classes"] = 2, json => json["liveClass"] = 1);

        VisionOptions wanted = Pipelines.Options(options => options.Pad = [path]); // Skips where the models are missing.
        var error = await Should.ThrowAsync<VisionSetupException>(() => FacePipeline.CreateAsync(wanted, null, Token));

        error.Code.ShouldBe("model-unusable");
        error.Message.ShouldContain("says 2 each");
    }

    [Fact]
    public async Task CreateAsync_ModelThatIsMissing_StopsTheStart()
    {
        using var directory = new TemporaryDirectory();
        string path = Write(directory, json => json["file"] = "not-there.onnx");

        VisionOptions wanted = Pipelines.Options(options => options.Pad = [path]); // Skips where the models are missing.
        var error = await Should.ThrowAsync<VisionSetupException>(() => FacePipeline.CreateAsync(wanted, null, Token));

        error.Code.ShouldBe("model-missing");
    }

    private static string Write(TemporaryDirectory directory, params Action<JsonObject>[] changes)
    {
        using Stream stream = typeof(ModelStore).Assembly.GetManifestResourceStream("FaceGrid.Models.Profiles.minifasnet-v2.json")!;
        JsonObject json = JsonNode.Parse(stream)!.AsObject();
        Array.ForEach(changes, change => change(json));
        string path = Path.Combine(directory.Path, "changed.json");
        File.WriteAllText(path, json.ToJsonString());
        return path;
    }
}
