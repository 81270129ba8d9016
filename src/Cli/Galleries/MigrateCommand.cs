using System.CommandLine;
using System.Text.Json;
using FaceGrid.Cli.Shell;
using FaceGrid.Client;

namespace FaceGrid.Cli.Galleries;

/// <summary><c>facegrid gallery migrate</c>: moves a gallery to another model.</summary>
internal static class MigrateCommand
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    /// <summary>Creates the command.</summary>
    /// <param name="shell">Runs it.</param>
    /// <returns>The command with its steps.</returns>
    public static Command Create(CommandShell shell) => new("migrate", "Moves a gallery to another model while it is used: start, switch, then finish or rollback.")
    {
        Start(shell),
        Status(shell),
        Step(shell, new("lacking", "Lists people who need enrolling again: no cut-out was kept of some of their faces. Ends with 3 when there are any."), ListLackingAsync),
        Swap(shell, "switch", "Searches the new model from now on. The old one is kept until finish."),
        Swap(shell, "rollback", "Searches the old model again, after a switch."),
        Step(shell, new("finish", "Ends the move after a switch and erases the vectors of the old model. There is no way back."), async (session, cancellationToken) =>
        {
            await session.Client.SendJsonAsync(HttpMethod.Post, PathOf(session) + "/finish", new { }, cancellationToken);
            return Report(session.Terminal, await WaitAsync(session, cancellationToken));
        }),
        Step(shell, new("abort", "Gives the move up before a switch and erases the vectors of the new model."), async (session, cancellationToken) =>
        {
            await session.Client.DeleteAsync(PathOf(session), cancellationToken);
            return Report(session.Terminal, await WaitAsync(session, cancellationToken));
        }),
    };

    private static Command Start(CommandShell shell)
    {
        Argument<string> embedder = new("embedder") { Description = "Profile id of the new embedder; embedder nodes run it as FaceGrid__Vision__NextEmbedder." };
        Option<double?> verify = new("--verify-threshold") { Description = "Fixed distance for verify under the new model; needed where the gallery has one." };
        Option<double?> identify = new("--identify-threshold") { Description = "The same for identify." };
        Option<bool> wait = Wait();
        CommandRanges.Distance(verify);
        CommandRanges.Distance(identify);
        return Step(
            shell,
            new("start", "Begins to make vectors of the new model from the cut-outs that the gallery keeps. Searches go on with the old one.") { embedder, verify, identify, wait },
            async (session, cancellationToken) =>
            {
                var body = new { Embedder = session.Parsed.GetValue(embedder), VerifyThreshold = session.Parsed.GetValue(verify), IdentifyThreshold = session.Parsed.GetValue(identify) };

                // A model that no node runs does not come by waiting: somebody has to start nodes with it.
                using ClusterClient client = session.Connect(CommandShell.ShortPatience);
                JsonElement migration = (await client.SendJsonAsync(HttpMethod.Post, PathOf(session), body, cancellationToken)).Body;
                return Report(session.Terminal, session.Parsed.GetValue(wait) ? await WaitAsync(session, cancellationToken) : migration);
            });
    }

    private static Command Status(CommandShell shell)
    {
        Option<bool> wait = Wait();
        return Step(
            shell,
            new("status", "Says how far the move has come.") { wait },
            async (session, cancellationToken) => Report(
                session.Terminal, session.Parsed.GetValue(wait) ? await WaitAsync(session, cancellationToken) : (await session.Client.GetAsync(PathOf(session), cancellationToken)).Body));
    }

    private static Command Swap(CommandShell shell, string name, string description)
    {
        Option<bool> leave = new("--leave-lacking") { Description = "Go ahead although people lack vectors: they stay enrolled, are listed, and are not found by those faces until they are enrolled again." };
        return Step(
            shell,
            new(name, description) { leave },
            async (session, cancellationToken) =>
            {
                string path = $"{PathOf(session)}/{name}?leave={(session.Parsed.GetValue(leave) ? "true" : "false")}";
                return Report(session.Terminal, (await session.Client.SendJsonAsync(HttpMethod.Post, path, new { }, cancellationToken)).Body);
            });
    }

    private static Command Step(CommandShell shell, Command command, Func<Session, CancellationToken, Task<ExitCode>> run)
    {
        shell.Handle(command, run, CommandShell.LongPatience);
        return command;
    }

    private static Option<bool> Wait() => new("--wait") { Description = "Wait while the grid makes or erases vectors." };

    private static string PathOf(Session session) => session.GalleryPath + "/migration";

    private static async Task<ExitCode> ListLackingAsync(Session session, CancellationToken cancellationToken)
    {
        List<JsonElement> people = [];
        string? next = null;
        do
        {
            JsonElement page = (await session.Client.GetAsync($"{session.GalleryPath}/lacking?limit=500" + (next is null ? "" : "&after=" + Uri.EscapeDataString(next)), cancellationToken)).Body;
            people.AddRange(page.Items("people"));
            next = page.Text("next");
        }
        while (next is not null);

        if (session.Terminal.IsJson)
        {
            session.Terminal.WriteJson(new { People = people });
        }
        else
        {
            session.Terminal.WriteTable(
                ["person", ">faces", ">lacking", "found all the same"],
                people.Select(person => new[] { person.Text("person") ?? "", $"{person.Number("faces"):0}", $"{person.Number("lacking"):0}", person.Flag("findable") ? "yes" : "no" }));
        }

        return people.Count == 0 ? ExitCode.Ok : ExitCode.Partial;
    }

    /// <summary>Waits while the grid works by itself; what keeps it from working goes to standard error.</summary>
    /// <returns>The move, or null when it has ended.</returns>
    private static async Task<JsonElement?> WaitAsync(Session session, CancellationToken cancellationToken)
    {
        JsonElement gallery = (await session.Client.GetAsync(session.GalleryPath, cancellationToken)).Body;
        await using Progress progress = Progress.Start(session, "moving", (long)(gallery.Number("people") ?? 0));
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
                session.Terminal.Note($"facegrid: the move waits: {said = stuck}");
            }

            await Task.Delay(LookEvery, session.Host.Clock, cancellationToken);
        }
    }

    private static ExitCode Report(Terminal terminal, JsonElement? migration)
    {
        if (terminal.IsJson)
        {
            terminal.WriteJson(new { Migration = migration });
            return ExitCode.Ok;
        }

        if (migration is not { } move)
        {
            terminal.WriteLine("The move has ended.");
            return ExitCode.Ok;
        }

        JsonElement? progress = move.Member("progress");
        terminal.WriteLine($"{move.Text("state")}: from {move.Member("from")?.Text("id")} to {move.Member("to")?.Text("id")}");
        if (progress is { } found)
        {
            terminal.WriteLine($"{found.Number("whole"):0} of {found.Number("people"):0} people have vectors of both, {found.Number("lacking"):0} need enrolling again{(found.Text("problem") is { } problem ? $"; {problem}" : "")}");
        }

        return ExitCode.Ok;
    }
}
