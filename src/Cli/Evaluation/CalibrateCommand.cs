using System.CommandLine;
using System.Globalization;
using FaceGrid.Cli.Shell;
using FaceGrid.Evaluation.Calibrating;
using FaceGrid.Evaluation.Faces;
using FaceGrid.Evaluation.Measures;
using FaceGrid.Models;

namespace FaceGrid.Cli.Evaluation;

/// <summary><c>facegrid calibrate</c>: measures an embedder on labelled pictures and writes the result into its profile.</summary>
internal static class CalibrateCommand
{
    /// <summary>Creates the command.</summary>
    /// <param name="shell">Runs it.</param>
    /// <returns>The command.</returns>
    public static Command Create(CommandShell shell)
    {
        Option<string> embedder = new("--embedder")
        {
            Description = "Profile id, or path of a profile file.",
            DefaultValueFactory = _ => DefaultProfiles.Embedder,
        };
        Option<string?> name = new("--name")
        {
            Description = "Name of the set of pictures in the profile; the directory's name by default.",
        };
        Option<string?> output = new("--out")
        {
            Description = "Where to write the profile. [default: the file it was read from; a built-in profile has none]",
        };
        Option<double?> fmr = new("--fmr") { Description = "A false match rate that the calibration must carry." };
        Option<double?> fpir = new("--fpir") { Description = "A share of strangers found in --people that it must carry, too." };
        Option<int> people = new("--people") { Description = "Number of people for --fpir.", DefaultValueFactory = _ => 1000 };
        Option<int> seed = new("--seed") { Description = "Seed of the resampling.", DefaultValueFactory = _ => 1 };
        CommandRanges.Between(people, 1, 1_000_000_000);
        CommandRanges.Rate(fmr);
        CommandRanges.Rate(fpir);
        Command command = new(
            "calibrate",
            "Measures an embedder on labelled pictures. Writes into its profile which errors it makes at which distance. Ends with 1 "
                + "when the pictures are too few for the promise.")
        {
            embedder,
            name,
            output,
            fmr,
            fpir,
            people,
            seed,
        };
        SetOptions options = new(command, choosesPeople: true);
        shell.Handle(command, async (session, cancellationToken) =>
        {
            LabelledPictures pictures = options.Open(session);
            EmbedderProfile profile = options.Profile(session, session.Parsed.GetValue(embedder)!);
            string target = session.Parsed.GetValue(output) ?? profile.ProfilePath
                ?? throw CliException.Usage($"The profile '{profile.Id}' is built in: say with --out where the calibrated one goes.");
            FaceSetPlan plan = options.Plan(session, session.Parsed.GetValue(embedder)!);
            FaceSet set = await FaceSetBuilder.BuildAsync(pictures, plan, wanted: null, session.Log, cancellationToken);
            PairTally tally = PairTally.Count(set, Calibrator.NearShare, options.Threads(session), cancellationToken);
            string called = session.Parsed.GetValue(name) ?? pictures.Name;
            string line =
                $"facegrid calibrate --data <{called}> --embedder {profile.Id} --detector {set.Detector} --seed "
                    + $"{session.Parsed.GetValue(seed)}";
            DateOnly today = DateOnly.FromDateTime(session.Host.Clock.GetUtcNow().UtcDateTime);
            (Calibration calibration, IReadOnlyList<LookAlike> alike) = Calibrator.Calibrate(
                set, tally, called, today, line, session.Parsed.GetValue(seed));
            Calibrator.RequirePromise(
                calibration, session.Parsed.GetValue(fmr), session.Parsed.GetValue(fpir), session.Parsed.GetValue(people));
            string text = profile.ProfilePath is { } path ? await File.ReadAllTextAsync(path, cancellationToken) : ProfileText.Of(profile);
            await File.WriteAllTextAsync(target, ProfileText.With(text, calibration), cancellationToken);
            Print(session.Terminal, profile.Id, target, calibration, alike);
            return ExitCode.Ok;
        });
        return command;
    }

    private static void Print(Terminal terminal, string profile, string target, Calibration calibration, IReadOnlyList<LookAlike> alike)
    {
        if (terminal.IsJson)
        {
            terminal.WriteJson(new { Profile = profile, File = target, Calibration = calibration, LookAlikes = alike });
            return;
        }

        ImpostorModel model = calibration.Impostor;
        List<string[]> rows =
        [
            [
                "from",
                $"{calibration.Source.People} people, {calibration.Source.Pictures} pictures, {calibration.Source.PeoplePairs} pairs of "
                    + "people",
            ],
            ["normal deviate of the false match rate", $"{model.Intercept:0.000} + {model.Slope:0.000} x similarity"],
            ["seen down to, carried down to", $"{model.RateMeasured:0.0E0}, {model.RateMin:0.0E0}"],
        ];
        rows.AddRange(
            calibration.Points.Select(
                point => new[]
                {
                    $"at {point.Distance:0.000}",
                    $"FMR {point.FalseMatchRate:0.0E0}, FNMR {100 * point.FalseNonMatchRate:0.00} %",
                }));
        rows.Add(["look-alikes left out", alike.Count.ToString(CultureInfo.CurrentCulture)]);
        rows.AddRange(alike.Select(pair => new[] { $"  {pair.Distance:0.000}", $"{pair.A}, {pair.B}" }));
        rows.Add(["written to", target]);
        terminal.WriteTable([profile, ""], rows);
    }
}
