using System.CommandLine;
using FaceGrid.Cli.Shell;
using FaceGrid.Evaluation.Detectors;
using FaceGrid.Models;

namespace FaceGrid.Cli.Evaluation;

/// <summary><c>facegrid evaluate detector</c>: which of the faces that one detector finds does another one find?</summary>
internal static class DetectorCommand
{
    /// <summary>Creates the command.</summary>
    /// <param name="shell">Runs it.</param>
    /// <returns>The command.</returns>
    public static Command Create(CommandShell shell)
    {
        Option<string> data = new("--data")
        {
            Description = "Directory of pictures, or of LFW. Of LFW, only the people in View 2's folds 6 to 10 are used.",
            Required = true,
        };
        Option<string> detector = new("--detector")
        {
            Description = "Profile id, or path of a profile file.",
            DefaultValueFactory = _ => DefaultProfiles.Detector,
        };
        Option<string> reference = new("--reference")
        {
            Description = "Profile id of the detector to compare it with.",
            DefaultValueFactory = _ => "yunet-n",
        };
        Option<float?> confidence = new("--confidence")
        {
            Description = "Least confidence of a reported face, 0.1 to 1. [default: the profile's]",
        };
        Option<string?> models = new("--models") { Description = "Directory of models. FACEGRID_MODELS sets it, too." };
        Command command = new(
            "detector",
            "Measures which faces of a reference detector another detector finds, and which further faces it finds.")
        {
            data,
            detector,
            reference,
            confidence,
            models,
        };
        shell.Handle(command, async (session, cancellationToken) =>
        {
            ParseResult parsed = session.Parsed;
            DetectorPlan plan = new(
                parsed.GetValue(detector)!, parsed.GetValue(reference)!, parsed.GetValue(confidence), parsed.GetValue(models));
            DetectorReport report = await DetectorRun.RunAsync(parsed.GetValue(data)!, plan, session.Log, cancellationToken);
            if (session.Terminal.IsJson)
            {
                session.Terminal.WriteJson(report.Figures);
            }
            else
            {
                session.Terminal.WriteTable(
                    [report.Detector, ">pictures", $">faces of {report.Reference}", ">found", ">besides", ">main faces", ">found"],
                    report.Figures.Select(
                        row => new[]
                        {
                            row.Name,
                            $"{row.Pictures}",
                            $"{row.ReferenceFaces}",
                            $"{row.Found}",
                            $"{row.Surplus}",
                            $"{row.MainFaces}",
                            $"{row.MainFound}",
                        }));
            }

            return ExitCode.Ok;
        });
        return command;
    }
}
