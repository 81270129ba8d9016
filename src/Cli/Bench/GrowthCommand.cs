using System.CommandLine;
using FaceGrid.Cli.Shell;
using FaceGrid.Load.Engine;

namespace FaceGrid.Cli.Bench;

/// <summary><c>facegrid bench growth</c>: how do cost and memory grow with rows, dimension and batch?</summary>
internal static class GrowthCommand
{
    /// <summary>Creates the command.</summary>
    /// <param name="shell">Runs it.</param>
    /// <returns>The command.</returns>
    public static Command Create(CommandShell shell)
    {
        Option<int> rows = new("--rows")
        {
            Description = "Largest number of templates. Smaller galleries are measured, too.",
            DefaultValueFactory = _ => 1_000_000,
        };
        Option<int[]> dimensions = new("--dim")
        {
            Description = "Lengths of vectors.",
            AllowMultipleArgumentsPerToken = true,
            DefaultValueFactory = _ => [128, 256, 512],
        };
        Option<int> threads = new("--threads") { Description = "Threads; 0 is one per processor.", DefaultValueFactory = _ => 1 };
        Option<int> rounds = new("--rounds") { Description = "Measured rounds.", DefaultValueFactory = _ => 7 };
        FiguresOption output = new();
        Option<string?> plot = new("--plot") { Description = "Also draw the time of a pass over rows to this file, as SVG." };
        CommandRanges.Between(rows, 1_000, 100_000_000);
        CommandRanges.Between(threads, 0, 1024);
        CommandRanges.Between(rounds, 1, 10_000);
        Command command = new(
            "growth", "Measures how time and memory of a search grow with rows, dimension and batch. Vectors are clustered, with one hit.")
        {
            rows,
            dimensions,
            threads,
            rounds,
            output,
            plot,
        };
        shell.Handle(command, async (session, cancellationToken) =>
        {
            ParseResult parsed = session.Parsed;
            int threadCount = parsed.GetValue(threads) is var asked and > 0 ? asked : Environment.ProcessorCount;
            List<GrowthPoint> points = [];
            foreach (int dimension in parsed.GetValue(dimensions)!)
            {
                if (dimension is < 32 or > 2048 || (long)parsed.GetValue(rows) * dimension > Array.MaxLength)
                {
                    throw CliException.Usage($"--dim is 32 to 2048, and --rows x --dim at most {Array.MaxLength} values.");
                }

                foreach (int count in GrowthBench.Sizes(parsed.GetValue(rows)))
                {
                    points.AddRange(
                        await GrowthBench.MeasureAsync(count, dimension, threadCount, parsed.GetValue(rounds), cancellationToken));
                    session.Terminal.Note($"{count} x {dimension} done");
                }
            }

            await output.WriteAsync(session, points, cancellationToken);

            if (parsed.GetValue(plot) is { } picture)
            {
                await File.WriteAllTextAsync(picture, GrowthPlot.Draw(points), cancellationToken);
            }

            if (session.Terminal.IsJson)
            {
                session.Terminal.WriteJson(points);
            }
            else
            {
                Print(session.Terminal, points);
            }

            return ExitCode.Ok;
        });
        return command;
    }

    /// <summary>Makes a row for each gallery, with a column for the pass of each batch.</summary>
    private static void Print(Terminal terminal, IEnumerable<GrowthPoint> points) => terminal.WriteTable(
        [">rows", ">dimension", .. GrowthBench.Batches.Select(batch => $">ms, {batch} probes"), ">build s", ">native MB", ">bytes per row"],
        points.GroupBy(point => (point.Rows, point.Dimension)).Select(gallery => (string[])
        [
            $"{gallery.Key.Rows}",
            $"{gallery.Key.Dimension}",
            .. gallery.Select(point => $"{point.PassMilliseconds.Median:0.00}"),
            $"{gallery.First().BuildSeconds:0.00}",
            $"{gallery.First().IndexBytes / 1e6:0}",
            $"{(double)gallery.First().IndexBytes / gallery.Key.Rows:0}",
        ]));
}
