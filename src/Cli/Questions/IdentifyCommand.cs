using System.CommandLine;
using System.Text.Json;
using FaceGrid.Cli.Shell;
using FaceGrid.Client;

namespace FaceGrid.Cli.Questions;

/// <summary><c>facegrid identify</c>: who is it, out of everybody enrolled, or nobody?</summary>
internal static class IdentifyCommand
{
    /// <summary>Creates the command.</summary>
    /// <param name="shell">Runs it.</param>
    /// <returns>The command.</returns>
    public static Command Create(CommandShell shell)
    {
        Argument<string[]> pictures = new("pictures")
        {
            Description = "Picture files; every face in each is identified.",
            Arity = ArgumentArity.OneOrMore,
        };
        Option<int> limit = new("--limit") { Description = "Candidates per face, 1 to 1000.", DefaultValueFactory = _ => 5 };
        Option<double?> threshold = new("--threshold") { Description = "Decide by this distance (0 to 2) instead of the gallery's." };
        Option<bool> partial = new("--partial") { Description = "Accept an answer from only some shards. It says so." };
        CommandRanges.Between(limit, 1, 1000);
        CommandRanges.Distance(threshold);
        Command command = new(
            "identify", "Says who is in each picture. Ends with 4 when a picture has no match, 3 when some pictures failed.")
        {
            pictures,
            limit,
            threshold,
            partial,
        };
        shell.Handle(command, (session, cancellationToken) =>
        {
            string query = $"?limit={session.Parsed.GetValue(limit)}"
                + (session.Parsed.GetValue(threshold) is { } distance ? FormattableString.Invariant($"&threshold={distance:R}") : "")
                + (session.Parsed.GetValue(partial) ? "&partial=true" : "");
            return RunAsync(session, session.Parsed.GetValue(pictures)!, query, cancellationToken);
        });
        return command;
    }

    private static async Task<ExitCode> RunAsync(Session session, string[] pictures, string query, CancellationToken cancellationToken)
    {
        string path = session.GalleryPath + "/identify" + query;
        List<IdentifiedPicture> answers = [];
        foreach (string file in pictures)
        {
            IdentifiedPicture answer = await AskAsync(session, path, file, cancellationToken);
            answers.Add(answer);
            if (!session.Terminal.IsJson)
            {
                Print(session.Terminal, answer);
            }
        }

        if (session.Terminal.IsJson)
        {
            session.Terminal.WriteJson(new { Pictures = answers });
        }

        int failed = answers.Count(answer => answer.Error is not null);
        return failed == answers.Count ? ExitCode.Failed
            : failed > 0 ? ExitCode.Partial
            : answers.TrueForAll(answer => answer.HasMatch) ? ExitCode.Ok
            : ExitCode.NoMatch;
    }

    private static async Task<IdentifiedPicture> AskAsync(Session session, string path, string file, CancellationToken cancellationToken)
    {
        try
        {
            Picture picture = await Picture.ReadAsync(file, cancellationToken);
            ClusterAnswer answer = await session.Client.PostPictureAsync(path, picture, cancellationToken);
            return new IdentifiedPicture(file, answer.Body, Error: null);
        }
        catch (ClusterProblemException problem) when (
            problem.Status is not (401 or 404) && problem.Code != ClusterProblemException.NotAGateway)
        {
            return new IdentifiedPicture(file, Answer: null, PictureProblem.From(problem));
        }
        catch (FileNotFoundException missing)
        {
            return new IdentifiedPicture(file, Answer: null, new PictureProblem("file", missing.Message));
        }
    }

    private static void Print(Terminal terminal, IdentifiedPicture picture)
    {
        if (picture.Error is { } error)
        {
            terminal.WriteLine($"{picture.File}: {error.Detail} ({error.Code})");
            return;
        }

        JsonElement answer = picture.Answer!.Value;
        IReadOnlyList<JsonElement> faces = answer.Items("faces");
        terminal.WriteLine(
            $"{picture.File}: {faces.Count} face{(faces.Count == 1 ? "" : "s")}, {answer.Number("people"):0} people searched, threshold "
                + $"{ThresholdText.Of(answer.Member("threshold"))}");
        if (!answer.Flag("complete"))
        {
            JsonElement? shards = answer.Member("shards");
            terminal.WriteLine($"  INCOMPLETE: {shards?.Number("answered"):0} of {shards?.Number("asked"):0} shards answered");
        }

        terminal.WriteTable(
            ["face", "decision", "person", ">distance", "next candidates"],
            faces.Select((face, index) => Row(face, index)));
    }

    private static string[] Row(JsonElement face, int index)
    {
        IReadOnlyList<JsonElement> candidates = face.Items("candidates");
        JsonElement? box = face.Member("box");
        string place = box is { } b
            ? $"{b.Number("width"):0}x{b.Number("height"):0} at {b.Number("x"):0},{b.Number("y"):0}"
            : $"{index + 1}";
        return
        [
            place,
            face.Text("decision") ?? "unknown",
            face.Text("person") ?? "-",
            candidates.Count > 0 ? DistanceText.Of(candidates[0].Number("distance")) : "-",
            string.Join(
                ", ",
                candidates.Skip(face.Text("person") is null ? 0 : 1)
                    .Take(3)
                    .Select(c => $"{c.Text("person")} {DistanceText.Of(c.Number("distance"))}")),
        ];
    }
}
