using FaceGrid.Vision.Embedding;
using System.Collections.Concurrent;
using System.Diagnostics;
using FaceGrid.Client;
using FaceGrid.Models;
using FaceGrid.Vision;
using FaceGrid.Vision.Quality;

namespace FaceGrid.Evaluation.Faces;

/// <summary>Turns every picture of a labelled set into a vector, in this process, or takes the vectors that an earlier run kept.</summary>
internal static class FaceSetBuilder
{
    private const int TimedPictures = 200;

    /// <summary>Embeds.</summary>
    /// <param name="data">The pictures.</param>
    /// <param name="plan">Models and threads.</param>
    /// <param name="wanted">Indexes of the pictures to embed; null for all.</param>
    /// <param name="log">Receives progress messages.</param>
    /// <param name="cancellationToken">Ends the work. It leaves nothing behind.</param>
    /// <returns>The set.</returns>
    /// <exception cref="EvaluationException">Kept vectors are of other pictures.</exception>
    public static async Task<FaceSet> BuildAsync(
        LabelledPictures data, FaceSetPlan plan, int[]? wanted, IWorkLog log, CancellationToken cancellationToken)
    {
        wanted ??= [.. Enumerable.Range(0, data.Files.Length)];
        FaceSet set = await EmbedOrReadAsync(data, plan, wanted, log, cancellationToken);
        return plan.Only is { } people ? set.Only(people) : set;
    }

    private static async Task<FaceSet> EmbedOrReadAsync(
        LabelledPictures data, FaceSetPlan plan, int[] wanted, IWorkLog log, CancellationToken cancellationToken)
    {
        ModelStore store = new(plan.ModelDirectory);
        EmbedderProfile profile = store.GetProfile<EmbedderProfile>(plan.Embedder);
        string detector = store.GetProfile<DetectorProfile>(plan.Detector).Id;
        string? file = plan.KeepIn is null
            ? null
            : Path.Combine(plan.KeepIn, $"{profile.ContractId}.{detector}.{plan.Codec.ToLowerInvariant()}.faces");
        if (file is not null && File.Exists(file))
        {
            FaceSet kept = FaceSetFile.Read(file);
            return kept.Files.AsSpan().SequenceEqual(data.Files) && kept.Embedding.Pictures == wanted.Length
                ? kept
                : throw new EvaluationException(
                    $"'{file}' holds the vectors of other pictures. Delete it, or keep vectors elsewhere.", "file");
        }

        using FacePipeline pipeline = await FacePipeline.CreateAsync(OptionsOf(plan), progress: null, cancellationToken);
        FaceSet set = await EmbedAsync(data, pipeline, wanted, 2 * plan.Threads, log, cancellationToken);
        if (file is not null)
        {
            FaceSetFile.Write(file, set);
        }

        return set;
    }

    private static VisionOptions OptionsOf(FaceSetPlan plan) => new()
    {
        Detector = plan.Detector,
        Embedder = plan.Embedder,
        Codec = plan.Codec,
        ModelDirectory = plan.ModelDirectory,
        Concurrency = plan.Threads,
        QueueLengthMax = 4 * plan.Threads,

        // The eyes of a face in profile lie close together in the picture. The reference figures include such faces, so this run embeds
        // them, too.
        FaceSizeMinPixels = 0,
    };

    private static async Task<FaceSet> EmbedAsync(
        LabelledPictures data, FacePipeline pipeline, int[] wanted, int underWay, IWorkLog log, CancellationToken cancellationToken)
    {
        float[]?[] vectors = new float[]?[data.Files.Length];
        FaceQuality?[] quality = new FaceQuality?[data.Files.Length];
        ConcurrentBag<FaceMissing> without = [];
        int turned = 0;
        long started = Stopwatch.GetTimestamp();
        await using (IWork work = log.Begin("embedding", wanted.Length))
        {
            ParallelOptions options = new() { MaxDegreeOfParallelism = underWay, CancellationToken = cancellationToken };
            await Parallel.ForEachAsync(data.ReadAsync(wanted, cancellationToken), options, async (picture, token) =>
            {
                PictureAnalysis analysis = await pipeline.AnalyseAsync(picture.Bytes, PictureRequest.Embeddings, token);
                Interlocked.Add(ref turned, analysis.Turned == 0 ? 0 : 1);
                int face = MainFace.Choose(analysis);
                vectors[picture.Index] = face < 0 ? null : analysis.Faces[face].Embedding;
                quality[picture.Index] = face < 0 ? null : analysis.Faces[face].Quality;
                if (vectors[picture.Index] is null)
                {
                    without.Add(
                        new FaceMissing(
                            data.Files[picture.Index], analysis.Detail ?? (face < 0 ? "no face was found" : "the face is too small")));
                }

                work.Advance();
            });
        }

        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        (double detect, double all) = await TimeAsync(data, pipeline, wanted, cancellationToken);
        EmbeddingFigures figures = new(
            wanted.Length,
            [.. without.OrderBy(missing => missing.File, StringComparer.Ordinal)],
            seconds,
            wanted.Length / seconds,
            detect,
            all - detect)
        {
            Turned = turned,
        };
        return new FaceSet(
            pipeline.Embedder.Id,
            pipeline.ContractId,
            pipeline.Detector.Id,
            pipeline.ExecutionProvider,
            data.Files,
            vectors,
            quality,
            figures);
    }

    /// <summary>Measures one picture after the other while nothing else runs. Returns the median time without and with embedding.</summary>
    private static async Task<(double DetectMilliseconds, double AllMilliseconds)> TimeAsync(
        LabelledPictures data, FacePipeline pipeline, int[] wanted, CancellationToken cancellationToken)
    {
        List<double> detect = [];
        List<double> all = [];
        await foreach ((int _, byte[] bytes) in data.ReadAsync(wanted.Take(TimedPictures), cancellationToken))
        {
            long start = Stopwatch.GetTimestamp();
            await pipeline.AnalyseAsync(bytes, PictureRequest.Faces, cancellationToken);
            long middle = Stopwatch.GetTimestamp();
            await pipeline.AnalyseAsync(bytes, PictureRequest.Embeddings, cancellationToken);
            detect.Add(Stopwatch.GetElapsedTime(start, middle).TotalMilliseconds);
            all.Add(Stopwatch.GetElapsedTime(middle).TotalMilliseconds);
        }

        return (Median(detect), Median(all));
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
