using System.Collections.Concurrent;
using System.Diagnostics;
using FaceGrid.Cli.Shell;
using FaceGrid.Vision;

namespace FaceGrid.Cli.Evaluation;

/// <summary>Turns every picture of the data set into a vector, in this process.</summary>
internal static class LfwEmbedding
{
    private const int TimedPictures = 200;

    /// <summary>Embeds.</summary>
    /// <param name="session">Where progress goes.</param>
    /// <param name="data">The data set.</param>
    /// <param name="pipeline">From picture to vectors.</param>
    /// <param name="wanted">Indexes of the pictures to embed.</param>
    /// <param name="underWay">Pictures under way at once.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>A vector per picture of the data set, null where there is none, and the figures.</returns>
    public static async Task<(float[]?[] Vectors, EmbeddingFigures Figures)> RunAsync(
        Session session, LfwData data, FacePipeline pipeline, int[] wanted, int underWay, CancellationToken cancellationToken)
    {
        float[]?[] vectors = new float[]?[data.Files.Length];
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
                if (vectors[picture.Index] is null)
                {
                    without.Add(new FaceMissing(data.Files[picture.Index], analysis.Detail ?? (face < 0 ? "no face was found" : "the face is too small")));
                }

                progress.Advance();
            });
        }

        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        (double detect, double all) = await TimeAsync(data, pipeline, wanted, cancellationToken);
        return (vectors, new EmbeddingFigures(wanted.Length, [.. without.OrderBy(missing => missing.File, StringComparer.Ordinal)], seconds, wanted.Length / seconds, detect, all - detect));
    }

    private static int Choose(PictureAnalysis analysis) => MainFace.Choose(
        [.. analysis.Faces.Select(face => ((double)face.Box.X, (double)face.Box.Y, (double)face.Box.Width, (double)face.Box.Height))],
        analysis.Width,
        analysis.Height);

    /// <summary>One picture after the other, nothing else running: the median time without and with embedding.</summary>
    private static async Task<(double DetectMilliseconds, double AllMilliseconds)> TimeAsync(
        LfwData data, FacePipeline pipeline, int[] wanted, CancellationToken cancellationToken)
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
