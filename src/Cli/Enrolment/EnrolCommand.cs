using System.CommandLine;
using System.Text.Json;
using FaceGrid.Cli.Shell;
using FaceGrid.Client;

namespace FaceGrid.Cli.Enrolment;

/// <summary><c>facegrid enrol</c>: enrols everybody in a folder.</summary>
internal static class EnrolCommand
{
    /// <summary>Creates the command.</summary>
    /// <param name="shell">Runs it.</param>
    /// <returns>The command.</returns>
    public static Command Create(CommandShell shell)
    {
        Argument<string> folder = new("folder")
        {
            Description = "A folder with one sub-folder of pictures per person; the sub-folder's name becomes the person's id.",
        };
        Option<string?> person = new("--person") { Description = "All pictures in the folder (or the one file) show this person." };
        Option<int?> first = new("--first")
        {
            Description = "Only the first N pictures of each person, in ordinal order of their file names.",
        };
        Option<int> concurrency = new("--concurrency")
        {
            Description = "Most pictures in flight, 1 to 256.",
            DefaultValueFactory = _ => 4,
        };
        Option<string?> state = new("--state")
        {
            Description = "Journal of acknowledged pictures. [default: .facegrid-enrol.jsonl in the folder, or the user's state "
                + "directory when it is read-only]",
        };
        Option<bool> again = new("--again") { Description = "Also send pictures that the journal lists as acknowledged." };
        Option<string?> report = new("--report") { Description = "Also write the report to this file, as JSON." };
        FaceOption face = new();
        Option<bool> main = new("--main-face") { Description = "The same as --face main.", Hidden = true };
        Option<bool> force = new("--force")
        {
            Description = "Enrol without the checks of the gallery's policy for quality, duplicates and consistency.",
        };
        CommandRanges.AtLeastOne(first);
        CommandRanges.Between(concurrency, 1, 256);
        Command command = new("enrol", "Enrols a folder. It may be stopped and started again. Ends with 3 when some pictures failed.")
        {
            folder,
            person,
            first,
            concurrency,
            state,
            again,
            face,
            main,
            force,
            report,
        };
        command.Aliases.Add("enroll");
        shell.Handle(
            command,
            async (session, cancellationToken) =>
            {
                string path = session.Parsed.GetValue(folder)!;
                if (session.Parsed.GetValue(person) is { } id)
                {
                    session.PersonPath(id);
                }

                List<EnrolPicture> pictures = EnrolPlan.Read(path, session.Parsed.GetValue(person), session.Parsed.GetValue(first));
                JsonElement gallery = (await session.Client.GetAsync(session.GalleryPath, cancellationToken)).Body;
                string target = $"{session.Server}|{session.Gallery}|{gallery.Text("createdAt")}";
                using EnrolJournal journal = EnrolJournal.Open(
                    session.Parsed.GetValue(state), path, StateDirectory.Find(session.Host), target);
                string chosen = session.Parsed.GetValue(main) ? "main" : session.Parsed.GetValue(face)!;
                EnrolReport result = await new EnrolRun(session, journal, chosen, session.Parsed.GetValue(force))
                    .RunAsync(pictures, session.Parsed.GetValue(concurrency), session.Parsed.GetValue(again), cancellationToken);
                if (session.Parsed.GetValue(report) is { } file)
                {
                    await File.WriteAllTextAsync(file, JsonSerializer.Serialize(result, ClusterJson.Options), CancellationToken.None);
                }

                return Print(session.Terminal, result);
            },
            CommandShell.LongPatience);
        return command;
    }

    private static ExitCode Print(Terminal terminal, EnrolReport report)
    {
        if (terminal.IsJson)
        {
            terminal.WriteJson(report);
        }
        else
        {
            if (report.Failures.Count > 0)
            {
                terminal.WriteTable(
                    ["failed", "code", "detail"],
                    report.Failures.Select(failure => new[] { failure.File, failure.Code, failure.Detail }));
            }

            terminal.WriteLine(
                $"{report.Pictures} pictures of {report.People} people: {report.Created} new, {report.Known} known already, "
                    + $"{report.Skipped} skipped by the journal, {report.Failures.Count} failed.");
            terminal.WriteLine($"{report.Seconds:0.0} s, {report.PicturesPerSecond:0.0} pictures/s. Journal: {report.Journal}");
            if (report.Quarantined > 0)
            {
                terminal.WriteLine(
                    $"{report.Quarantined} fit somebody else better than their person and are in quarantine: facegrid gallery review.");
            }

            if (report.NotYetSearchable > 0)
            {
                terminal.WriteLine($"{report.NotYetSearchable} are stored and not yet searchable; the grid finishes that by itself.");
            }
        }

        if (report.Stopped is not null)
        {
            terminal.Note($"facegrid: stopped with {report.NotTried} pictures to go: {report.Stopped} Run it again to go on.");
            return ExitCode.Failed;
        }

        return report.Failures.Count == 0
            ? ExitCode.Ok
            : report.Created + report.Known + report.Skipped > 0
            ? ExitCode.Partial
            : ExitCode.Failed;
    }
}
