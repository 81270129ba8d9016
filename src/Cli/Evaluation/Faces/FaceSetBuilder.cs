using System.Collections.Concurrent;
using System.Diagnostics;
using FaceGrid.Cli.Shell;
using FaceGrid.Models;
using FaceGrid.Vision;
using FaceGrid.Vision.Quality;

namespace FaceGrid.Cli.Evaluation.Faces;

/// <summary>Turns every picture of a labelled set into a vector, in this process, or takes the vectors that an earlier run kept.</summary>
internal static class FaceSetBuilder
{
    private const int TimedPictures = 200;

    /// <summary>Embeds.</summary>
    /// <param name="session">Where progress goes.</param>
    /// <param name="data">The pictures.</param>
    /// <param name="options">Models and threads.</param>
    /// <param name="wanted">Indexes of the pictures to embed.</param>
    /// <param name="keep">Directory in which vectors are kept, one file per contract, detector and codec; null keeps none.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>The set.</returns>
    /// <exception cref="CliException">Kept vectors are of other pictures.</exception>
    public static async Task<FaceSet> BuildAsync(
        Session session, LabelledPictures data, VisionOptions options, int[] wanted, string? keep, CancellationToken cancellationToken)
    {
        ModelStore store = new(options.ModelDirectory);
        EmbedderProfile profile = store.GetProfile<EmbedderProfile>(options.Embedder);
        string detector = store.GetProfile<DetectorProfile>(options.Detector).Id;
        string? file = keep is null
            ? null
            : Path.Combine(keep, $"{profile.ContractId}.{detector}.{options.Codec.ToLowerInvariant()}.faces");
        if (file is not null && File.Exists(file))
        {
            FaceSet kept = FaceSetFile.Read(file);
            return kept.Files.AsSpan().SequenceEqual(data.Files) && kept.Embedding.Pictures == wanted.Length
                ? kept
                : throw new CliException($"'{file}' holds the vectors of other pictures. Delete it, or keep vectors elsewhere.", "file");
        }

        using FacePipeline pipeline = await FacePipeline.CreateAsync(options, progress: null, cancellationToken);
        FaceSet set = await EmbedAsync(session, data, pipeline, wanted, 2 * options.Concurrency, cancellationToken);
        if (file is not null)
        {
            FaceSetFile.Write(file, set);
        }

        return set;
    }

    private static async Task<FaceSet> EmbedAsync(
        Session session, LabelledPictures data, FacePipeline pipeline, int[] wanted, int underWay, CancellationToken cancellationToken)
    {
        float[]?[] vectors = new float[]?[data.Files.Length];
        FaceQuality?[] quality = new FaceQuality?[data.Files.Length];
        ConcurrentBag<FaceMissing> without = [];
        long started = Stopwatch.GetTimestamp();
        await using (Progress progress = Progress.Start(session, "embedding", wanted.Length))
        {
            ParallelOptions options = new() { MaxDegreeOfParallelism = underWay, CancellationToken = cancellationToken };
            await Parallel.ForEachAsync(data.ReadAsync(wanted, cancellationToken), options, async (picture, token) =>
            {
                PictureAnalysis analysis = await pipeline.AnalyseAsync(picture.Bytes, embed: true, token);
                int face = Choose(analysis);
                vectors[picture.Index] = face < 0 ? null : analysis.Faces[face].Embedding;
                quality[picture.Index] = face < 0 ? null : analysis.Faces[face].Quality;
                if (vectors[picture.Index] is null)
                {
                    without.Add(new FaceMissing(data.Files[picture.Index], analysis.Detail ?? (face < 0 ? "no face was found" : "the face is too small")));
                }

                progress.Advance();
            });
        }

        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        (double detect, double all) = await TimeAsync(data, pipeline, wanted, cancellationToken);
        EmbeddingFigures figures = new(
            wanted.Length, [.. without.OrderBy(missing => missing.File, StringComparer.Ordinal)], seconds, wanted.Length / seconds, detect, all - detect);
        return new FaceSet(pipeline.Embedder.Id, pipeline.ContractId, pipeline.Detector.Id, pipeline.ExecutionProvider, data.Files, vectors, quality, figures);
    }

    private static int Choose(PictureAnalysis analysis) => MainFace.Choose(
        [.. analysis.Faces.Select(face => ((double)face.Box.X, (double)face.Box.Y, (double)face.Box.Width, (double)face.Box.Height))],
        analysis.Width,
        analysis.Height);

    /// <summary>One picture after the other, nothing else running: the median time without and with embedding.</summary>
    private static async Task<(double DetectMilliseconds, double AllMilliseconds)> TimeAsync(
        LabelledPictures data, FacePipeline pipeline, int[] wanted, CancellationToken cancellationToken)
    {
        List<double> detect = [];
        List<double> all = [];
        await foreach ((int _, byte[] bytes) in data.ReadAsync(wanted.Take(TimedPictures), cancellationToken))
        {
            long start = Stopwatch.GetTimestamp();
            await pipeline.AnalyseAsync(bytes, embed: false, cancellationToken);
            long middle = Stopwatch.GetTimestamp();
            await pipeline.AnalyseAsync(bytes, embed: true, cancellationToken);
            detect.Add(Stopwatch.GetElapsedTime(start, middle).TotalMilliseconds);
            all.Add(Stopwatch.GetElapsedTime(middle).TotalMilliseconds);
        }

        return (Median(detect), Median(all));
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
