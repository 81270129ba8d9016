using System.CommandLine;
using System.Text.Json;
using FaceGrid.Cli.Shell;
using FaceGrid.Client;

namespace FaceGrid.Cli.Galleries;

/// <summary><c>facegrid gallery migrate</c>: migrates a gallery to another model.</summary>
internal sealed class MigrateCommand
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    private readonly CommandShell _shell;
    private readonly Option<bool> _wait = new("--wait") { Description = "Wait while the grid makes or erases vectors." };
    private readonly Option<bool> _leave = new("--leave-lacking")
    {
        Description = "Go ahead although some people lack vectors. They stay enrolled and are listed, but are not found by those faces "
            + "until they are enrolled again.",
    };

    private MigrateCommand(CommandShell shell) => _shell = shell;

    /// <summary>Creates the command.</summary>
    /// <param name="shell">Runs it.</param>
    /// <returns>The command with its steps.</returns>
    public static Command Create(CommandShell shell)
    {
        MigrateCommand migrate = new(shell);
        return new Command("migrate", "Migrates a gallery to another model while it is used: start, switch, then finish or rollback.")
        {
            migrate.Start(),
            migrate.Status(),
            migrate.Lacking(),
            migrate.Swap("switch", "Searches the new model from now on. The old one is kept until finish."),
            migrate.Swap("rollback", "Searches the old model again, after a switch."),
            migrate.Finish(),
            migrate.Abort(),
        };
    }

    private Command Start()
    {
        Argument<string> embedder = new("embedder")
        {
            Description = "Profile id of the new embedder; embedder nodes run it as FaceGrid__Vision__NextEmbedder.",
        };
        Option<double?> verify = new("--verify-threshold")
        {
            Description = "Fixed distance for verify under the new model; needed where the gallery has a fixed distance.",
        };
        Option<double?> identify = new("--identify-threshold") { Description = "The same for identify." };
        CommandRanges.Distance(verify);
        CommandRanges.Distance(identify);
        Command command = new(
            "start",
            "Begins to make vectors of the new model from the cut-outs that the gallery keeps. Searches go on with the old one.")
        {
            embedder,
            verify,
            identify,
            _wait,
        };
        return Step(command, async (session, cancellationToken) =>
        {
            var body = new
            {
                Embedder = session.Parsed.GetValue(embedder),
                VerifyThreshold = session.Parsed.GetValue(verify),
                IdentifyThreshold = session.Parsed.GetValue(identify),
            };

            // Waiting does not help when no node runs the model: somebody has to start nodes with it.
            using ClusterClient client = session.Connect(CommandShell.ShortPatience);
            JsonElement migration = (await client.SendJsonAsync(HttpMethod.Post, PathOf(session), body, cancellationToken)).Body;
            return Report(session.Terminal, session.Parsed.GetValue(_wait) ? await WaitAsync(session, cancellationToken) : migration);
        });
    }

    private Command Status() => Step(
        new Command("status", "Says how far the migration has come.") { _wait },
        async (session, cancellationToken) => Report(
            session.Terminal,
            session.Parsed.GetValue(_wait)
                ? await WaitAsync(session, cancellationToken)
                : (await session.Client.GetAsync(PathOf(session), cancellationToken)).Body));

    private Command Lacking() => Step(
        new Command(
            "lacking",
            "Lists people who need enrolling again: no cut-out was kept of some of their faces. Ends with 3 when there are any."),
        ListLackingAsync);

    private Command Swap(string name, string description) => Step(
        new Command(name, description) { _leave },
        async (session, cancellationToken) =>
        {
            string path = $"{PathOf(session)}/{name}?leave={(session.Parsed.GetValue(_leave) ? "true" : "false")}";
            return Report(
                session.Terminal, (await session.Client.SendJsonAsync(HttpMethod.Post, path, new { }, cancellationToken)).Body);
        });

    private Command Finish() => Step(
        new Command("finish", "Ends the migration after a switch and erases the vectors of the old model. This cannot be undone."),
        async (session, cancellationToken) =>
        {
            await session.Client.SendJsonAsync(HttpMethod.Post, PathOf(session) + "/finish", new { }, cancellationToken);
            return Report(session.Terminal, await WaitAsync(session, cancellationToken));
        });

    private Command Abort() => Step(
        new Command("abort", "Gives up the migration before a switch and erases the vectors of the new model."),
        async (session, cancellationToken) =>
        {
            await session.Client.DeleteAsync(PathOf(session), cancellationToken);
            return Report(session.Terminal, await WaitAsync(session, cancellationToken));
        });

    private Command Step(Command command, Func<Session, CancellationToken, Task<ExitCode>> run)
    {
        _shell.Handle(command, run, CommandShell.LongPatience);
        return command;
    }

    private static string PathOf(Session session) => session.GalleryPath + "/migration";

    private static async Task<ExitCode> ListLackingAsync(Session session, CancellationToken cancellationToken)
    {
        List<JsonElement> people = [];
        await foreach (JsonElement page in session.Client.PagesAsync($"{session.GalleryPath}/lacking?limit=500", cancellationToken))
        {
            people.AddRange(page.Items("people"));
        }

        if (session.Terminal.IsJson)
        {
            session.Terminal.WriteJson(new { People = people });
        }
        else
        {
            session.Terminal.WriteTable(
                ["person", ">faces", ">lacking", "found all the same"],
                people.Select(person => new[]
                {
                    person.Text("person") ?? "",
                    $"{person.Number("faces"):0}",
                    $"{person.Number("lacking"):0}",
                    person.Flag("findable") ? "yes" : "no",
                }));
        }

        return people.Count == 0 ? ExitCode.Ok : ExitCode.Partial;
    }

    /// <summary>Waits while the grid works by itself. Whatever stops the work is printed to standard error.</summary>
    /// <returns>The migration, or null when it has ended.</returns>
    private static async Task<JsonElement?> WaitAsync(Session session, CancellationToken cancellationToken)
    {
        JsonElement gallery = (await session.Client.GetAsync(session.GalleryPath, cancellationToken)).Body;
        await using Progress progress = Progress.Start(session, "migrating", (long)(gallery.Number("people") ?? 0));
        string? said = null;
        while (true)
        {
            JsonElement migration;
            try
            {
                migration = (await session.Client.GetAsync(PathOf(session), cancellationToken)).Body;
            }
            catch (ClusterProblemException problem) when (problem.Code == "no-migration")
            {
                return null;
            }

            if (migration.Text("state") is "ready" or "switched")
            {
                return migration;
            }

            progress.Reach((long)(migration.Member("progress")?.Number("whole") ?? 0));
            if (migration.Member("progress")?.Text("problem") is { } stuck && stuck != said)
            {
                session.Terminal.Note($"facegrid: the migration waits: {said = stuck}");
            }

            await Task.Delay(LookEvery, session.Host.Clock, cancellationToken);
        }
    }

    private static ExitCode Report(Terminal terminal, JsonElement? state)
    {
        if (terminal.IsJson)
        {
            terminal.WriteJson(new { Migration = state });
            return ExitCode.Ok;
        }

        if (state is not { } migration)
        {
            terminal.WriteLine("The migration has ended.");
            return ExitCode.Ok;
        }

        terminal.WriteLine(
            $"{migration.Text("state")}: from {migration.Member("from")?.Text("id")} to {migration.Member("to")?.Text("id")}");
        if (migration.Member("progress") is { } progress)
        {
            string problem = progress.Text("problem") is { } stuck ? $"; {stuck}" : "";
            terminal.WriteLine(
                $"{progress.Number("whole"):0} of {progress.Number("people"):0} people have vectors of both, "
                    + $"{progress.Number("lacking"):0} need enrolling again{problem}");
        }

        return ExitCode.Ok;
    }
}
