using FaceGrid.Models;
using FaceGrid.Tests.Support;
using FaceGrid.Vision;
using FaceGrid.Vision.Decoding;
using FaceGrid.Vision.Embedding;
using FaceGrid.Vision.Execution;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Vision;

/// <summary>Other models need nothing but a profile file.</summary>
public sealed class ProfilePipelineTests
{
    private static readonly string[] SamePerson = ["George_W_Bush/George_W_Bush_0001.jpg", "George_W_Bush/George_W_Bush_0010.jpg", "George_W_Bush/George_W_Bush_0030.jpg"];
    private static readonly string[] OthersThan = ["Serena_Williams/Serena_Williams_0001.jpg", "Kofi_Annan/Kofi_Annan_0001.jpg", "AJ_Cook/AJ_Cook_0001.jpg"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("mobilefacenet-foamliu-128", 128)]
    [InlineData("mobileface-v2-256", 256)]
    [InlineData("retail-0095", 256)]
    public async Task AnalyseAsync_EveryEmbedder_TellsPeopleApart(string id, int dimension)
    {
        using var pictures = new LfwPictures();
        string profile = Pipelines.Profile(id);
        using var pipeline = await FacePipeline.CreateAsync(Pipelines.Options(options => options.Embedder = File.Exists(profile) ? profile : id), null, Token);
        pipeline.Dimension.ShouldBe(dimension);
        double threshold = pipeline.Embedder.Thresholds.Single(candidate => candidate.FalseMatchRate == 1e-3).Distance;

        var same = new List<float[]>();
        foreach (string name in SamePerson)
        {
            same.Add(await Embed(name));
        }

        foreach (float[] vector in same.Skip(1))
        {
            Distance(same[0], vector).ShouldBeLessThan(threshold);
        }

        foreach (string name in OthersThan)
        {
            Distance(same[0], await Embed(name)).ShouldBeGreaterThan(threshold);
        }

        async Task<float[]> Embed(string name) => (await pipeline.AnalyseAsync(pictures.Read(name), PictureRequest.Embeddings, Token)).Faces[0].Embedding!;
    }

    // The fixed 640 x 640 export is an older training of the same network: the same people, almost the same boxes (its landmarks differ more).
    [Fact]
    public async Task AnalyseAsync_FixedSizeDetector_FindsTheSameFaces()
    {
        byte[] picture = File.ReadAllBytes(Path.Combine(TestData.Pictures, "group", "obama_family.jpg"));
        using var pipeline = await FacePipeline.CreateAsync(Pipelines.Options(options => options.Detector = "yunet-2023mar"), null, Token);
        var expected = await (await Pipelines.Known()).AnalyseAsync(picture, PictureRequest.Embeddings, Token);

        var analysis = await pipeline.AnalyseAsync(picture, PictureRequest.Embeddings, Token);

        analysis.Faces.Count.ShouldBe(expected.Faces.Count);
        foreach (var face in expected.Faces)
        {
            analysis.Faces.Max(other => face.Box.Intersection(other.Box) / Math.Max(face.Box.Area, other.Box.Area)).ShouldBeGreaterThan(0.8f);
        }
    }

    [Fact]
    public void FaceEmbedder_FixedAndDynamicBatch_AreTold()
    {
        var store = new ModelStore(TestData.Models, offline: true);
        var dynamic = store.GetProfile<EmbedderProfile>(Pipelines.Profile("mobileface-v2-256"));
        var fixedBatch = store.GetProfile<EmbedderProfile>("mobilefacenet-foamliu-128");
        var runtime = InferenceRuntime.Create("cpu", store.Find(dynamic)!);
        RgbImage[] crops = [.. Enumerable.Range(1, 5).Select(seed => DrawnPictures.Noise(112, 112, seed))];
        foreach (var profile in new[] { dynamic, fixedBatch })
        {
            using var embedder = new FaceEmbedder(profile, runtime, store.Find(profile)!);
            embedder.TakesBatches.ShouldBe(profile == dynamic);

            float[][] together = embedder.Embed(crops);

            for (int index = 0; index < crops.Length; index++)
            {
                Pipelines.Cosine(together[index], embedder.Embed([crops[index]])[0]).ShouldBeGreaterThan(0.9999);
            }
        }
    }

    [Fact]
    public async Task CreateAsync_ProfileThatDoesNotFitItsModel_IsRefused()
    {
        var settings = Pipelines.Options();
        string directory = Directory.CreateTempSubdirectory("facegrid-misfit-").FullName;
        string path = Path.Combine(directory, "misfit.json");
        File.WriteAllText(path, File.ReadAllText(Pipelines.Profile("retail-0095")).Replace("\"dimension\": 256", "\"dimension\": 512", StringComparison.Ordinal));
        settings.Embedder = path;

        var error = await Should.ThrowAsync<VisionSetupException>(() => FacePipeline.CreateAsync(settings, null, Token));

        error.Code.ShouldBe("model-unusable");
        error.Message.ShouldContain("512");
        Directory.Delete(directory, recursive: true);
    }

    private static double Distance(float[] a, float[] b) => Math.Sqrt(a.Zip(b, (x, y) => (double)(x - y) * (x - y)).Sum());
}
