using System.CommandLine;
using FaceGrid.Cli.Shell;
using FaceGrid.Load.Cameras;

namespace FaceGrid.Cli.Bench;

/// <summary><c>facegrid bench cameras</c>: how many cameras does a grid carry?</summary>
internal sealed class CamerasCommand
{
    private readonly Option<int> _count = new("--count") { Description = "Cameras.", DefaultValueFactory = _ => 4 };
    private readonly Option<double> _rate = new("--fps") { Description = "Frames per second and camera.", DefaultValueFactory = _ => 5 };
    private readonly Option<string?> _video = new("--video")
    {
        Description = "A clip. ffmpeg decodes it on this machine, and it is pushed again and again, with black in between.",
    };
    private readonly Option<string?> _address = new("--address")
    {
        Description = "Instead of a clip: the address from which the cameras fetch frames themselves, such as file:NAME or rtsp://.",
    };
    private readonly Option<int> _width = new("--width")
    {
        Description = "Clips that are wider are scaled down to this many pixels.",
        DefaultValueFactory = _ => 1280,
    };
    private readonly Option<double> _black = new("--black")
    {
        Description = "Seconds of black after each showing. They end the visits, so that new ones can begin.",
        DefaultValueFactory = _ => 4,
    };
    private readonly Option<double> _duration = new("--duration")
    {
        Description = "Measured time, in seconds.",
        DefaultValueFactory = _ => 60,
    };
    private readonly Option<double> _warmup = new("--warmup")
    {
        Description = "Time before the measured time, in seconds.",
        DefaultValueFactory = _ => 10,
    };
    private readonly Option<string> _ffmpeg = new("--ffmpeg")
    {
        Description = "The program that decodes the clip.",
        DefaultValueFactory = _ => "ffmpeg",
    };
    private readonly Option<bool> _keep = new("--keep") { Description = "Do not remove the cameras afterwards." };
    private readonly FiguresOption _output = new();

    /// <summary>Creates the command.</summary>
    /// <param name="shell">Runs it.</param>
    /// <returns>The command.</returns>
    public static Command Create(CommandShell shell)
    {
        CamerasCommand cameras = new();
        CommandRanges.Between(cameras._count, 1, 10_000);
        CommandRanges.Between(cameras._width, 16, 7_680);
        Command command = new(
            "cameras",
            "Shows clips to cameras of a running grid and measures frames, events, memory and time. Ends with 1 when no frame was "
                + "looked at.")
        {
            cameras._count,
            cameras._rate,
            cameras._video,
            cameras._address,
            cameras._width,
            cameras._black,
            cameras._duration,
            cameras._warmup,
            cameras._ffmpeg,
            cameras._keep,
            cameras._output,
        };
        shell.Handle(command, cameras.RunAsync, CommandShell.LongPatience);
        return command;
    }

    private async Task<ExitCode> RunAsync(Session session, CancellationToken cancellationToken)
    {
        ParseResult parsed = session.Parsed;
        if (parsed.GetValue(_video) is null == parsed.GetValue(_address) is null)
        {
            throw CliException.Usage("Give --video <clip> or --address <address>.");
        }

        CamerasPlan plan = new(
            parsed.GetValue(_count),
            Within("--fps", parsed.GetValue(_rate), 0.01, 60),
            parsed.GetValue(_address),
            TimeSpan.FromSeconds(Within("--duration", parsed.GetValue(_duration), 1, 86_400)),
            TimeSpan.FromSeconds(Within("--warmup", parsed.GetValue(_warmup), 0, 3_600)),
            parsed.GetValue(_keep));
        byte[][] frames = parsed.GetValue(_video) is { } clip
            ? await Clip.DecodeAsync(
                parsed.GetValue(_ffmpeg)!,
                clip,
                plan.FramesPerSecond,
                parsed.GetValue(_width),
                Within("--black", parsed.GetValue(_black), 0, 3_600),
                cancellationToken)
            : [];
        CamerasReport report = await new CamerasRun(session.GalleryClient, plan, frames, session.Log).RunAsync(cancellationToken);
        await _output.WriteAsync(session, report, cancellationToken);

        if (session.Terminal.IsJson)
        {
            session.Terminal.WriteJson(report);
        }
        else
        {
            Print(session.Terminal, report);
        }

        return report.Processed > 0 ? ExitCode.Ok : ExitCode.Failed;
    }

    private static double Within(string name, double value, double min, double max) =>
        value >= min && value <= max ? value : throw CliException.Usage($"{name} is {min} to {max}.");

    private static void Print(Terminal terminal, CamerasReport report)
    {
        string frames = report.Sent is { } sent
            ? $"{sent} frames sent, {report.NotSent} not sent in time, {report.Refused} refused"
            : "fetched by the cameras";
        terminal.WriteLine(
            $"{report.Cameras} cameras at {report.FramesPerSecond:0.##} frames a second, {report.Seconds:0.#} s; {frames}.");
        terminal.WriteTable(
            [">processed", ">dropped", ">unusable", ">processed share", ">begun", ">ended", ">p50 ms", ">p99 ms", ">max ms"],
            [
                [
                    $"{report.Processed}", $"{report.Dropped}", $"{report.Unusable}", $"{report.ProcessedShare:0.0000}",
                    $"{report.Begun}", $"{report.Ended}",
                    $"{report.FrameToEvent.P50:0.0}", $"{report.FrameToEvent.P99:0.0}", $"{report.FrameToEvent.Max:0.0}",
                ],
            ]);
        terminal.WriteTable(
            ["stage", ">ms per frame", ">share"],
            report.Stages.Select(stage => new[] { stage.Stage, $"{stage.MillisecondsPerFrame:0.00}", $"{stage.Share:0.000}" }));
        terminal.WriteLine(
            $"Processor time of the node asked: {report.ProcessorSecondsPerCameraSecond:0.000} s per camera and second, "
                + $"{1000 * report.ProcessorSecondsPerFrame:0.0} ms per frame looked at.");
        terminal.WriteLine(
            $"Its memory: {string.Join(", ", report.Memory.Select(sample => $"{sample.Bytes >> 20} MiB at {sample.AtSeconds:0} s"))}.");
    }
}
