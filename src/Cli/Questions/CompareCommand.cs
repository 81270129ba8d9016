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
        Argument<string> a = new("a") { Description = "A picture with exactly one usable face." };
        Argument<string> b = new("b") { Description = "Another one." };
        Command command = new(
            "compare", "Says whether two pictures show the same person; nothing is stored. Ends with 4 when they do not.") { a, b };
        shell.Handle(command, async (session, cancellationToken) =>
        {
            Picture first = await Picture.ReadAsync(session.Parsed.GetValue(a)!, cancellationToken);
            Picture second = await Picture.ReadAsync(session.Parsed.GetValue(b)!, cancellationToken);
            JsonElement answer = (await session.Client.PostPairAsync("v1/compare", first, second, cancellationToken)).Body;
            return Answers.Print(session.Terminal, answer, answer.Flag("match") ? "match: the same person" : "no match: different people");
        });
        return command;
    }
}
