using System.CommandLine;
using FaceGrid.Cli.Shell;
using FaceGrid.Load.Engine;

namespace FaceGrid.Cli.Bench;

/// <summary>
/// <c>facegrid bench search</c>: how fast is the search on this machine, compared with plain loops and with the memory itself?
/// </summary>
internal static class SearchBenchCommand
{
    /// <summary>Creates the command.</summary>
    /// <param name="shell">Runs it.</param>
    /// <returns>The command.</returns>
    public static Command Create(CommandShell shell)
    {
        Option<int> rows = new("--rows") { Description = "Templates in the gallery.", DefaultValueFactory = _ => 1_000_000 };
        Option<int> dimension = new("--dim") { Description = "Length of a vector, 32 to 2048.", DefaultValueFactory = _ => 512 };
        Option<int> batch = new("--batch") { Description = "Probes per pass over memory.", DefaultValueFactory = _ => 1 };
        Option<int> threads = new("--threads") { Description = "Threads; 0 is one per processor.", DefaultValueFactory = _ => 1 };
        Option<int> limit = new("--k") { Description = "People found per probe.", DefaultValueFactory = _ => 1 };
        Option<BenchData> data = new("--data")
        {
            Description = "Kind of vectors: random, clustered or concentrated.",
            DefaultValueFactory = _ => BenchData.Clustered,
        };
        Option<int> rounds = new("--rounds") { Description = "Measured rounds.", DefaultValueFactory = _ => 11 };
        FiguresOption output = new();
        Option<string?> python = new("--faiss")
        {
            Description = "Also measure FAISS (IndexFlatIP), with this Python. Debian: apt install python3-faiss libopenblas0-pthread, "
                + "--faiss /usr/bin/python3.",
        };
        CommandRanges.Between(rows, 1, 100_000_000);
        CommandRanges.Between(dimension, 32, 2048);
        CommandRanges.Between(batch, 1, 1024);
        CommandRanges.Between(threads, 0, 1024);
        CommandRanges.Between(limit, 1, 1000);
        CommandRanges.Between(rounds, 1, 10_000);
        Command command = new("search", "Measures the search in this process. Ends with 1 when an answer differs from the plain loop.")
        {
            rows,
            dimension,
            batch,
            threads,
            limit,
            data,
            rounds,
            python,
            output,
        };
        shell.Handle(command, async (session, cancellationToken) =>
        {
            ParseResult parsed = session.Parsed;
            if ((long)parsed.GetValue(rows) * parsed.GetValue(dimension) > Array.MaxLength)
            {
                throw CliException.Usage($"--rows x --dim is at most {Array.MaxLength} values.");
            }

            int threadCount = parsed.GetValue(threads) is var asked and > 0 ? asked : Environment.ProcessorCount;
            using var bench = new SearchBench(parsed.GetValue(data), parsed.GetValue(rows), parsed.GetValue(dimension), cancellationToken);
            SearchBenchReport report = await bench.MeasureAsync(
                parsed.GetValue(batch),
                threadCount,
                parsed.GetValue(limit),
                parsed.GetValue(rounds),
                parsed.GetValue(python),
                cancellationToken);
            await output.WriteAsync(session, report, cancellationToken);

            if (session.Terminal.IsJson)
            {
                session.Terminal.WriteJson(report);
            }
            else
            {
                Print(session.Terminal, report);
            }

            return report.DifferentFromPlainLoop == 0 ? ExitCode.Ok : ExitCode.Failed;
        });
        return command;
    }

    private static void Print(Terminal terminal, SearchBenchReport report) => terminal.WriteTable(
        [
            $"{report.Rows} x {report.Dimension}, {report.Data}",
            $"k = {report.Limit}, {report.Batch} probes per pass, {report.Threads} of {report.Processors} processors, {report.Kernel}",
        ],
        [
            ["engine", $"{report.Engine} ms per probe"],
            ["plain fp32 loop", $"{report.Plain} ms per probe"],
            ["TensorPrimitives", $"{report.Tensor} ms per probe"],
            ["memory, sequential read", $"{report.Read} GB/s"],
            ["engine / plain loop", $"{report.TimesPlain} times faster"],
            ["engine / TensorPrimitives", $"{report.TimesTensor} times faster"],
            .. report.Faiss is not { } faiss ? Array.Empty<string[]>() : (string[][])
            [
                ["FAISS", $"{faiss.Search} ms per probe; IndexFlatIP {faiss.Version}"],
                ["engine / FAISS", $"{faiss.Times} times faster; {faiss.OtherPeople} of {report.Batch} answers name somebody else"],
            ],
            ["bytes of codes / read", $"{report.ShareOfRead} of the bandwidth"],
            ["index", $"{report.BuildSeconds:0.00} s to build, {report.IndexBytes / 1e6:0} MB native"],
            ["exact", $"{report.DifferentFromPlainLoop} of {report.Checked} answers differ from the plain loop"],
            ["rounds", $"{report.Rounds}; figures are medians (smallest to largest)"],
        ]);
}
