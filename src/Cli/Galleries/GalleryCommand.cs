using System.CommandLine;
using System.Text.Json;
using FaceGrid.Cli.Shell;
using FaceGrid.Client;
using Spectre.Console;

namespace FaceGrid.Cli.Galleries;

/// <summary><c>facegrid gallery</c>: create, list, delete, export, import, migrate, report, review.</summary>
internal static class GalleryCommand
{
    /// <summary>Creates the command.</summary>
    /// <param name="shell">Runs it.</param>
    /// <returns>The command with its sub-commands.</returns>
    public static Command Create(CommandShell shell) => new("gallery", "Manages galleries.")
    {
        List(shell),
        CreateGallery(shell),
        Delete(shell),
        Export(shell),
        Import(shell),
        MigrateCommand.Create(shell),
        ReportCommand.Create(shell),
        ReportCommand.CreateReview(shell),
    };

    private static Command List(CommandShell shell)
    {
        Command command = new("list", "Lists the galleries. Ends with 3 when one is not listed, because its row is damaged.");
        shell.Handle(command, async (session, cancellationToken) =>
        {
            JsonElement answer = (await session.Client.GetAsync("v1/galleries", cancellationToken)).Body;
            DamagedRows damaged = new();
            damaged.Add(answer);
            if (session.Terminal.IsJson)
            {
                session.Terminal.WriteJson(answer);
                return damaged.Tell(session.Terminal);
            }

            session.Terminal.WriteTable(
                ["gallery", "contract", ">dimension", ">shards", "verify below", "identify below"],
                answer.Items("galleries").Select(gallery => new[]
                {
                    gallery.Text("id") ?? "",
                    gallery.Member("contract")?.Text("id") ?? "-",
                    $"{gallery.Member("contract")?.Number("dimension"):0}",
                    $"{gallery.Number("shards"):0}",
                    ThresholdText.Of(gallery.Member("verify")),
                    ThresholdText.Of(gallery.Member("identify")),
                }));
            return damaged.Tell(session.Terminal);
        });
        return command;
    }

    private static Command CreateGallery(CommandShell shell)
    {
        Argument<string> id = new("id") { Description = "1 to 64 characters out of a-z, 0-9 and '-'." };
        Option<string?> contract = new("--contract") { Description = "Bind the gallery to this contract, not to the first enrolment's." };
        Option<int?> dimension = new("--dimension") { Description = "The contract's vector length; needed with --contract." };
        Option<double?> fmr = new("--fmr")
        {
            Description = $"Promise this false match rate for verify, at most {GalleryPolicyWrite.FmrMax}; "
                + $"{GalleryPolicyWrite.FmrDefault} by default.",
        };
        Option<double?> fpir = new("--fpir")
        {
            Description = $"Promise that identify finds no larger share of strangers, at most {GalleryPolicyWrite.FpirMax}; "
                + $"{GalleryPolicyWrite.FpirDefault} by default.",
        };
        Option<double?> verify = new("--verify-threshold") { Description = "Decide verify by this distance, not by a promise." };
        Option<double?> identify = new("--identify-threshold") { Description = "Decide identify by this distance, not by a promise." };
        Option<bool?> crops = new("--crops")
        {
            Description = "Keep aligned cut-outs of enrolled faces, so that the gallery can migrate to another model. They are pictures of "
                + "people. With false, kept cut-outs are erased.",
        };
        CommandRanges.AtLeastOne(dimension);
        CommandRanges.Distance(verify);
        CommandRanges.Distance(identify);
        CommandRanges.Rate(fmr);
        CommandRanges.Rate(fpir);
        Command command = new("create", "Creates a gallery, or changes the settings of one.")
        {
            id,
            contract,
            dimension,
            fmr,
            fpir,
            verify,
            identify,
            crops,
        };
        shell.Handle(command, async (session, cancellationToken) =>
        {
            string gallery = Session.CheckGallery(session.Parsed.GetValue(id)!);
            string? contractId = session.Parsed.GetValue(contract);
            int? length = session.Parsed.GetValue(dimension);
            if (contractId is null != length is null)
            {
                throw CliException.Usage("--contract and --dimension go together.");
            }

            GalleryWrite write = new(
                contractId is null ? null : new GalleryContract(contractId, length!.Value),
                session.Parsed.GetValue(verify),
                session.Parsed.GetValue(identify),
                GalleryPolicyWrite.Of(session.Parsed.GetValue(fmr), session.Parsed.GetValue(fpir), session.Parsed.GetValue(crops)));
            ClusterAnswer answer = await session.Client.SendJsonAsync(
                HttpMethod.Put, ClusterPaths.Gallery(gallery), write, cancellationToken);
            session.Terminal.Answer(answer.Body, $"{(answer.Status == 201 ? "created" : "was there already:")} {gallery}");
            return ExitCode.Ok;
        });
        return command;
    }

    private static Command Delete(CommandShell shell)
    {
        Argument<string> id = new("id") { Description = "The gallery." };
        Option<bool> yes = new("--yes", "-y") { Description = "Do not ask." };
        Command command = new("delete", "Deletes a gallery with everybody in it. This cannot be undone.") { id, yes };
        shell.Handle(command, async (session, cancellationToken) =>
        {
            string gallery = Session.CheckGallery(session.Parsed.GetValue(id)!);
            if (!session.Parsed.GetValue(yes))
            {
                if (!session.Terminal.CanAsk)
                {
                    throw CliException.Usage("Deleting a gallery needs --yes where nobody can be asked.");
                }

                string question = $"Delete the gallery {gallery} with everybody in it?";
                if (!await session.Terminal.Error.ConfirmAsync(question, defaultValue: false, cancellationToken))
                {
                    throw new CliException("Nothing was deleted.", "stopped");
                }
            }

            await session.Client.DeleteAsync(ClusterPaths.Gallery(gallery), cancellationToken);
            session.Terminal.Answer(new { Deleted = gallery }, $"deleted {gallery}");
            return ExitCode.Ok;
        });
        return command;
    }

    private static Command Export(CommandShell shell)
    {
        Argument<string> file = new("file") { Description = "The file to write. Its name usually ends in .facegrid.gz." };
        Option<bool> force = new("--force") { Description = "Replace an existing file." };
        Command command = new(
            "export",
            "Writes everybody of a gallery, vectors included, to one file. It is as confidential as the gallery. "
                + "Ends with 3 when people are left out, because their rows are damaged.")
        {
            file,
            force,
        };
        shell.Handle(
            command,
            async (session, cancellationToken) =>
            {
                string path = session.Parsed.GetValue(file)!;
                if (File.Exists(path) && !session.Parsed.GetValue(force))
                {
                    throw new CliException($"'{path}' exists; --force replaces it.", "file");
                }

                List<string> damaged = [];
                GalleryFileFooter footer = await GalleryExport.RunAsync(session, path, damaged, cancellationToken);
                session.Terminal.Answer(
                    new { File = path, session.Gallery, footer.People, footer.Faces, footer.Sha256, Damaged = damaged },
                    $"{footer.People} people with {footer.Faces} faces written to "
                        + $"{path}{(damaged.Count == 0 ? "" : $"; not these, whose rows are damaged: {string.Join(", ", damaged)}")}");
                return damaged.Count == 0 ? ExitCode.Ok : ExitCode.Partial;
            },
            CommandShell.LongPatience);
        return command;
    }

    private static Command Import(CommandShell shell)
    {
        Argument<string> file = new("file") { Description = "A file written by export." };
        Option<int> batch = new("--batch") { Description = "People per request, 1 to 1000.", DefaultValueFactory = _ => 200 };
        Option<string?> state = new("--state")
        {
            Description = "Journal of the import's progress. [default: <file>.import.jsonl, or the user's state directory when that is "
                + "read-only]",
        };
        Option<string> policy = new("--policy")
        {
            Description = "Whether the gallery gets the file's thresholds and policy: new, if this import creates it; always; or never.",
            DefaultValueFactory = _ => GalleryImport.PolicyNew,
        };
        CommandRanges.Between(batch, 1, 1000);
        policy.AcceptOnlyFromAmong(GalleryImport.PolicyNew, GalleryImport.PolicyAlways, GalleryImport.PolicyNever);
        Command command = new(
            "import",
            "Reads a file written by export into --gallery, which is created when missing. It may be stopped and started again. "
                + "Ends with 3 when some people failed.")
        {
            file,
            batch,
            state,
            policy,
        };
        shell.Handle(
            command,
            async (session, cancellationToken) =>
            {
                GalleryImportReport report = await GalleryImport.RunAsync(
                    session,
                    session.Parsed.GetValue(file)!,
                    session.Parsed.GetValue(batch),
                    session.Parsed.GetValue(state),
                    session.Parsed.GetValue(policy)!,
                    cancellationToken);
                if (!session.Terminal.IsJson && report.Failures.Count > 0)
                {
                    session.Terminal.WriteTable(
                        ["failed", "code", "detail"],
                        report.Failures.Select(failure => new[] { failure.Person, failure.Code, failure.Detail }));
                }

                string left = report.Policy == GalleryImport.LeftAlone
                    ? " The gallery was there before: the file's thresholds and policy were left aside (--policy)."
                    : "";
                session.Terminal.Answer(
                    report,
                    $"{report.People} people in the file: {report.Created} new, {report.Updated} known already, "
                        + $"{report.Skipped} done by an earlier run, {report.Failures.Count} failed. {report.Seconds:0.0} s.{left}");
                return report.Failures.Count == 0 ? ExitCode.Ok : ExitCode.Partial;
            },
            CommandShell.LongPatience);
        return command;
    }
}
