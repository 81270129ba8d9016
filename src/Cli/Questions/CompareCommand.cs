using System.CommandLine;
using System.Text.Json;
using FaceGrid.Cli.Shell;
using FaceGrid.Client;

namespace FaceGrid.Cli.Questions;

/// <summary><c>facegrid compare</c>: do two pictures show the same person?</summary>
internal static class CompareCommand
{
    /// <summary>Creates the command.</summary>
    /// <param name="shell">Runs it.</param>
    /// <returns>The command.</returns>
    public static Command Create(CommandShell shell)
    {
        Argument<string> a = new("a") { Description = "A picture of one face; see --face for several." };
        Argument<string> b = new("b") { Description = "Another one." };
        FaceOption face = new();
        Command command = new(
            "compare", "Says whether two pictures show the same person; nothing is stored. Ends with 4 when they do not.") { a, b, face };
        shell.Handle(command, async (session, cancellationToken) =>
        {
            Picture first = await Picture.ReadAsync(session.Parsed.GetValue(a)!, cancellationToken);
            Picture second = await Picture.ReadAsync(session.Parsed.GetValue(b)!, cancellationToken);
            string path = "v1/compare?face=" + session.Parsed.GetValue(face);
            JsonElement answer = (await session.Client.PostPairAsync(path, first, second, cancellationToken)).Body;
            return Answers.Print(session.Terminal, answer, answer.Flag("match") ? "match: the same person" : "no match: different people");
        });
        return command;
    }
}
