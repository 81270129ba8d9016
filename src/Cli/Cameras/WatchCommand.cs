using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using FaceGrid.Cli.Shell;
using FaceGrid.Client;

namespace FaceGrid.Cli.Cameras;

/// <summary><c>facegrid camera watch</c>: sightings as they happen.</summary>
internal static class WatchCommand
{
    /// <summary>Creates the command.</summary>
    /// <param name="shell">Runs it.</param>
    /// <returns>The command.</returns>
    public static Command Create(CommandShell shell)
    {
        Argument<string?> camera = new("camera") { Description = "Only this camera.", Arity = ArgumentArity.ZeroOrOne };
        Option<bool> unknown = new("--unknown") { Description = "Only people who are not enrolled." };
        Option<string?> after = new("--after") { Description = "Begin after this event instead of now; 0 shows all events that are kept." };
        Option<int?> count = new("--count") { Description = "End after this many events." };
        CommandRanges.AtLeastOne(count);
        Command command = new("watch", "Shows sightings as they happen, until Ctrl+C. In JSON, each line is one event.")
        {
            camera,
            unknown,
            after,
            count,
        };
        shell.Handle(
            command,
            async (session, cancellationToken) =>
            {
                string?[] filters =
                [
                    session.Parsed.GetValue(camera) is { } one ? $"camera={Session.CheckCamera(one)}" : null,
                    session.Parsed.GetValue(unknown) ? "unknown=true" : null,
                ];
                string query = string.Join('&', filters.Where(filter => filter is not null));
                EventReader reader = new(session.Client);
                int left = session.Parsed.GetValue(count) ?? int.MaxValue;
                string? last = session.Parsed.GetValue(after);
                await foreach (GridEvent told in reader.ListenAsync($"v1/events?{query}", last, cancellationToken))
                {
                    Print(session.Terminal, told);
                    if (told.Kind != "gap" && --left == 0)
                    {
                        break;
                    }
                }

                return ExitCode.Ok;
            },
            CommandShell.LongPatience);
        return command;
    }

    private static void Print(Terminal terminal, GridEvent told)
    {
        if (terminal.IsJson)
        {
            terminal.WriteJson(new { Event = told.Kind, told.Id, told.Data });
            return;
        }

        if (told.Kind == "gap")
        {
            terminal.Note("Some events are not kept any more.");
            return;
        }

        terminal.WriteLine(
            $"{When(told.Data, told.Kind == "ended" ? "lastSeen" : "firstSeen")}  {told.Kind,-8} {told.Data.Text("camera"),-16} "
                + $"{Who(told.Data)}{Details(told)}");
    }

    /// <summary>Who it is, in words.</summary>
    /// <param name="sighting">A sighting of the API.</param>
    public static string Who(JsonElement sighting) => sighting.Text("person") is { } person ? $"{person} ({sighting.Text("gallery")})"
        : sighting.Text("visitor") is { } visitor ? $"{visitor} ({sighting.Text("visitorGallery")})"
        : "unknown";

    private static string Details(GridEvent told) =>
        told.Kind == "ended" && Time(told.Data, "firstSeen") is { } from && Time(told.Data, "lastSeen") is { } to
        ? $", stayed {(to - from).TotalSeconds:0} s"
        : $", distance {DistanceText.Of(told.Data.Number("distance"))}, confidence {told.Data.Number("confidence"):0.00}";

    private static string When(JsonElement sighting, string member) =>
        Time(sighting, member)?.ToLocalTime().ToString("HH:mm:ss", CultureInfo.InvariantCulture) ?? "";

    private static DateTimeOffset? Time(JsonElement sighting, string member) =>
        DateTimeOffset.TryParse(
            sighting.Text(member), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time)
            ? time
            : null;
}
