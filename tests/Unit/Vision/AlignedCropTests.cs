using FaceGrid.Models;
using FaceGrid.Vision;
using FaceGrid.Vision.Alignment;
using FaceGrid.Vision.Decoding;
using FaceGrid.Vision.Embedding;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Vision;

/// <summary>
/// Goal: a model that is asked later, with the cut-out alone, says the same as if it had the picture. Method: pictures of LFW, embedded from the picture and from the cut-out; what other sizes and qualities
/// would cost is printed when <c>FACEGRID_CROP_FACES</c> says how many faces to try them on (docs/migration.md).
/// </summary>
public sealed class AlignedCropTests(ITestOutputHelper output)
{
    private static readonly string[] Embedders = ["mobilefacenet-foamliu-128", "mobileface-v2-256", "retail-0095"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Cut_EmbeddedLater_IsNearWhatThePictureGives()
    {
        using var pictures = new LfwPictures();
        foreach (string id in Embedders.Take(2))
        {
            using FacePipeline pipeline = await OpenAsync(id);
            foreach (string name in pictures.Names.Where((_, index) => index % 1000 == 0))
            {
                AnalysedFace face = (await pipeline.AnalyseAsync(pictures.Read(name), new PictureRequest(Embed: true, Crop: true), Token)).Faces[0];
                face.Crop!.Picture.Length.ShouldBeInRange(2_000, 30_000);
                float[] again = (await pipeline.EmbedAsync([face.Crop], pipeline.ContractId, Token))![0]!;
                Distance(face.Embedding!, again).ShouldBeLessThan(0.25, $"{id}, {name}");
            }
        }
    }

    [Fact]
    public async Task EmbedAsync_DamagedCutOut_IsNull()
    {
        using FacePipeline pipeline = await OpenAsync(Embedders[0]);
        var crop = new AlignedCrop([1, 2, 3], FaceAligner.ArcFaceTemplate);
        (await pipeline.EmbedAsync([crop], pipeline.ContractId, Token)).ShouldBe([null]);
        await Should.ThrowAsync<ArgumentException>(() => pipeline.EmbedAsync([crop], "other@0123456789abcdef", Token));
    }

    [Fact]
    public async Task CreateAsync_SameModelTwice_IsRefused()
    {
        VisionOptions wanted = Pipelines.Options(options => options.NextEmbedder = options.Embedder); // Skips where the models are missing.
        var error = await Should.ThrowAsync<VisionSetupException>(() => FacePipeline.CreateAsync(wanted, null, Token));
        error.Code.ShouldBe("options-invalid");
    }

    [Fact]
    public async Task AnalyseAsync_TwoEmbedders_AreThoseOfOneEach()
    {
        using var pictures = new LfwPictures();
        byte[] picture = pictures.Read(pictures.Names[0]);
        using FacePipeline first = await OpenAsync(Embedders[0]), second = await OpenAsync(Embedders[1]);
        using FacePipeline both = await FacePipeline.CreateAsync(
            Pipelines.Options(options =>
            {
                options.Embedder = ProfileOf(Embedders[0]);
                options.NextEmbedder = ProfileOf(Embedders[1]);
            }),
            null,
            Token);
        float[] a = (await first.AnalyseAsync(picture, PictureRequest.Embeddings, Token)).Faces[0].Embedding!, b = (await second.AnalyseAsync(picture, PictureRequest.Embeddings, Token)).Faces[0].Embedding!;

        AnalysedFace face = (await both.AnalyseAsync(picture, new PictureRequest(Embed: true, EmbedNext: true), Token)).Faces[0];
        (face.Embedding, face.NextEmbedding, face.Crop).ShouldSatisfyAllConditions(all => all.Embedding.ShouldBe(a), all => all.NextEmbedding.ShouldBe(b), all => all.Crop.ShouldBeNull());
        AnalysedFace only = (await both.AnalyseAsync(picture, new PictureRequest(Embed: false, EmbedNext: true), Token)).Faces[0];
        only.Embedding.ShouldBeNull();
        only.NextEmbedding.ShouldBe(b);
        only.Quality.ShouldBe(face.Quality);
    }

    [Fact]
    public async Task Cut_OtherSizesAndQualities_CostThis()
    {
        int faces = int.TryParse(Environment.GetEnvironmentVariable("FACEGRID_CROP_FACES"), out int wanted) ? wanted : 0;
        if (faces == 0)
        {
            return; // A measurement, not a check.
        }

        using var pictures = new LfwPictures();
        string[] names = [.. pictures.Names.Where((_, index) => index % Math.Max(1, pictures.Names.Length / faces) == 0)];
        var decoder = new ImageSharpPictureDecoder();
        foreach (string id in Embedders)
        {
            using FacePipeline pipeline = await OpenAsync(id);
            foreach ((float scale, int margin, int quality) in new[] { (1f, 24, 80), (1f, 24, 90), (1f, 24, 95), (1f, 24, 100), (1.5f, 24, 90), (1.5f, 24, 95), (2f, 32, 90), (2f, 32, 95) })
            {
                var distances = new List<double>();
                long bytes = 0;
                foreach (string name in names)
                {
                    byte[] picture = pictures.Read(name);
                    AnalysedFace face = (await pipeline.AnalyseAsync(picture, PictureRequest.Embeddings, Token)).Faces[0];
                    using DecodedPicture decoded = decoder.Decode(picture, new PictureLimits(1 << 24, 1 << 24, 0));
                    AlignedCrop crop = AlignedCrop.Cut(decoded.Image!, face.Landmarks, new ImageSharpPictureEncoder(), scale, margin, quality)!;
                    bytes += crop.Picture.Length;
                    distances.Add(Distance(face.Embedding!, (await pipeline.EmbedAsync([crop], pipeline.ContractId, Token))![0]!));
                }

                distances.Sort();
                output.WriteLine($"{id} scale {scale} margin {margin} quality {quality}: {bytes / names.Length} bytes, distance median {distances[distances.Count / 2]:0.000}, 99 % {distances[distances.Count * 99 / 100]:0.000}, most {distances[^1]:0.000}");
            }
        }
    }

    private static Task<FacePipeline> OpenAsync(string id) => FacePipeline.CreateAsync(Pipelines.Options(options => options.Embedder = ProfileOf(id)), null, Token);

    private static string ProfileOf(string id) => File.Exists(Pipelines.Profile(id)) ? Pipelines.Profile(id) : id;

    private static double Distance(float[] a, float[] b) => Math.Sqrt(a.Zip(b, (x, y) => ((double)x - y) * (x - y)).Sum());
}
