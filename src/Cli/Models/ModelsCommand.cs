using System.CommandLine;
using FaceGrid.Cli.Shell;
using FaceGrid.Models;

namespace FaceGrid.Cli.Models;

/// <summary><c>facegrid models</c>: list, pull, check.</summary>
internal static class ModelsCommand
{
    /// <summary>Creates the command.</summary>
    /// <param name="shell">Runs it.</param>
    /// <returns>The command with its sub-commands.</returns>
    public static Command Create(CommandShell shell)
    {
        Option<string?> directory = new("--models")
        {
            Description = "Directory of models and profiles. FACEGRID_MODELS sets it, too. [default: the user's cache]",
            Recursive = true,
        };
        return new Command("models", "Lists, downloads and checks model files.")
        {
            directory,
            List(shell, directory),
            Pull(shell, directory),
            Check(shell, directory),
        };
    }

    private static Command List(CommandShell shell, Option<string?> directory)
    {
        Command command = new(
            "list",
            "Lists the known profiles with accuracy, size, milliseconds, licence and where their files are; --json adds how each figure "
                + "was measured.");
        shell.Handle(command, (session, _) =>
        {
            ModelStore store = new(session.Parsed.GetValue(directory));
            return Task.FromResult(
                Print(session.Terminal, [.. store.ListProfiles().Select(profile => ModelState.Read(store, profile))], ExitCode.Ok));
        });
        return command;
    }

    private static Command Pull(CommandShell shell, Option<string?> directory)
    {
        Argument<string[]> profiles = new("profiles")
        {
            Description = "Profile ids, or paths of embedders' profile files. [default: the more accurate ones that a node names when "
                + "it starts]",
            Arity = ArgumentArity.ZeroOrMore,
        };
        Command command = new("pull", "Downloads model files, checked by SHA-256. An interrupted download goes on where it stopped.")
        {
            profiles,
        };
        shell.Handle(command, async (session, cancellationToken) =>
        {
            ModelStore store = new(session.Parsed.GetValue(directory));
            List<ModelState> states = [];
            string[] wanted = session.Parsed.GetValue(profiles) is { Length: > 0 } asked ? asked : Upgrades(store);
            foreach (ModelProfile profile in ProfileChoice.Choose(store, wanted))
            {
                await PullOneAsync(session, store, profile, cancellationToken);
                states.Add(ModelState.Read(store, profile));
            }

            return Print(session.Terminal, states, ExitCode.Ok);
        });
        return command;
    }

    private static Command Check(CommandShell shell, Option<string?> directory)
    {
        Argument<string[]> profiles = new("profiles")
        {
            Description = "Profile ids, or paths of embedders' profile files. [default: all that are known]",
            Arity = ArgumentArity.ZeroOrMore,
        };
        Command command = new(
            "check",
            "Checks length and SHA-256 of model files. Ends with 1 when one is altered, or named and missing.") { profiles };
        shell.Handle(command, (session, _) =>
        {
            ModelStore store = new(session.Parsed.GetValue(directory));
            string[] asked = session.Parsed.GetValue(profiles)!;
            List<ModelState> states = [.. ProfileChoice.Choose(store, asked).Select(profile => ModelState.Read(store, profile))];
            bool bad = states.Exists(state => state.Problem is not null || (asked.Length > 0 && state.Path is null));
            return Task.FromResult(Print(session.Terminal, states, bad ? ExitCode.Failed : ExitCode.Ok));
        });
        return command;
    }

    private static async Task PullOneAsync(Session session, ModelStore store, ModelProfile profile, CancellationToken cancellationToken)
    {
        await using Progress progress = Progress.Start(session, $"{profile.Id} (bytes)", profile.Bytes);
        await store.PullAsync(profile, new DownloadProgress(progress.Reach), cancellationToken);
    }

    private static string[] Upgrades(ModelStore store)
    {
        ModelProfile[] used =
        [
            store.GetProfile<DetectorProfile>(DefaultProfiles.Detector),
            store.GetProfile<EmbedderProfile>(DefaultProfiles.Embedder),
        ];
        return [.. used.Select(profile => profile.Upgrade ?? profile.Id)];
    }

    private static IEnumerable<ModelState> Sorted(List<ModelState> states) =>
        states.OrderBy(state => state.Kind, StringComparer.Ordinal).ThenByDescending(state => state.Accuracy?.Value ?? 0);

    private static ExitCode Print(Terminal terminal, List<ModelState> states, ExitCode exitCode)
    {
        if (terminal.IsJson)
        {
            terminal.WriteJson(new { Models = states });
        }
        else
        {
            terminal.WriteTable(
                ["profile", "kind", ">accuracy", ">bytes", ">ms", "licence", "file"],
                Sorted(states).Select(state => new[]
                {
                    state.Profile,
                    state.Kind,
                    state.Accuracy is { } accuracy ? $"{100 * accuracy.Value:0.00} %" : "not measured",
                    $"{state.Bytes}",
                    state.Milliseconds is { } milliseconds ? $"{milliseconds.Value:0.0#}" : "",
                    state.Licence,
                    state.Problem ?? state.Path ?? "missing",
                }));
        }

        return exitCode;
    }
}
