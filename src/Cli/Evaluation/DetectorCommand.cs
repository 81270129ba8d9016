using System.CommandLine;
using FaceGrid.Cli.Cluster;
using FaceGrid.Cli.Evaluation.Faces;
using FaceGrid.Cli.Shell;
using FaceGrid.Vision;

namespace FaceGrid.Cli.Evaluation;

/// <summary><c>facegrid evaluate detector</c>: which faces of another detector does one find?</summary>
internal static class DetectorCommand
{
    // Below its usual least confidence the reference is not sure; a face there is neither wanted nor a mistake.
    private const float Unsure = 0.3f;

    /// <summary>Creates the command.</summary>
    /// <param name="shell">Runs it.</param>
    /// <returns>The command.</returns>
    public static Command Create(CommandShell shell)
    {
        Option<string> data = new("--data") { Description = "Directory of pictures, or of LFW: then the pictures of the people in View 2's folds 6 to 10.", Required = true };
        Option<string> detector = new("--detector") { Description = "Profile id, or path of a profile file.", DefaultValueFactory = _ => new VisionOptions().Detector };
        Option<string> reference = new("--reference") { Description = "Profile id of the detector to hold it against.", DefaultValueFactory = _ => "yunet-n" };
        Option<float?> confidence = new("--confidence") { Description = "Least confidence of a reported face, 0.1 to 1. [default: the profile's]" };
        Option<string?> models = new("--models") { Description = "Directory of models. Also FACEGRID_MODELS." };
        Command command = new("detector", "Measures which faces of a reference detector another one finds, and which it finds beside them.") { data, detector, reference, confidence, models };
        shell.Handle(command, async (session, cancellationToken) =>
        {
            ParseResult parsed = session.Parsed;
            VisionOptions Options(string profile, float? least) => new() { Detector = profile, DetectionConfidenceMin = least, ModelDirectory = parsed.GetValue(models) };
            using FacePipeline judged = await FacePipeline.CreateAsync(Options(parsed.GetValue(detector)!, parsed.GetValue(confidence)), progress: null, cancellationToken);
            using FacePipeline known = await FacePipeline.CreateAsync(Options(parsed.GetValue(reference)!, null), progress: null, cancellationToken);
            using FacePipeline unsure = await FacePipeline.CreateAsync(Options(parsed.GetValue(reference)!, Unsure), progress: null, cancellationToken);
            IReadOnlyList<DetectorFigures> figures = await MeasureAsync(session, new DetectorEvaluation(judged, known, unsure), parsed.GetValue(data)!, cancellationToken);
            if (session.Terminal.IsJson)
            {
                session.Terminal.WriteJson(figures);
            }
            else
            {
                session.Terminal.WriteTable(
                    [judged.Detector.Id, ">pictures", $">faces of {known.Detector.Id}", ">found", ">besides", ">main faces", ">found"],
                    figures.Select(row => new[] { row.Name, $"{row.Pictures}", $"{row.ReferenceFaces}", $"{row.Found}", $"{row.Surplus}", $"{row.MainFaces}", $"{row.MainFound}" }));
            }

            return ExitCode.Ok;
        });
        return command;
    }

    private static async Task<IReadOnlyList<DetectorFigures>> MeasureAsync(Session session, DetectorEvaluation evaluation, string directory, CancellationToken cancellationToken)
    {
        if (File.Exists(Path.Combine(directory, "pairs.txt")))
        {
            LabelledPictures lfw = LabelledPictures.Open(directory);
            PeopleGroup[] groups = HeldOutPeople.Groups(lfw.People, lfw.ReadPairs());
            int[] test = [.. Enumerable.Range(0, lfw.Files.Length).Where(index => groups[index] == PeopleGroup.Test)];
            List<DetectorFigures> faces = [];
            List<string> unreadable = [];
            await using Progress progress = Progress.Start(session, "detecting", test.Length);
            await foreach ((int index, byte[] bytes) in lfw.ReadAsync(test, cancellationToken))
            {
                try
                {
                    faces.Add(await evaluation.CompareAsync(lfw.Files[index], bytes, cancellationToken));
                }
                catch (CliException problem)
                {
                    unreadable.Add(problem.Message); // The data set has a picture that is cut off; it says nothing of either detector.
                }

                progress.Advance();
            }

            foreach (string problem in unreadable)
            {
                session.Terminal.Note($"left out: {problem}");
            }

            // Thousands of pictures: those whose face was missed are named.
            return [.. faces.Where(face => face.MainFound < face.MainFaces).OrderBy(face => face.Name, StringComparer.Ordinal), DetectorFigures.Sum("all", faces)];
        }

        if (!Directory.Exists(directory))
        {
            throw new CliException($"There is no directory '{directory}'.", "file");
        }

        List<DetectorFigures> rows = [];
        foreach (string file in Directory.EnumerateFiles(directory).Where(Picture.IsPictureName).Order(StringComparer.Ordinal))
        {
            rows.Add(await evaluation.CompareAsync(Path.GetFileName(file), await File.ReadAllBytesAsync(file, cancellationToken), cancellationToken));
        }

        return [.. rows, DetectorFigures.Sum("all", rows)];
    }
}
