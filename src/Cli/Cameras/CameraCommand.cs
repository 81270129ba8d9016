using System.CommandLine;
using System.Text.Json;
using FaceGrid.Cli.Cluster;
using FaceGrid.Cli.Shell;

namespace FaceGrid.Cli.Cameras;

/// <summary><c>facegrid camera</c>: add, list, remove, watch, test.</summary>
internal static class CameraCommand
{
    private const int PageMax = 1000;

    /// <summary>Creates the command.</summary>
    /// <param name="shell">Runs it.</param>
    /// <returns>The command with its sub-commands.</returns>
    public static Command Create(CommandShell shell) => new("camera", "Looks after cameras, and shows what they see.")
    {
        AddCommand.Create(shell),
        List(shell),
        Remove(shell),
        WatchCommand.Create(shell),
        TestCommand.Create(shell),
    };

    private static Command List(CommandShell shell)
    {
        Command command = new("list", "Lists the cameras and how they are doing.");
        shell.Handle(command, async (session, cancellationToken) =>
        {
            List<JsonElement> cameras = [];
            string? next = "";
            do
            {
                JsonElement page = (await session.Client.GetAsync($"v1/cameras?limit={PageMax}&after={next}", cancellationToken)).Body;
                foreach (JsonElement camera in page.Items("cameras"))
                {
                    // The list does not ask each camera how it is; one that was removed in between is left out.
                    if (await StatusAsync(session, camera.Text("id")!, cancellationToken) is { } whole)
                    {
                        cameras.Add(whole);
                    }
                }

                next = page.Text("next");
            }
            while (next is not null);

            Print(session.Terminal, cameras);
            return ExitCode.Ok;
        });
        return command;
    }

    private static Command Remove(CommandShell shell)
    {
        Argument<string[]> cameras = new("cameras") { Description = "Ids of cameras.", Arity = ArgumentArity.OneOrMore };
        Command command = new("remove", "Removes cameras. What they saw is kept as long as any sighting. A camera that is not there counts as removed.") { cameras };
        shell.Handle(command, async (session, cancellationToken) =>
        {
            string[] ids = session.Parsed.GetValue(cameras)!;
            foreach (string path in Array.ConvertAll(ids, Session.CameraPath))
            {
                await session.Client.DeleteAsync(path, cancellationToken);
            }

            if (session.Terminal.IsJson)
            {
                session.Terminal.WriteJson(new { Removed = ids });
            }
            else
            {
                session.Terminal.WriteLine($"removed {string.Join(", ", ids)}");
            }

            return ExitCode.Ok;
        });
        return command;
    }

    private static async Task<JsonElement?> StatusAsync(Session session, string camera, CancellationToken cancellationToken)
    {
        try
        {
            return (await session.Client.GetAsync(Session.CameraPath(camera), cancellationToken)).Body;
        }
        catch (ClusterProblemException gone) when (gone.Status == 404)
        {
            return null;
        }
    }

    private static void Print(Terminal terminal, List<JsonElement> cameras)
    {
        if (terminal.IsJson)
        {
            terminal.WriteJson(new { Cameras = cameras });
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
        return !camera.Flag("enabled") ? "off"
            : status?.Text("problem") ?? source?.Text("error")
            ?? (status?.Flag("running") != true ? "not running"
                : source is null || source.Value.Flag("connected") ? "running"
                : "connecting");
    }
}
