using System.CommandLine;
using FaceGrid.Cli.Models;
using FaceGrid.Cli.Shell;
using FaceGrid.Models;

namespace FaceGrid.Cli.Bench;

/// <summary><c>facegrid bench models</c>: how long does each model take on one thread of this machine?</summary>
internal static class ModelsBenchCommand
{
    /// <summary>Creates the command.</summary>
    /// <param name="shell">Runs it.</param>
    /// <returns>The command.</returns>
    public static Command Create(CommandShell shell)
    {
        Argument<string[]> profiles = new("profiles") { Description = "Profile ids, or paths of embedders' profile files. [default: all whose files are at hand]", Arity = ArgumentArity.ZeroOrMore };
        Option<string?> directory = new("--models") { Description = "Directory of models and profiles. Also FACEGRID_MODELS; else the user's cache." };
        Option<int> rounds = new("--rounds") { Description = "Measured rounds; in each, every model has its turn.", DefaultValueFactory = _ => 11 };
        CommandRanges.Between(rounds, 1, 10_000);
        Command command = new("models", "Measures models in this process, on one thread of the CPU: an embedder by one crop, a detector by one picture of 640 x 480, the model's run alone.")
        {
            profiles,
            directory,
            rounds,
        };
        shell.Handle(command, (session, cancellationToken) =>
        {
            ModelStore store = new(session.Parsed.GetValue(directory), offline: true);
            string[] asked = session.Parsed.GetValue(profiles)!;
            ModelProfile[] chosen = [.. ProfileChoice.Choose(store, asked).Where(profile => asked.Length > 0 || store.Find(profile) is not null)];
            using var bench = new ModelsBench(store, chosen);
            IReadOnlyList<ModelTime> times = bench.Measure(session.Parsed.GetValue(rounds), cancellationToken);
            if (session.Terminal.IsJson)
            {
                session.Terminal.WriteJson(new { Models = times });
            }
            else
            {
                session.Terminal.WriteTable(["profile", "kind", ">bytes", "ms on one thread, median (smallest to largest)", ">fastest run"], times.Select(time => new[] { time.Profile, time.Kind, $"{time.Bytes}", $"{time.Milliseconds}", $"{time.Fastest:0.00}" }));
            }

            return Task.FromResult(ExitCode.Ok);
        });
        return command;
    }
}
