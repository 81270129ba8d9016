using System.Collections.Concurrent;
using FaceGrid.Models;
using FaceGrid.Tests.Support;
using FaceGrid.Vision;
using FaceGrid.Vision.Decoding;
using FaceGrid.Vision.Embedding;
using FaceGrid.Vision.Execution;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Vision.Execution;

/// <summary>
/// Goal: the ways in which batches reach a model on a GPU give the same vectors as the plain way. Method: all of them on the CPU, where
/// host and device are the same
/// memory, with batch sizes around the borders of the padding.
/// </summary>
public sealed class BatchModeTests
{
    private const int SizeMax = 6;

    [Theory]
    [InlineData(1, new[] { 1 })]
    [InlineData(2, new[] { 1, 2 })]
    [InlineData(6, new[] { 1, 2, 4, 6 })]
    [InlineData(32, new[] { 1, 2, 4, 8, 16, 32 })]
    public void Sizes_PowersOfTwoAndTheLargest(int sizeMax, int[] sizes) => BatchPlan.Sizes(sizeMax).ShouldBe(sizes);

    [Theory]
    [InlineData(BatchMode.Bound)]
    [InlineData(BatchMode.Fixed)]
    internal void Embed_EveryCount_EqualsThePlainWay(BatchMode mode)
    {
        using FaceEmbedder plain = Embedder(BatchPlan.Plain), other = Embedder(new BatchPlan(mode, SizeMax));
        RgbImage[] crops = Crops(2 * SizeMax + 1);
        float[][] expected = plain.Embed(crops);

        // Large batches first: what they leave behind must not show in the padding of small ones.
        for (int count = crops.Length; count > 0; count--)
        {
            ShouldBeClose(other.Embed(crops[..count]), expected[..count]);
            ShouldBeClose(other.Embed(crops[^count..]), expected[^count..]);
        }
    }

    [Theory]
    [InlineData(BatchMode.Plain)]
    [InlineData(BatchMode.Bound)]
    [InlineData(BatchMode.Fixed)]
    internal void WarmUp_ThenEmbed_EqualsThePlainWay(BatchMode mode)
    {
        using FaceEmbedder plain = Embedder(BatchPlan.Plain);
        using FaceEmbedder other = Embedder(mode == BatchMode.Plain ? BatchPlan.Plain : new BatchPlan(mode, SizeMax));
        RgbImage[] crops = Crops(SizeMax);

        other.WarmUp(SizeMax);

        ShouldBeClose(other.Embed(crops), plain.Embed(crops));
    }

    [Theory]
    [InlineData(BatchMode.Bound)]
    [InlineData(BatchMode.Fixed)]
    internal void Embed_ManyThreads_DoNotShareMemory(BatchMode mode)
    {
        using FaceEmbedder plain = Embedder(BatchPlan.Plain), other = Embedder(new BatchPlan(mode, SizeMax));
        RgbImage[] crops = Crops(24);
        float[][] expected = plain.Embed(crops);

        Parallel.For(0, 96, new ParallelOptions { MaxDegreeOfParallelism = 4 }, call =>
        {
            int start = call % 20, count = 1 + call % 4;
            ShouldBeClose(other.Embed(crops[start..(start + count)]), expected[start..(start + count)]);
        });
    }

    [Fact]
    public void RequireSame_OtherNumbers_Throws()
    {
        CropModel<float[]>.RequireSame([1, -2, 4], [1.001f, -2, 4], 1);
        Should.Throw<InvalidOperationException>(() => CropModel<float[]>.RequireSame([1, -2, 4], [1.01f, -2, 4], 1)).Message
            .ShouldContain("1.01");
        Should.Throw<InvalidOperationException>(() => CropModel<float[]>.RequireSame([1, -2, 4], [1, float.NaN, 4], 1));
    }

    // Two devices that are both the CPU: each has a thread of its own, both get work, and nothing is mixed up.
    [Fact]
    public async Task Lane_TwoDevices_EachWorksOnItsOwnThread()
    {
        using var pool = new WorkerThreads(2);
        using FaceEmbedder plain = Embedder(BatchPlan.Plain);
        using var lane = new EmbedderLane(
            [Embedder(new BatchPlan(BatchMode.Fixed, SizeMax)), Embedder(new BatchPlan(BatchMode.Bound, SizeMax))],
            pool, new VisionOptions { BatchSizeMax = SizeMax }, accelerated: true);
        RgbImage[] crops = Crops(64);
        float[][] expected = plain.Embed(crops);

        lane.WarmUp();
        CancellationToken token = TestContext.Current.CancellationToken;
        float[][][] vectors = await Task.WhenAll(crops.Chunk(4).Select(four => lane.Batcher.RunAsync(four, announced: false, token)));

        ShouldBeClose([.. vectors.SelectMany(four => four)], expected);
        lane.StopTaking();
    }

    [Fact]
    public async Task Batcher_WorkersWithThreadsOfTheirOwn_ShareTheQueue()
    {
        using var first = new WorkerThreads(1);
        using var second = new WorkerThreads(1);
        using var bothAtWork = new Barrier(2);
        var ran = new ConcurrentDictionary<string, int[]>(StringComparer.Ordinal);
        int[] Run(string name, IReadOnlyList<int> items)
        {
            ran[name] = [.. items];
            // Neither ends before the other has begun.
            bothAtWork.SignalAndWait(TimeSpan.FromSeconds(60)).ShouldBeTrue("both workers run at once");
            return [.. items.Select(item => 10 * item)];
        }

        using var batcher = new MicroBatcher<int, int>(
            [new(first, items => Run("first", items)), new(second, items => Run("second", items))],
            batchSizeMax: 8, TimeSpan.Zero, TimeProvider.System);

        (await batcher.RunAsync([1, 2, 3], announced: false, TestContext.Current.CancellationToken)).ShouldBe([10, 20, 30]);
        ran["first"].ShouldBe([1, 2]);
        ran["second"].ShouldBe([3]);
    }

    [Fact]
    public void LeastBusy_NestedCalls_SpreadOverTheDevices()
    {
        var devices = new LeastBusy<string>(["a", "b"]);

        devices.Use(outer => outer + devices.Use(inner => inner + devices.Use(innermost => innermost))).ShouldBe("aba");
        devices.Use(device => device).ShouldBe("a", "all calls have ended");
        Should.Throw<InvalidOperationException>(() => devices.Use<string>(_ => throw new InvalidOperationException()));
        devices.Use(device => device).ShouldBe("a", "a call that failed has ended, too");
    }

    [Fact]
    public async Task WarmUp_WholePipeline_ChangesNoAnswer()
    {
        using FacePipeline pipeline = await FacePipeline.CreateAsync(Pipelines.Options(), null, TestContext.Current.CancellationToken);
        byte[] picture = File.ReadAllBytes(Path.Combine(TestData.Pictures, "group", "obama_family.jpg"));
        AnalysedFace before = (await pipeline.AnalyseAsync(picture, PictureRequest.Embeddings, TestContext.Current.CancellationToken)).Faces[0];

        pipeline.WarmUp();

        AnalysedFace after = (await pipeline.AnalyseAsync(picture, PictureRequest.Embeddings, TestContext.Current.CancellationToken)).Faces[0];
        after.Box.ShouldBe(before.Box);
        after.Embedding.ShouldBe(before.Embedding);
    }

    private static FaceEmbedder Embedder(BatchPlan plan)
    {
        var store = new ModelStore(null, offline: true);
        var profile = store.GetProfile<EmbedderProfile>("facegrid-face-128");
        string path = store.Find(profile).ShouldNotBeNull();
        return new FaceEmbedder(profile, InferenceRuntime.Create("cpu", path), path, plan);
    }

    private static RgbImage[] Crops(int count)
    {
        var random = new Random(17);
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            var crop = new RgbImage(112, 112);
            random.NextBytes(crop.Pixels);
            return crop;
        })];
    }

    private static void ShouldBeClose(float[][] vectors, float[][] expected)
    {
        vectors.Length.ShouldBe(expected.Length);
        for (int index = 0; index < vectors.Length; index++)
        {
            Pipelines.Cosine(vectors[index], expected[index]).ShouldBeGreaterThan(0.99999, $"vector {index} of {vectors.Length}");
        }
    }
}
