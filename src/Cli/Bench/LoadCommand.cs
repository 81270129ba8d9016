using System.CommandLine;
using FaceGrid.Cli.Shell;
using FaceGrid.Load.Requests;

namespace FaceGrid.Cli.Bench;

/// <summary><c>facegrid bench load</c>: how fast does a running grid answer under load, and are its answers right?</summary>
internal sealed class LoadCommand
{
    private const int PeopleDefault = 1000;

    private readonly Option<LoadWork> _work = new("--do")
    {
        Description = "What requests do: identify, verify, enrol, or mixed.",
        DefaultValueFactory = _ => LoadWork.Identify,
    };
    private readonly Option<string?> _mix = new("--mix") { Description = $"Weights of a mixed load. [default: {LoadMix.Default}]" };
    private readonly Option<LoadProbes> _what = new("--what")
    {
        Description = "What requests carry: vectors or pictures.",
        DefaultValueFactory = _ => LoadProbes.Vectors,
    };
    private readonly Option<string?> _pictures = new("--pictures")
    {
        Description = "Pictures: a folder with one sub-folder per person, or a zip file of it. The first picture of each person is used.",
    };
    private readonly Option<int> _picturesMax = new("--pictures-max")
    {
        Description = "Largest number of people whose picture is used.",
        DefaultValueFactory = _ => 200,
    };
    private readonly Option<int?> _people = new("--people")
    {
        Description = $"Synthetic people who must be in the gallery before the load. Missing ones are enrolled. [default: {PeopleDefault}, "
            + "with pictures 0]",
    };
    private readonly Option<int?> _dimension = new("--dim")
    {
        Description = "Length of a vector, 32 to 2048. With it, a missing gallery is made, and a gallery without a contract is bound.",
    };
    private readonly Option<double> _strangers = new("--strangers")
    {
        Description = "Share of vectors that do not belong to the enrolled person, 0 to 1.",
        DefaultValueFactory = _ => 0.1,
    };
    private readonly Option<double?> _threshold = new("--threshold")
    {
        Description = "Threshold of identify, which strangers must not reach.",
        DefaultValueFactory = _ => 0.5,
    };
    private readonly Option<int> _seed = new("--seed")
    {
        Description = "Seed of vectors, questions and arrivals.",
        DefaultValueFactory = _ => 1,
    };
    private readonly Option<int> _clients = new("--clients")
    {
        Description = "Closed loop: clients that each wait for their answer.",
        DefaultValueFactory = _ => 8,
    };
    private readonly Option<double?> _rate = new("--rate") { Description = "Open loop: requests per second, however long answers take." };
    private readonly Option<LoadArrivals> _arrivals = new("--arrivals")
    {
        Description = "Open loop: constant or poisson.",
        DefaultValueFactory = _ => LoadArrivals.Poisson,
    };
    private readonly Option<int> _inFlightMax = new("--in-flight-max")
    {
        Description = "Open loop: most requests in flight. Further requests wait, and their wait counts.",
        DefaultValueFactory = _ => 200,
    };
    private readonly Option<double> _duration = new("--duration")
    {
        Description = "Measured time, in seconds.",
        DefaultValueFactory = _ => 30,
    };
    private readonly Option<double> _warmup = new("--warmup")
    {
        Description = "Time before the measured time, in seconds.",
        DefaultValueFactory = _ => 5,
    };
    private readonly Option<double> _timeout = new("--timeout")
    {
        Description = "Seconds that an answer may take.",
        DefaultValueFactory = _ => 30,
    };
    private readonly Option<bool> _clean = new("--clean")
    {
        Description = $"Afterwards remove everybody whose id begins with {LoadPeople.Prefix}, or the gallery if this run made it.",
    };
    private readonly FiguresOption _output = new();
    private readonly Option<string?> _plot = new("--plot")
    {
        Description = "Also draw latency by percentile and over time to this file, as SVG.",
    };

    private LoadCommand()
    {
        CommandRanges.Between(_picturesMax, 1, 100_000);
        CommandRanges.Between(_clients, 1, 10_000);
        CommandRanges.Between(_inFlightMax, 1, 10_000);
        CommandRanges.Distance(_threshold);
    }

    /// <summary>Creates the command.</summary>
    /// <param name="shell">Runs it.</param>
    /// <returns>The command.</returns>
    public static Command Create(CommandShell shell)
    {
        LoadCommand load = new();
        Command command = new(
            "load",
            "Puts a running grid under load over HTTP and checks its answers. Ends with 1 when an answer is wrong, or when there is none.")
        {
            load._work,
            load._mix,
            load._what,
            load._pictures,
            load._picturesMax,
            load._people,
            load._dimension,
            load._strangers,
            load._threshold,
            load._seed,
            load._clients,
            load._rate,
            load._arrivals,
            load._inFlightMax,
            load._duration,
            load._warmup,
            load._timeout,
            load._clean,
            load._output,
            load._plot,
        };
        shell.Handle(command, load.RunAsync, CommandShell.LongPatience);
        return command;
    }

    private async Task<ExitCode> RunAsync(Session session, CancellationToken cancellationToken)
    {
        ParseResult parsed = session.Parsed;
        LoadReport report = await LoadRun.RunAsync(session.GalleryClient, session.Key, Plan(parsed), session.Log, cancellationToken);
        await _output.WriteAsync(session, report, cancellationToken);

        if (parsed.GetValue(_plot) is { } picture)
        {
            await File.WriteAllTextAsync(picture, LoadPlot.Draw(report), cancellationToken);
        }

        if (session.Terminal.IsJson)
        {
            session.Terminal.WriteJson(report);
        }
        else
        {
            Print(session.Terminal, report);
        }

        return Judge(session.Terminal, report);
    }

    private LoadPlan Plan(ParseResult parsed)
    {
        bool withPictures = parsed.GetValue(_what) == LoadProbes.Pictures;
        if (withPictures != parsed.GetValue(_pictures) is not null)
        {
            throw CliException.Usage("--what pictures and --pictures <folder or zip file> belong together.");
        }

        if (parsed.GetValue(_rate) is not null && parsed.GetResult(_clients) is { Implicit: false })
        {
            throw CliException.Usage("--clients is a closed loop and --rate an open one; choose one.");
        }

        return new LoadPlan
        {
            Mix = Mix(parsed),
            Probes = parsed.GetValue(_what),
            Pictures = parsed.GetValue(_pictures),
            PicturesMax = parsed.GetValue(_picturesMax),
            People = Within("--people", parsed.GetValue(_people) ?? (withPictures ? 0 : PeopleDefault), withPictures ? 0 : 1, 100_000_000),
            Dimension = parsed.GetValue(_dimension) is { } length ? Within("--dim", length, 32, 2048) : null,
            Strangers = Within("--strangers", parsed.GetValue(_strangers), 0, 1),
            Threshold = parsed.GetValue(_threshold) ?? 0,
            Seed = parsed.GetValue(_seed),
            Clients = parsed.GetValue(_clients),
            Rate = parsed.GetValue(_rate) is { } perSecond ? Within("--rate", perSecond, 0.01, 1_000_000) : null,
            Arrivals = parsed.GetValue(_arrivals),
            InFlightMax = parsed.GetValue(_inFlightMax),
            Duration = TimeSpan.FromSeconds(Within("--duration", parsed.GetValue(_duration), 0.1, 86_400)),
            Warmup = TimeSpan.FromSeconds(Within("--warmup", parsed.GetValue(_warmup), 0, 86_400)),
            Timeout = TimeSpan.FromSeconds(Within("--timeout", parsed.GetValue(_timeout), 0.1, 3_600)),
            Clean = parsed.GetValue(_clean),
        };
    }

    private LoadMix Mix(ParseResult parsed)
    {
        string? weights = parsed.GetValue(_mix);
        return parsed.GetValue(_work) switch
        {
            LoadWork.Mixed => LoadMix.Parse(weights ?? LoadMix.Default),
            _ when weights is not null => throw CliException.Usage("--mix belongs to --do mixed."),
            LoadWork.Identify => LoadMix.Only(LoadOperation.Identify),
            LoadWork.Verify => LoadMix.Only(LoadOperation.Verify),
            _ => LoadMix.Only(LoadOperation.Enrol),
        };
    }

    private static T Within<T>(string name, T value, T min, T max)
        where T : IComparable<T> =>
        value.CompareTo(min) >= 0 && value.CompareTo(max) <= 0 ? value : throw CliException.Usage($"{name} is {min} to {max}.");

    private static ExitCode Judge(Terminal terminal, LoadReport report)
    {
        foreach (string example in report.Figures.WrongExamples)
        {
            terminal.Note($"wrong: {example}");
        }

        if (report.EnrolledMissing > 0)
        {
            terminal.Note(
                $"wrong: {report.EnrolledMissing} of {report.EnrolledAsked} people whose enrolment was acknowledged are not found.");
        }

        if (report.Figures.All.Answered == 0)
        {
            terminal.Note("facegrid: nothing was answered.");
        }

        return report.Wrong == 0 && report.Figures.All.Answered > 0 ? ExitCode.Ok : ExitCode.Failed;
    }

    private static void Print(Terminal terminal, LoadReport report)
    {
        bool open = report.Settings.Rate is not null;
        LoadOperationFigures[] rows = report.Figures.Operations.Count > 1
            ? [.. report.Figures.Operations, report.Figures.All]
            : [.. report.Figures.Operations];
        terminal.WriteLine($"{report.Settings}; {report.Figures.Seconds:0.#} s.");
        terminal.WriteTable(
            ["", ">requests", ">answered/s", ">wrong", ">p50 ms", ">p90 ms", ">p99 ms", ">p99.9 ms", ">max ms", "no answer"],
            rows.SelectMany(row => Lines(row, open)));
        if (open)
        {
            LoadLateness lateness = report.Figures.Lateness;
            terminal.WriteLine(
                $"{lateness.Late} requests were sent more than 10 ms late or not at all ({lateness.NotSent}); lateness p50 "
                    + $"{lateness.Lateness.P50:0.00} ms, p99 {lateness.Lateness.P99:0.00} ms, max {lateness.Lateness.Max:0.00} ms.");
        }

        string enrolled = report.EnrolledAsked > 0
            ? $"; of {report.EnrolledAsked} people enrolled by the load {report.EnrolledMissing} are not found"
            : "";
        terminal.WriteLine($"{report.Wrong} wrong answers{enrolled}.");
    }

    private static IEnumerable<string[]> Lines(LoadOperationFigures row, bool open)
    {
        yield return
        [
            row.Operation + (open ? ", from due" : ""),
            $"{row.Requests}",
            $"{row.PerSecond:0.0}",
            $"{row.Wrong}",
            .. Cells(row.Latency),
            string.Join(
                ", ",
                row.Errors.Select(error => $"{error.Key} {error.Value}").Concat(row.NotSent > 0 ? [$"not sent {row.NotSent}"] : [])),
        ];
        if (open)
        {
            yield return [row.Operation + ", from sending", "", "", "", .. Cells(row.LatencyFromSending), ""];
        }
    }

    private static string[] Cells(LoadLatency latency) =>
        [$"{latency.P50:0.00}", $"{latency.P90:0.00}", $"{latency.P99:0.00}", $"{latency.P999:0.00}", $"{latency.Max:0.00}"];
}
