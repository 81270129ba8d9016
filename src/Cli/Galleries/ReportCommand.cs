using System.CommandLine;
using System.Text.Json;
using FaceGrid.Cli.Shell;
using FaceGrid.Client;

namespace FaceGrid.Cli.Galleries;

/// <summary><c>facegrid gallery report</c> and <c>facegrid gallery review</c>: what an operator should look at in a gallery.</summary>
internal static class ReportCommand
{
    private const int PagePeople = 200;

    /// <summary>Creates <c>report</c>, which lists everything.</summary>
    /// <param name="shell">Runs it.</param>
    /// <returns>The command.</returns>
    public static Command Create(CommandShell shell)
    {
        Command command = new(
            "report", "Lists poor, lonely and quarantined faces, look-alikes and merges that broke off. Searches once per face.");
        shell.Handle(
            command,
            (session, cancellationToken) => RunAsync(session, lookAlikes: true, static _ => true, cancellationToken),
            CommandShell.LongPatience);
        return command;
    }

    /// <summary>Creates <c>review</c>, which lists faces that wait for a decision.</summary>
    /// <param name="shell">Runs it.</param>
    /// <returns>The command.</returns>
    public static Command CreateReview(CommandShell shell)
    {
        Command command = new("review", "Lists faces in quarantine. Decide with `people release` or by deleting the face.");
        shell.Handle(
            command,
            (session, cancellationToken) => RunAsync(session, lookAlikes: false, IsHeld, cancellationToken),
            CommandShell.LongPatience);
        return command;
    }

    private static async Task<ExitCode> RunAsync(
        Session session, bool lookAlikes, Func<JsonElement, bool> wanted, CancellationToken cancellationToken)
    {
        List<JsonElement> people = [];
        bool complete = true;
        string query = $"limit={PagePeople}&lookAlikes={(lookAlikes ? "true" : "false")}";
        await foreach (JsonElement page in session.Client.PagesAsync($"{session.GalleryPath}/report?{query}", cancellationToken))
        {
            people.AddRange(page.Items("people").Where(wanted));
            complete &= page.Flag("complete");
        }

        if (session.Terminal.IsJson)
        {
            session.Terminal.WriteJson(new { People = people, Complete = complete });
            return complete ? ExitCode.Ok : ExitCode.Partial;
        }

        session.Terminal.WriteTable(["person", "face", "findings", "look-alike", ">distance", ">own distance"], people.SelectMany(Rows));
        session.Terminal.WriteLine(
            $"{people.Count} people with findings{(complete ? "" : "; shards were missing, so look-alikes may be too")}");
        return complete ? ExitCode.Ok : ExitCode.Partial;
    }

    private static bool IsHeld(JsonElement person) =>
        person.Items("faces").Any(face => face.Items("findings").Any(finding => finding.GetString() == "quarantined"));

    private static IEnumerable<string[]> Rows(JsonElement person)
    {
        string id = person.Text("person") ?? "";
        foreach (JsonElement face in person.Items("faces"))
        {
            string findings = string.Join(", ", face.Items("findings").Concat(face.Items("reasons")).Select(word => word.GetString()));
            JsonElement? other = face.Member("lookAlike");
            yield return
            [
                id,
                face.Text("face") ?? "",
                findings,
                other?.Text("person") ?? "",
                DistanceText.Of(other?.Number("distance")),
                DistanceText.Of(face.Number("ownDistance")),
            ];
        }

        foreach (JsonElement other in person.Items("lookAlikes"))
        {
            yield return
            [
                id,
                other.Text("face") ?? "",
                "looks like",
                other.Text("person") ?? "",
                DistanceText.Of(other.Number("distance")),
                "-",
            ];
        }

        if (person.Text("mergingInto") is { } into)
        {
            yield return [id, "", "merge broke off", into, "-", "-"];
        }
    }
}
