using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using FaceGrid.Cli.Models;
using FaceGrid.Cli.Shell;
using FaceGrid.Load.Engine;
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
        Argument<string[]> profiles = new("profiles")
        {
            Description = "Profile ids, or paths of embedders' profile files. [default: all whose files are at hand]",
            Arity = ArgumentArity.ZeroOrMore,
        };
        Option<string?> directory = new("--models")
        {
            Description = "Directory of models and profiles. FACEGRID_MODELS sets it, too. [default: the user's cache]",
        };
        Option<int> rounds = new("--rounds")
        {
            Description = "Measured rounds. In each, all models take turns.",
            DefaultValueFactory = _ => 11,
        };
        CommandRanges.Between(rounds, 1, 10_000);
        Option<int[]> batches = new("--batch")
        {
            Description = "Batch sizes, such as 1,8,64. Gives faces or pictures per second for each. An embedder makes vectors of crops. "
                + "[default: the model's run alone, one at a time]",
            CustomParser = Sizes,
        };
        Option<string> provider = new("--provider")
        {
            Description = "Where models run with --batch: cpu (one thread), cuda, tensorrt, or auto. GPUs: docs/gpu.md.",
            DefaultValueFactory = _ => "cpu",
        };
        provider.AcceptOnlyFromAmong("auto", "cpu", "cuda", "tensorrt");
        Option<bool> graphs = new("--graphs") { Description = "With --batch and cuda: record an embedder's batches as CUDA graphs." };
        Command command = new(
            "models",
            "Measures models in this process, on one thread of the CPU. An embedder gets one crop, and a detector one picture of 640 x "
                + "480. Only the run of the model is measured.")
        {
            profiles,
            directory,
            rounds,
            batches,
            provider,
            graphs,
        };
        shell.Handle(command, (session, cancellationToken) =>
        {
            ModelStore store = new(session.Parsed.GetValue(directory), offline: true);
            string[] asked = session.Parsed.GetValue(profiles)!;
            ModelProfile[] chosen =
            [
                .. ProfileChoice.Choose(store, asked).Where(profile => asked.Length > 0 || store.Find(profile) is not null),
            ];
            if (session.Parsed.GetValue(batches) is { Length: > 0 } sizes)
            {
                bool records = session.Parsed.GetValue(graphs);
                using var batchBench = new BatchBench(store, chosen, session.Parsed.GetValue(provider)!, sizes, records);
                Print(session, batchBench.Measure(session.Parsed.GetValue(rounds), cancellationToken));
                return Task.FromResult(ExitCode.Ok);
            }

            using var bench = new ModelsBench(store, chosen);
            IReadOnlyList<ModelTime> times = bench.Measure(session.Parsed.GetValue(rounds), cancellationToken);
            if (session.Terminal.IsJson)
            {
                session.Terminal.WriteJson(new { Models = times });
            }
            else
            {
                session.Terminal.WriteTable(
                    ["profile", "kind", ">bytes", "ms on one thread, median (smallest to largest)", ">fastest run"],
                    times.Select(time => new[]
                    {
                        time.Profile, time.Kind, $"{time.Bytes}", $"{time.Milliseconds}", $"{time.Fastest:0.00}",
                    }));
            }

            return Task.FromResult(ExitCode.Ok);
        });
        return command;
    }

    private static void Print(Session session, IReadOnlyList<BatchTime> times)
    {
        if (session.Terminal.IsJson)
        {
            session.Terminal.WriteJson(new { Batches = times });
            return;
        }

        session.Terminal.WriteTable(
            ["profile", "kind", "on", ">batch", "ms of a run, median (smallest to largest)", ">per second", ">in the fastest run"],
            times.Select(time => new[]
            {
                time.Profile, time.Kind, time.Provider, $"{time.Batch}", $"{time.Milliseconds}",
                $"{time.PerSecond:0.#}", $"{time.FastestPerSecond:0.#}",
            }));
    }

    private static int[]? Sizes(ArgumentResult result)
    {
        var sizes = new List<int>();
        foreach (string size in result.Tokens.SelectMany(token => token.Value.Split(',')))
        {
            if (!int.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out int number) || number is < 1 or > 1_024)
            {
                result.AddError($"--batch takes sizes from 1 to 1,024 with commas between them, not '{size}'.");
                return null;
            }

            sizes.Add(number);
        }

        return [.. sizes.Distinct().Order()];
    }
}
