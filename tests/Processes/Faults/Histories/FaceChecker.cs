namespace FaceGrid.Tests.Faults.Histories;

/// <summary>Says which answers about faces that belong to one person after the other break a promise, and which words of an operator's.</summary>
/// <param name="history">What was asked and answered.</param>
/// <param name="faces">What happened to each face.</param>
/// <param name="report">Receives what is wrong.</param>
internal sealed class FaceChecker(History history, IReadOnlyDictionary<string, FaceHistory> faces, Action<Violation> report)
{
    private static readonly FaceHistory Nothing = new([]);

    /// <summary>Checks all of it.</summary>
    public void Check()
    {
        foreach (FaceWrite write in history.FaceWrites.Where(write => write.Problem is not null && !IsHonest(write)))
        {
            report(new Violation(Broken.UnexpectedProblem, write.Start, $"write of face '{write.Face}': {write.Problem}"));
        }

        foreach (OperatorStep step in history.Steps.Where(step => step.Problem is { } problem && !IsHonest(problem)))
        {
            report(new Violation(Broken.UnexpectedProblem, step.Start, $"{step.Step}: {step.Problem}"));
        }

        foreach (FaceQuestion question in history.FaceQuestions)
        {
            Check(question);
        }
    }

    /// <summary>A merge that is half done because of a call that was not answered may be met, or be over.</summary>
    private static bool IsHonest(FaceWrite write) => Problems.IsHonest(write.Problem!) || (write.IsDoubted && write.Problem is "409 merge-conflict" or "404 not-merged" or Problems.NoPerson);

    /// <summary>Somebody is enrolled all the time, and what an operator looked at may have changed since.</summary>
    private static bool IsHonest(string problem) => Problems.IsHonest(problem) || problem is "409 migration-not-ready" or "409 people-lacking" or "409 migration-conflict" or "404 no-migration";

    private void Check(FaceQuestion question)
    {
        string what = $"{(question.Claimed is null ? "identify" : $"verify as '{question.Claimed}'")} of face '{question.Face}' at {question.Node}, {question.Start} to {question.End}";
        void Report(Broken kind, string wrong) => report(new Violation(kind, question.Start, $"{what}: {wrong}"));
        if (question.Problem is not null && !(question.Claimed is not null && question.Problem == Problems.NoPerson))
        {
            if (!Problems.IsHonest(question.Problem))
            {
                Report(Broken.UnexpectedProblem, question.Problem);
            }

            return;
        }

        IReadOnlySet<string?> owners = faces.GetValueOrDefault(question.Face, Nothing).Owners(question.Start, question.End);
        string right = string.Join(" or ", owners.Select(owner => owner ?? "nobody"));
        if (!question.Complete)
        {
            Report(Broken.HiddenPartial, "nobody had allowed that");
        }
        else if (question.Named is { } named && !owners.Contains(named))
        {
            Report(owners.SetEquals([null]) ? Broken.Resurrected : Broken.WrongName, $"'{named}', right is {right}");
        }
        else if (question.Named is null && (question.Claimed is { } claimed ? owners.SetEquals([claimed]) : !owners.Contains(null)))
        {
            Report(Broken.LostWrite, $"no match, right is {right}");
        }
    }
}
