using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text.Json;
using FaceGrid.Tests.Support;
using FaceGrid.Vision;

namespace FaceGrid.Benchmarks.Codecs;

/// <summary>
/// Goal: what the codec changes for somebody who asks. Method: two real nodes, one per codec, with the same gallery, identify the same
/// pictures over HTTP in turns, one caller. Per round the ratio of the two,
/// over the rounds the median. Only one node works at a time.
/// </summary>
internal static class CodecIdentify
{
    private const int PictureCount = 40;

    /// <summary>Runs.</summary>
    /// <param name="data">Directory with LFW pictures in zip files.</param>
    /// <param name="people">Synthetic people in each node.</param>
    /// <param name="rounds">Measured rounds.</param>
    /// <param name="requests">Pictures per round and node.</param>
    public static async Task RunAsync(string data, int people, int rounds, int requests)
    {
        using TemporaryDirectory first = new(), second = new();
        await using NodeProcess imageSharp = await StartAsync(first, "imagesharp", people);
        await using NodeProcess skia = await StartAsync(second, "skia", people);
        Console.WriteLine(
            $"{people} people, {rounds} rounds of {requests} pictures per node; milliseconds per picture, median (least to most)");
        Console.WriteLine("| picture | imagesharp | skia | imagesharp / skia |");
        Console.WriteLine("|---|---|---|---|");
        foreach (var (name, width, height) in CodecPictures.Sizes.Take(2))
        {
            byte[][] pictures = Portraits.Read(data, PictureCount, width, height);
            List<double> ours = [], theirs = [], ratios = [];
            for (int round = -2; round < rounds; round++)
            {
                bool begins = round % 2 == 0;
                double before = begins ? await TimeAsync(imageSharp, pictures, requests) : 0;
                double other = await TimeAsync(skia, pictures, requests);
                double own = begins ? before : await TimeAsync(imageSharp, pictures, requests);
                if (round >= 0)
                {
                    ours.Add(own);
                    theirs.Add(other);
                    ratios.Add(own / other);
                }
            }

            Console.WriteLine(
                $"| {name} baseline JPEG | {Statistics.Of(ours, "0.00")} | {Statistics.Of(theirs, "0.00")} | "
                    + $"{Statistics.Of(ratios, "0.000")} |");
        }
    }

    private static async Task<NodeProcess> StartAsync(TemporaryDirectory directory, string codec, int people)
    {
        NodeProcess node = await NodeProcess.StartAsync(directory.Path, ("FaceGrid__Vision__Codec", codec));
        using FacePipeline pipeline = await FacePipeline.CreateAsync(
            new VisionOptions { ModelDirectory = Environment.GetEnvironmentVariable("FACEGRID_MODELS") });
        await new SyntheticPeople(pipeline.Dimension, seed: 1).EnrolAsync(node, people, pipeline.ContractId);
        return node;
    }

    private static async Task<double> TimeAsync(NodeProcess node, byte[][] pictures, int requests)
    {
        long start = Stopwatch.GetTimestamp();
        for (int request = 0; request < requests; request++)
        {
            using var body = new ByteArrayContent(pictures[request % pictures.Length]);
            body.Headers.ContentType = new MediaTypeHeaderValue("image/jpeg");
            using HttpResponseMessage response = await node.Http.PostAsync("/v1/galleries/default/identify", body);
            using JsonDocument answer = JsonDocument.Parse(await response.EnsureSuccessStatusCode().Content.ReadAsByteArrayAsync());
            if (answer.RootElement.GetProperty("faces").GetArrayLength() == 0)
            {
                throw new InvalidOperationException("No face: not the work to be measured.");
            }
        }

        return Stopwatch.GetElapsedTime(start).TotalMilliseconds / requests;
    }
}
