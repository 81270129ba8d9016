using FaceGrid.Vision.Embedding;
using System.Collections.Concurrent;
using System.Diagnostics;
using FaceGrid.Client;
using FaceGrid.Evaluation.Faces;
using FaceGrid.Vision;
using FaceGrid.Vision.Pad;

namespace FaceGrid.Evaluation.Pad;

/// <summary>Measures models that tell live faces from pictures of faces on a labelled folder.</summary>
internal static class PadRun
{
    /// <summary>Runs.</summary>
    /// <param name="folder">The folder; see <see cref="PadFolder"/>.</param>
    /// <param name="oneClass">True to accept a folder with only live faces, or with none.</param>
    /// <param name="plan">The models.</param>
    /// <param name="log">Receives progress messages.</param>
    /// <param name="cancellationToken">Ends the run. It leaves nothing behind.</param>
    /// <returns>The report, and whether every picture could be read.</returns>
    /// <exception cref="EvaluationException">
    /// The folder has another layout, no profile is given, or no picture has a usable face (<c>no-face</c>).
    /// </exception>
    public static async Task<(PadReport Report, bool AllRead)> RunAsync(
        string folder, bool oneClass, PadPlan plan, IWorkLog log, CancellationToken cancellationToken)
    {
        List<(string Kind, string File)> pictures = PadFolder.Read(folder, oneClass);
        VisionOptions options = new()
        {
            Detector = plan.Detector,
            Pad = plan.Pad,
            ModelDirectory = plan.ModelDirectory,
            Concurrency = plan.Threads,
            QueueLengthMax = 4 * plan.Threads,
        };
        using FacePipeline pipeline = await FacePipeline.CreateAsync(options, progress: null, cancellationToken);
        LivenessMeter meter = pipeline.Liveness ?? throw EvaluationException.Usage("--pad needs at least one profile.");
        ConcurrentBag<PadPicture> measured = [];
        int unread = 0;
        long started = Stopwatch.GetTimestamp();
        await using (IWork work = log.Begin("pictures", pictures.Count))
        {
            ParallelOptions parallel = new() { MaxDegreeOfParallelism = 2 * plan.Threads, CancellationToken = cancellationToken };
            await Parallel.ForEachAsync(pictures, parallel, async (picture, token) =>
            {
                byte[] bytes = await File.ReadAllBytesAsync(picture.File, token);
                PictureAnalysis analysis = await pipeline.AnalyseAsync(bytes, new PictureRequest(Embed: false, Liveness: true), token);
                measured.Add(Measured(picture.Kind, Path.GetRelativePath(folder, picture.File), analysis));
                work.Advance(failures: analysis.Status == PictureStatus.Ok ? unread : Interlocked.Increment(ref unread));
            });
        }

        if (measured.All(picture => picture.Live is null))
        {
            throw new EvaluationException("No picture has a usable face, so nothing was measured.", "no-face");
        }

        PadReport report = PadReport.Of(
            (meter.Models, pipeline.Detector.Id, pipeline.ExecutionProvider, meter.Threshold),
            measured,
            Stopwatch.GetElapsedTime(started).TotalSeconds);
        return (report, unread == 0);
    }

    private static PadPicture Measured(string kind, string file, PictureAnalysis analysis)
    {
        int main = MainFace.Choose(analysis);
        float? live = main < 0 ? null : analysis.Faces[main].Live;
        string? reason = live is not null ? null : analysis.Detail ?? (main < 0 ? "no face was found" : "the face is too small");
        return new PadPicture(kind, file, live, reason);
    }
}
