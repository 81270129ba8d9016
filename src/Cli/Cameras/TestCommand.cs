using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using FaceGrid.Cli.Shell;
using FaceGrid.Client;

namespace FaceGrid.Cli.Cameras;

/// <summary><c>facegrid camera test</c>: what does a camera see, and whom?</summary>
internal static class TestCommand
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Creates the command.</summary>
    /// <param name="shell">Runs it.</param>
    /// <returns>The command.</returns>
    public static Command Create(CommandShell shell)
    {
        Argument<string> camera = new("camera") { Description = "The camera." };
        Option<string?> picture = new("--picture")
        {
            Description = "Give the camera this picture, as if it had just been taken, instead of waiting for its next frame.",
        };
        Option<string?> output = new("--out", "-o") { Description = "The SVG file to draw. [default: <camera>.svg]" };
        Option<double> wait = new("--wait") { Description = "Seconds to wait for a frame.", DefaultValueFactory = _ => 15 };
        Command command = new(
            "test",
            "Draws one frame of a camera with boxes and names into a file that every browser shows. Ends with 4 when there is no face.")
        {
            camera,
            picture,
            output,
            wait,
        };
        shell.Handle(command, async (session, cancellationToken) =>
        {
            string id = Session.CheckCamera(session.Parsed.GetValue(camera)!);
            string file = session.Parsed.GetValue(output) ?? id + ".svg";
            if (!file.EndsWith(".svg", StringComparison.OrdinalIgnoreCase))
            {
                throw CliException.Usage("--out is the name of an .svg file.");
            }

            double seconds = session.Parsed.GetValue(wait);
            (Picture frame, JsonElement view) = session.Parsed.GetValue(picture) is { } given
                ? await GiveAsync(session, id, given, cancellationToken)
                : await NextAsync(
                    session,
                    id,
                    TimeSpan.FromSeconds(seconds is >= 0 and <= 3600 ? seconds : throw CliException.Usage("--wait is 0 to 3600 seconds.")),
                    cancellationToken);
            await File.WriteAllTextAsync(file, AnnotatedFrame.Draw(frame, view), cancellationToken);
            IReadOnlyList<JsonElement> faces = view.Items("tracks");
            if (session.Terminal.IsJson)
            {
                session.Terminal.WriteJson(new { File = Path.GetFullPath(file), View = view });
            }
            else
            {
                session.Terminal.WriteLine($"{faces.Count} face{(faces.Count == 1 ? "" : "s")} drawn into {file}");
                session.Terminal.WriteTable(["face", "decision", "who", ">distance", ">confidence"], faces.Select(Row));
            }

            return faces.Count > 0 ? ExitCode.Ok : ExitCode.NoMatch;
        });
        return command;
    }

    private static async Task<(Picture Frame, JsonElement View)> GiveAsync(
        Session session, string camera, string file, CancellationToken cancellationToken)
    {
        Picture picture = await Picture.ReadAsync(file, cancellationToken);
        JsonElement answer = (
            await session.Client.PostPictureAsync($"{Session.CameraPath(camera)}/frames?wait=true", picture, cancellationToken)).Body;
        return (picture, answer.Member("view") ?? throw new CliException("The camera was busy with other frames; try again.", "busy"));
    }

    /// <summary>Waits for a frame. It comes together with what is seen in it.</summary>
    private static async Task<(Picture Frame, JsonElement View)> NextAsync(
        Session session, string camera, TimeSpan wait, CancellationToken cancellationToken)
    {
        string path = Session.CameraPath(camera);
        long start = session.Host.Clock.GetTimestamp();
        while (true)
        {
            JsonElement view = (await session.Client.GetAsync(path + "/view?picture=true", cancellationToken)).Body;
            if (view.Text("picture") is { } picture)
            {
                return (Picture.OfBytes(Convert.FromBase64String(picture)), WithoutPicture(view));
            }

            if (session.Host.Clock.GetElapsedTime(start) > wait)
            {
                JsonElement? status = (await session.Client.GetAsync(path, cancellationToken)).Body.Member("status");
                string? why = status?.Text("problem") ?? status?.Member("source")?.Text("error");
                throw new CliException(
                    $"No frame came within {wait.TotalSeconds:0} s. {why}".TrimEnd(),
                    "no-frame");
            }

            await Task.Delay(Pause, session.Host.Clock, cancellationToken);
        }
    }

    /// <summary>Shows what is seen, without the picture. The picture is in the file.</summary>
    private static JsonElement WithoutPicture(JsonElement view)
    {
        JsonObject rest = JsonObject.Create(view)!;
        rest.Remove("picture");
        return JsonDocument.Parse(rest.ToJsonString()).RootElement;
    }

    private static string[] Row(JsonElement face) =>
    [
        $"{face.Member("box")?.Number("width"):0}x{face.Member("box")?.Number("height"):0} at "
            + $"{face.Member("box")?.Number("x"):0},{face.Member("box")?.Number("y"):0}",
        face.Text("decision") ?? "",
        face.Text("person") ?? "-",
        DistanceText.Of(face.Number("distance")),
        $"{face.Number("confidence"):0.00}",
    ];
}
