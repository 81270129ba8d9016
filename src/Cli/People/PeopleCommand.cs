using System.CommandLine;
using System.Text.Json;
using FaceGrid.Cli.Shell;
using FaceGrid.Client;

namespace FaceGrid.Cli.People;

/// <summary><c>facegrid people</c>: list, show, delete.</summary>
internal static class PeopleCommand
{
    private const int PageMax = 1000;

    /// <summary>Creates the command.</summary>
    /// <param name="shell">Runs it.</param>
    /// <returns>The command with its sub-commands.</returns>
    public static Command Create(CommandShell shell)
    {
        Command command = new("people", "Lists, shows, merges and deletes the people of a gallery.")
        {
            List(shell),
            Show(shell),
            Delete(shell),
        };
        foreach (Command curation in CurationCommands.Create(shell))
        {
            command.Subcommands.Add(curation);
        }

        return command;
    }

    private static Command List(CommandShell shell)
    {
        Option<string?> name = new("--name") { Description = "Only people whose display name contains this, in any case." };
        Option<string?> after = new("--after") { Description = "Go on after this id of an earlier list." };
        Option<int> max = new("--max") { Description = "At most this many.", DefaultValueFactory = _ => PageMax };
        CommandRanges.Between(max, 1, int.MaxValue);
        Command command = new(
            "list",
            "Lists people, in the order in which the grid stores them. "
                + "Ends with 3 when somebody is not listed, because the row is damaged.")
        {
            name,
            after,
            max,
        };
        shell.Handle(command, async (session, cancellationToken) =>
        {
            int wanted = session.Parsed.GetValue(max);
            string? next = session.Parsed.GetValue(after);
            List<JsonElement> people = [];
            DamagedRows damaged = new();
            do
            {
                JsonElement page = await PageAsync(
                    session, next, Math.Clamp(wanted - people.Count, 1, PageMax), session.Parsed.GetValue(name), cancellationToken);
                people.AddRange(page.Items("people"));
                damaged.Add(page);
                next = page.Text("next");
            }
            while (next is not null && people.Count < wanted);

            Print(session.Terminal, people, next, damaged);
            return damaged.Tell(session.Terminal);
        });
        return command;
    }

    private static Command Show(CommandShell shell)
    {
        Argument<string> person = new("person") { Description = "The person's id." };
        Command command = new("show", "Shows one person.") { person };
        shell.Handle(command, async (session, cancellationToken) =>
        {
            JsonElement shown = (
                await session.Client.GetAsync(session.PersonPath(session.Parsed.GetValue(person)!), cancellationToken)).Body;
            if (session.Terminal.IsJson)
            {
                session.Terminal.WriteJson(shown);
                return ExitCode.Ok;
            }

            session.Terminal.WriteLine($"{shown.Text("id")}  {shown.Text("name")}");
            session.Terminal.WriteLine($"contract {shown.Text("contract") ?? "-"}, revision {shown.Number("revision"):0}");
            foreach (JsonProperty label in shown.Member("labels")?.EnumerateObject() ?? default)
            {
                session.Terminal.WriteLine($"{label.Name}: {label.Value}");
            }

            session.Terminal.WriteTable(
                ["face", "enrolled at"],
                shown.Items("faces").Select(face => new[] { face.Text("id") ?? "", face.Text("enrolledAt") ?? "" }));
            return ExitCode.Ok;
        });
        return command;
    }

    private static Command Delete(CommandShell shell)
    {
        Argument<string[]> people = new("people") { Description = "Ids of people.", Arity = ArgumentArity.OneOrMore };
        Command command = new("delete", "Deletes people and all data about them. A person who is not enrolled counts as deleted.")
        {
            people,
        };
        shell.Handle(command, async (session, cancellationToken) =>
        {
            string[] ids = session.Parsed.GetValue(people)!;
            string[] paths = [.. ids.Select(session.PersonPath)];
            foreach (string path in paths)
            {
                await session.Client.DeleteAsync(path, cancellationToken);
            }

            return session.Terminal.Answer(new { Deleted = ids }, $"deleted {string.Join(", ", ids)}");
        });
        return command;
    }

    private static async Task<JsonElement> PageAsync(
        Session session, string? after, int limit, string? name, CancellationToken cancellationToken)
    {
        string path = $"{session.GalleryPath}/people?limit={limit}"
            + (after is null ? "" : "&after=" + Uri.EscapeDataString(after))
            + (name is null ? "" : "&name=" + Uri.EscapeDataString(name));
        return (await session.Client.GetAsync(path, cancellationToken)).Body;
    }

    private static void Print(Terminal terminal, List<JsonElement> people, string? next, DamagedRows damaged)
    {
        if (terminal.IsJson)
        {
            terminal.WriteJson(new { People = people, Next = next, Damaged = damaged.Ids });
            return;
        }

        terminal.WriteTable(
            ["person", "name", ">faces"],
            people.Select(person => new[] { person.Text("id") ?? "", person.Text("name") ?? "", $"{person.Items("faces").Count}" }));
        terminal.WriteLine(next is null ? $"{people.Count} people" : $"{people.Count} people and more: --after {next}");
    }
}
