using System.Text.Json;
using FaceGrid.Cli.Shell;
using FaceGrid.Client;

namespace FaceGrid.Cli.Questions;

/// <summary>Prints answers of the kind "match or not, at this distance, by this threshold".</summary>
internal static class Answers
{
    /// <summary>Prints one answer.</summary>
    /// <param name="terminal">Where to print.</param>
    /// <param name="answer">The grid's answer with <c>match</c>, <c>distance</c> and <c>threshold</c>.</param>
    /// <param name="sentence">The meaning of the answer, for people.</param>
    /// <returns><see cref="ExitCode.Ok"/> or <see cref="ExitCode.NoMatch"/>.</returns>
    public static ExitCode Print(Terminal terminal, JsonElement answer, string sentence)
    {
        if (terminal.IsJson)
        {
            terminal.WriteJson(answer);
        }
        else
        {
            terminal.WriteLine(
                $"{sentence} (distance {DistanceText.Of(answer.Number("distance"))}, threshold "
                    + $"{ThresholdText.Of(answer.Member("threshold"))})");
        }

        return answer.Flag("match") ? ExitCode.Ok : ExitCode.NoMatch;
    }
}
