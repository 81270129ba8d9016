using FaceGrid.Tests.Faults.Histories;

namespace FaceGrid.Tests.Faults.Clusters;

/// <summary>Tells in words how a run with faults went.</summary>
/// <param name="history">What was asked and answered.</param>
/// <param name="log">Gets each line.</param>
internal sealed class FaultReport(History history, Action<string> log)
{
    private const int ViolationsMax = 50;

    /// <summary>Tells it.</summary>
    /// <param name="faults">What happened.</param>
    /// <param name="migrator">The operator.</param>
    /// <param name="violations">What was wrong.</param>
    public void Tell(FaultSchedule faults, MigrationClient migrator, Violation[] violations)
    {
        log($"faults: {string.Join(", ", faults.Counts.Select(count => $"{count.Value} {count.Key}"))}");
        Count("writes", history.Writes.Select(write => write.Problem));
        Count("identifies", history.Identifies.Select(identify => identify.Problem));
        Count("verifies", history.Verifies.Select(verify => verify.Problem));
        log($"202: {history.Writes.Count(write => write.Outcome == WriteOutcome.Durable)}, labelled partial: {history.Identifies.Count(identify => identify.Body is { Complete: false })}");
        Count("writes of pairs", history.FaceWrites.Where(write => MergeClient.Owns(write.Face)).Select(write => write.Problem));
        Count("questions about pairs", history.FaceQuestions.Where(question => MergeClient.Owns(question.Face)).Select(question => question.Problem));
        Count("writes by picture", history.FaceWrites.Where(write => !MergeClient.Owns(write.Face)).Select(write => write.Problem));
        Count("questions by picture", history.FaceQuestions.Where(question => !MergeClient.Owns(question.Face)).Select(question => question.Problem));
        Count("looks at the migration and steps of it", history.Steps.Where(step => step.Problem is not "404 no-migration").Select(step => step.Problem));
        log($"the migration was {string.Join(", ", migrator.Reached.Select(reached => $"{reached.Key} {reached.Value} times"))}");
        log($"{history.Shows.Count} people before cameras, {history.Shows.Count(show => show.Reported is not null)} told; kept: {Visits(history.Events)} visits, {Visits(history.Events.Where(told => told.Person is not null))} of them named,"
            + $" {history.Events.Count} events; {history.Heard.Count} events heard");
        foreach (string ended in faults.Ended)
        {
            log(ended);
        }

        log($"violations: {violations.Length} {string.Join(", ", violations.GroupBy(violation => violation.Kind, (kind, all) => $"{all.Count()} {kind}"))}");
        foreach (Violation violation in violations.Take(ViolationsMax))
        {
            log($"{violation.Kind}: {violation.Detail}");
        }
    }

    private static int Visits(IEnumerable<VisitEvent> events) => events.Select(told => told.Visit).Distinct().Count();

    /// <summary>That somebody is not enrolled is an answer, too.</summary>
    private void Count(string what, IEnumerable<string?> problems)
    {
        string?[] all = [.. problems];
        string[] failed = [.. all.OfType<string>().Where(problem => problem != Problems.NoPerson)];
        string kinds = string.Join(", ", failed.GroupBy(problem => problem, (problem, same) => $"{same.Count()} x {problem}"));
        log($"{all.Length} {what}, failed {(double)failed.Length / Math.Max(1, all.Length):p2} {kinds}");
    }
}
