using FaceGrid.Client;
using FaceGrid.Evaluation.Accuracy;
using FaceGrid.Evaluation.Faces;
using FaceGrid.Vision;

namespace FaceGrid.Evaluation.Detectors;

/// <summary>Compares a detector with another one on the pictures of a directory.</summary>
/// <param name="evaluation">Compares the two on one picture.</param>
/// <param name="log">Receives progress messages.</param>
internal sealed class DetectorRun(DetectorEvaluation evaluation, IWorkLog log)
{
    // Below its usual least confidence the reference is not sure. A detector need not find such a face, and it makes no mistake when it
    // does.
    private const float Unsure = 0.3f;

    /// <summary>Runs.</summary>
    /// <param name="directory">
    /// A directory of pictures, or the directory of LFW. Of LFW, only the pictures of the people in View 2's folds 6 to 10 are used.
    /// </param>
    /// <param name="plan">The detectors.</param>
    /// <param name="log">Receives progress messages.</param>
    /// <param name="cancellationToken">Ends the run. It leaves nothing behind.</param>
    /// <returns>The report. LFW has thousands of pictures, so the report names only those whose main face was missed.</returns>
    /// <exception cref="EvaluationException">There is no such directory, or a file of it is no picture.</exception>
    public static async Task<DetectorReport> RunAsync(
        string directory, DetectorPlan plan, IWorkLog log, CancellationToken cancellationToken)
    {
        using FacePipeline judged = await OpenAsync(plan, plan.Detector, plan.ConfidenceMin, cancellationToken);
        using FacePipeline known = await OpenAsync(plan, plan.Reference, confidenceMin: null, cancellationToken);
        using FacePipeline unsure = await OpenAsync(plan, plan.Reference, Unsure, cancellationToken);
        DetectorRun run = new(new DetectorEvaluation(judged, known, unsure), log);
        IReadOnlyList<DetectorFigures> figures = File.Exists(Path.Combine(directory, "pairs.txt"))
            ? await run.MeasureLfwAsync(directory, cancellationToken)
            : await run.MeasureFolderAsync(directory, cancellationToken);
        return new DetectorReport(judged.Detector.Id, known.Detector.Id, figures);
    }

    private static Task<FacePipeline> OpenAsync(
        DetectorPlan plan, string detector, float? confidenceMin, CancellationToken cancellationToken)
    {
        VisionOptions options = new() { Detector = detector, DetectionConfidenceMin = confidenceMin, ModelDirectory = plan.ModelDirectory };
        return FacePipeline.CreateAsync(options, progress: null, cancellationToken);
    }

    private async Task<IReadOnlyList<DetectorFigures>> MeasureLfwAsync(string directory, CancellationToken cancellationToken)
    {
        LabelledPictures lfw = LabelledPictures.Open(directory);
        PeopleGroup[] groups = HeldOutPeople.Groups(lfw.People, lfw.ReadPairs());
        int[] test = [.. Enumerable.Range(0, lfw.Files.Length).Where(index => groups[index] == PeopleGroup.Test)];
        List<DetectorFigures> faces = [];
        List<string> unreadable = [];
        await using (IWork work = log.Begin("detecting", test.Length))
        {
            await foreach ((int index, byte[] bytes) in lfw.ReadAsync(test, cancellationToken))
            {
                try
                {
                    faces.Add(await evaluation.CompareAsync(lfw.Files[index], bytes, cancellationToken));
                }
                catch (EvaluationException problem)
                {
                    unreadable.Add(problem.Message); // LFW has one picture that is cut off. It says nothing about a detector.
                }

                work.Advance();
            }
        }

        unreadable.ForEach(problem => log.Note($"left out: {problem}"));
        return
        [
            .. faces.Where(face => face.MainFound < face.MainFaces).OrderBy(face => face.Name, StringComparer.Ordinal),
            DetectorFigures.Sum("all", faces),
        ];
    }

    private async Task<IReadOnlyList<DetectorFigures>> MeasureFolderAsync(string directory, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(directory))
        {
            throw new EvaluationException($"There is no directory '{directory}'.", "file");
        }

        List<DetectorFigures> rows = [];
        foreach (string file in Directory.EnumerateFiles(directory).Where(Picture.IsPictureName).Order(StringComparer.Ordinal))
        {
            byte[] bytes = await File.ReadAllBytesAsync(file, cancellationToken);
            rows.Add(await evaluation.CompareAsync(Path.GetFileName(file), bytes, cancellationToken));
        }

        return [.. rows, DetectorFigures.Sum("all", rows)];
    }
}
