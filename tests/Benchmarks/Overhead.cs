using FaceGrid.Vision.Embedding;
using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text.Json;
using FaceGrid.Search;
using FaceGrid.Tests.Support;
using FaceGrid.Vision;

namespace FaceGrid.Benchmarks;

/// <summary>
/// Goal: what HTTP and the grid cost on top of the work itself. Method: a real node is asked to identify 640x480 pictures over HTTP, and the same
/// decode, detect, embed and search is called in this process, in turns of <c>requests</c> each; per round the ratio of the two, over the rounds the median.
/// The node's and this process's threads never work at the same time.
/// </summary>
internal static class Overhead
{
    private const int PictureCount = 40;
    private const int Width = 640;
    private const int Height = 480;

    /// <summary>Runs.</summary>
    /// <param name="data">Directory with LFW pictures in zip files.</param>
    /// <param name="people">Synthetic people enrolled in the node and in the index.</param>
    /// <param name="rounds">Rounds per concurrency.</param>
    /// <param name="requests">Pictures per round and side.</param>
    public static async Task RunAsync(string data, int people, int rounds, int requests)
    {
        byte[][] pictures = Portraits.Read(data, PictureCount, Width, Height);
        using var directory = new TemporaryDirectory();
        await using NodeProcess node = await NodeProcess.StartAsync(directory.Path);
        using FacePipeline pipeline = await FacePipeline.CreateAsync(new VisionOptions { ModelDirectory = Environment.GetEnvironmentVariable("FACEGRID_MODELS") });
        var crowd = new SyntheticPeople(pipeline.Dimension, seed: 1);
        using var index = new TemplateIndex(pipeline.Dimension);
        await crowd.EnrolAsync(node, people, pipeline.ContractId);
        for (int person = 0; person < people; person++)
        {
            index.Set(SyntheticPeople.Id(person), crowd.Vector(person));
        }

        Console.WriteLine($"{people} people, {pictures.Length} pictures of {Width}x{Height}, {rounds} rounds of {requests} pictures per side");
        foreach (int callers in new[] { 1, 8 })
        {
            List<double> http = [], bare = [], ratios = [];
            for (int round = -1; round < rounds; round++)
            {
                double overHttp = await TimeAsync(callers, requests, number => IdentifyAsync(node, pictures[number % pictures.Length]));
                double inProcess = await TimeAsync(callers, requests, number => CallAsync(pipeline, index, pictures[number % pictures.Length]));
                if (round >= 0)
                {
                    http.Add(overHttp);
                    bare.Add(inProcess);
                    ratios.Add(overHttp / inProcess);
                }
            }

            Console.WriteLine($"{callers} callers: over HTTP {Statistics.Of(http, "0.00 ms")} per picture, in process {Statistics.Of(bare, "0.00 ms")}; time ratio {Statistics.Of(ratios, "0.000")}, throughput ratio {1 / Statistics.Median(ratios):0.000}");
        }
    }

    private static async Task<double> TimeAsync(int callers, int requests, Func<int, Task> call)
    {
        int next = -1;
        long start = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(async () =>
        {
            int number;
            while ((number = Interlocked.Increment(ref next)) < requests)
            {
                await call(number);
            }
        })));
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds / requests;
    }

    private static async Task IdentifyAsync(NodeProcess node, byte[] picture)
    {
        using var body = new ByteArrayContent(picture) { Headers = { ContentType = new MediaTypeHeaderValue("image/jpeg") } };
        using HttpResponseMessage response = await node.Http.PostAsync("/v1/galleries/default/identify", body);
        byte[] answer = await response.EnsureSuccessStatusCode().Content.ReadAsByteArrayAsync();
        using JsonDocument parsed = JsonDocument.Parse(answer);
        Check(parsed.RootElement.GetProperty("faces")[0].GetProperty("candidates").GetArrayLength());
    }

    private static async Task CallAsync(FacePipeline pipeline, TemplateIndex index, byte[] picture)
    {
        PictureAnalysis analysis = await pipeline.AnalyseAsync(picture, PictureRequest.Embeddings);
        float[] probes = [.. analysis.Faces.Where(face => face.Embedding is not null).SelectMany(face => face.Embedding!)];
        Check(index.Search(probes, probes.Length / pipeline.Dimension, 5, CancellationToken.None)[0].Length);
    }

    private static void Check(int candidates)
    {
        if (candidates != 5)
        {
            throw new InvalidOperationException($"{candidates} candidates instead of 5: not the work to be measured.");
        }
    }
}
