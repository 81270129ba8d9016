using System.CommandLine;
using System.Text.Json;
using FaceGrid.Cli.Shell;
using FaceGrid.Client;

namespace FaceGrid.Cli.Questions;

/// <summary><c>facegrid verify</c>: is it the person they claim to be?</summary>
internal static class VerifyCommand
{
    /// <summary>Creates the command.</summary>
    /// <param name="shell">Runs it.</param>
    /// <returns>The command.</returns>
    public static Command Create(CommandShell shell)
    {
        Argument<string> person = new("person") { Description = "The person's id." };
        Argument<string> picture = new("picture") { Description = "A picture of one face; see --face for several." };
        FaceOption face = new();
        Command command = new("verify", "Says whether a picture shows a person. Ends with 4 when it does not.") { person, picture, face };
        shell.Handle(command, async (session, cancellationToken) =>
        {
            string id = session.Parsed.GetValue(person)!;
            string path = session.PersonPath(id) + "/verify?face=" + session.Parsed.GetValue(face);
            Picture read = await Picture.ReadAsync(session.Parsed.GetValue(picture)!, cancellationToken);
            JsonElement answer = (await session.Client.PostPictureAsync(path, read, cancellationToken)).Body;
            return Answers.Print(
                session.Terminal,
                answer,
                answer.Flag("match")
                    ? $"match: it is {id}"
                    : answer.Text("reason") is { } reason
                    ? $"no match: refused as {reason}"
                    : $"no match: it is not {id}");
        });
        return command;
    }
}
