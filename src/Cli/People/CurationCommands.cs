using System.CommandLine;
using System.Text.Json;
using FaceGrid.Cli.Shell;

namespace FaceGrid.Cli.People;

/// <summary><c>facegrid people merge | unmerge | veto | release</c>: what an operator decides after reading the report.</summary>
internal static class CurationCommands
{
    /// <summary>Creates the commands.</summary>
    /// <param name="shell">Runs them.</param>
    /// <returns>The commands.</returns>
    public static IEnumerable<Command> Create(CommandShell shell) =>
    [
        Two(
            shell,
            "merge",
            "Merges another person into a person. Faces, labels and name move, and the other person disappears.",
            "merge",
            "merged"),
        Two(shell, "unmerge", "Undoes a merge: the other person is there again.", "unmerge", "parted"),
        Veto(shell),
        Release(shell),
    ];

    private static Command Two(CommandShell shell, string name, string description, string verb, string done)
    {
        Argument<string> person = new("person") { Description = "The person who stays." };
        Argument<string> other = new("other") { Description = "The person who goes, or comes back." };
        Command command = new(name, description) { person, other };
        shell.Handle(command, async (session, cancellationToken) =>
        {
            string one = session.Parsed.GetValue(person)!;
            string another = session.Parsed.GetValue(other)!;
            session.PersonPath(another);
            JsonElement body = (
                await session.Client.SendJsonAsync(
                    HttpMethod.Post, $"{session.PersonPath(one)}/{verb}/{Uri.EscapeDataString(another)}", new { }, cancellationToken)).Body;
            return session.Terminal.Answer(body, $"{done} {one} and {another}");
        });
        return command;
    }

    private static Command Veto(CommandShell shell)
    {
        Argument<string> person = new("person") { Description = "One." };
        Argument<string> other = new("other") { Description = "The other person." };
        Option<bool> undo = new("--undo") { Description = "Take the declaration back." };
        Command command = new(
            "veto",
            "Declares that two people are not the same. Checks and the report do not name the pair any more.") { person, other, undo };
        shell.Handle(command, async (session, cancellationToken) =>
        {
            string one = session.Parsed.GetValue(person)!;
            string another = session.Parsed.GetValue(other)!;
            session.PersonPath(another);
            string path = $"{session.PersonPath(one)}/different/{Uri.EscapeDataString(another)}";
            bool different = !session.Parsed.GetValue(undo);
            _ = different
                ? await session.Client.SendJsonAsync(HttpMethod.Put, path, new { }, cancellationToken)
                : await session.Client.DeleteAsync(path, cancellationToken);
            return session.Terminal.Answer(new { Person = one, Other = another, Different = different },
                $"{one} and {another} {(different ? "are declared different" : "may be the same again")}");
        });
        return command;
    }

    private static Command Release(CommandShell shell)
    {
        Argument<string> person = new("person") { Description = "The person's id." };
        Argument<string> face = new("face") { Description = "The face's id, as the report gives it." };
        Command command = new("release", "Takes a face out of quarantine.") { person, face };
        shell.Handle(command, async (session, cancellationToken) =>
        {
            string one = session.Parsed.GetValue(person)!;
            string path = $"{session.PersonPath(one)}/faces/{Uri.EscapeDataString(session.Parsed.GetValue(face)!)}/release";
            JsonElement body = (await session.Client.SendJsonAsync(HttpMethod.Post, path, new { }, cancellationToken)).Body;
            return session.Terminal.Answer(body, $"released a face of {one}");
        });
        return command;
    }
}
