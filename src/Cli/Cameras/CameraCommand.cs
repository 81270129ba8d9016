using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using FaceGrid.Cli.Shell;
using FaceGrid.Client;

namespace FaceGrid.Cli.Cameras;

/// <summary><c>facegrid camera</c>: add, list, remove, watch, test.</summary>
internal static class CameraCommand
{
    private const int PageMax = 1000;

    /// <summary>Creates the command.</summary>
    /// <param name="shell">Runs it.</param>
    /// <returns>The command with its sub-commands.</returns>
    public static Command Create(CommandShell shell) => new("camera", "Manages cameras, and shows what they see.")
    {
        AddCommand.Create(shell),
        List(shell),
        Remove(shell),
        WatchCommand.Create(shell),
        TestCommand.Create(shell),
    };

    private static Command List(CommandShell shell)
    {
        Command command = new(
            "list",
            "Lists the cameras with their status. Ends with 3 when one gives no status, or is not listed because its row is damaged.");
        shell.Handle(command, async (session, cancellationToken) =>
        {
            List<JsonElement> cameras = [];
            DamagedRows damaged = new();
            int silent = 0;
            using ClusterClient once = session.Connect(TimeSpan.Zero);
            await foreach (JsonElement page in session.Client.PagesAsync($"v1/cameras?limit={PageMax}", cancellationToken))
            {
                damaged.Add(page);
                foreach (JsonElement camera in page.Items("cameras"))
                {
                    // The list has no status, so each camera is asked. A camera that was removed in between is left out. The first camera
                    // that does not answer uses up the patience. It may not be the only one, so the others are asked only once.
                    if (await StatusAsync(silent == 0 ? session.Client : once, camera, cancellationToken) is { } whole)
                    {
                        cameras.Add(whole);
                        silent += whole.Member("problem") is null ? 0 : 1;
                    }
                }
            }

            Print(session.Terminal, cameras, damaged);
            if (silent > 0)
            {
                session.Terminal.Note($"facegrid: {silent} of {cameras.Count} cameras did not say how they are");
            }

            ExitCode listed = damaged.Tell(session.Terminal);
            return silent > 0 ? ExitCode.Partial : listed;
        });
        return command;
    }

    private static Command Remove(CommandShell shell)
    {
        Argument<string[]> cameras = new("cameras") { Description = "Ids of cameras.", Arity = ArgumentArity.OneOrMore };
        Command command = new(
            "remove",
            "Removes cameras. Their sightings are kept as long as all others. A camera that does not exist counts as removed.") { cameras };
        shell.Handle(command, async (session, cancellationToken) =>
        {
            string[] ids = session.Parsed.GetValue(cameras)!;
            foreach (string path in Array.ConvertAll(ids, Session.CameraPath))
            {
                await session.Client.DeleteAsync(path, cancellationToken);
            }

            return session.Terminal.Answer(new { Removed = ids }, $"removed {string.Join(", ", ids)}");
        });
        return command;
    }

    /// <returns>
    /// The camera with its status, or with the <c>problem</c> of its answer; null when the camera does not exist any more.
    /// </returns>
    private static async Task<JsonElement?> StatusAsync(ClusterClient client, JsonElement camera, CancellationToken cancellationToken)
    {
        try
        {
            return (await client.GetAsync(Session.CameraPath(camera.Text("id")!), cancellationToken)).Body;
        }
        catch (ClusterProblemException gone) when (gone.Status == 404)
        {
            return null;
        }
        catch (ClusterProblemException problem) when (problem.Status is 429 or >= 500)
        {
            // Only this camera has such a problem. Problems that all cameras would have end the command: no answer at all, or a key without
            // permission.
            JsonObject silent = JsonObject.Create(camera)!;
            silent["problem"] = new JsonObject { ["code"] = problem.Code, ["detail"] = problem.Message, ["requestId"] = problem.RequestId };
            return JsonSerializer.SerializeToElement(silent, ClusterJson.Options);
        }
    }

    private static void Print(Terminal terminal, List<JsonElement> cameras, DamagedRows damaged)
    {
        if (terminal.IsJson)
        {
            terminal.WriteJson(new { Cameras = cameras, Damaged = damaged.Ids });
            return;
        }

        terminal.WriteTable(
            ["camera", "source", "galleries", ">frames", ">dropped", ">faces", "state"],
            cameras.Select(camera => new[]
            {
                camera.Text("id") ?? "",
                $"{camera.Member("source")?.Text("kind")} {camera.Member("source")?.Text("address")}".Trim(),
                string.Join(", ", camera.Items("galleries").Select(gallery => gallery.GetString())),
                $"{camera.Member("status")?.Member("frames")?.Number("processed"):0}",
                $"{camera.Member("status")?.Member("frames")?.Number("dropped"):0}",
                $"{camera.Member("status")?.Number("faces"):0}",
                StateOf(camera),
            }));
    }

    private static string StateOf(JsonElement camera)
    {
        JsonElement? status = camera.Member("status"), source = status?.Member("source");
        return camera.Member("problem") is { } problem ? $"{problem.Text("detail")} ({problem.Text("code")})"
            : !camera.Flag("enabled") ? "off"
            : status?.Text("problem") ?? source?.Text("error")
            ?? (status?.Flag("running") != true ? "not running"
                : source is null || source.Value.Flag("connected") ? "running"
                : "connecting");
    }
}
