namespace FaceGrid.Tests.Faults.Histories;

/// <summary>
/// Says what cameras told wrongly: who stood before one was told once, by the right name or none; who was deleted is named by no visit that began since, nor by those before; each visit begins and ends once; and a listener has heard it all.
/// </summary>
/// <param name="history">Who was shown, and what was told.</param>
/// <param name="faces">What happened to each face.</param>
/// <param name="report">Receives what is wrong.</param>
internal sealed class VisitChecker(History history, IReadOnlyDictionary<string, FaceHistory> faces, Action<Violation> report)
{
    private static readonly FaceHistory Nothing = new([]);

    /// <summary>Checks all of it.</summary>
    public void Check()
    {
        foreach (IGrouping<string, VisitEvent> visit in history.Events.GroupBy(told => told.Visit, StringComparer.Ordinal))
        {
            CheckOrder([.. visit]);
        }

        ILookup<Show?, VisitEvent> told = history.Events.ToLookup(ShowOf);
        foreach (VisitEvent strange in told[null])
        {
            report(new Violation(Broken.StrangeVisit, 0, $"{strange}: nobody was there then"));
        }

        foreach (Show show in history.Shows)
        {
            Check(show, [.. told[show]]);
        }

        CheckListener();
    }

    private Show? ShowOf(VisitEvent told) => history.Shows.FirstOrDefault(show => show.Camera == told.Camera && show.From <= told.FirstSeen && told.LastSeen <= show.To);

    private void CheckOrder(VisitEvent[] visit)
    {
        bool rises = visit.Zip(visit.Skip(1)).All(pair => pair.First.Revision < pair.Second.Revision && pair.First.Position < pair.Second.Position);

        // One that was over before it could be told has ended only.
        if (!rises || visit[^1].Kind != "ended" || visit.Count(told => told.Kind == "ended") != 1 || visit.Skip(1).Any(told => told.Kind == "begun"))
        {
            report(new Violation(Broken.BrokenVisit, 0, string.Join("; ", visit.Select(told => told.ToString()))));
        }
    }

    private void Check(Show show, VisitEvent[] told)
    {
        FaceHistory face = faces.GetValueOrDefault(show.Face, Nothing);
        IReadOnlySet<string?> owners = face.Owners(show.Start, show.End);
        FaceWrite[] deletions = [.. face.Writes.Where(write => write.Person is null && write.End > show.Start)];
        bool isErased = Array.Exists(deletions, deletion => deletion.Outcome == WriteOutcome.Acknowledged && deletion.Start >= show.Start);
        string right = string.Join(" or ", owners.Select(owner => owner ?? "nobody"));
        void Report(Broken kind, string wrong) => report(new Violation(kind, show.Start, $"{show}, right is {right}: {wrong}"));
        foreach (VisitEvent named in told.Where(one => one.Person is not null))
        {
            if (!owners.Contains(named.Person))
            {
                Report(owners.SetEquals([null]) ? Broken.Resurrected : Broken.WrongName, named.ToString());
            }
            else if (isErased)
            {
                Report(Broken.NotErased, $"{named} names somebody who has been deleted since");
            }
        }

        if (owners.Count > 1)
        {
            return; // Enrolled or deleted meanwhile, perhaps: the camera may have thought otherwise in between.
        }

        VisitEvent[] last = [.. told.GroupBy(one => one.Visit, (_, visit) => visit.Last())];
        foreach (VisitEvent unnamed in last.Where(visit => visit.Person is null && !owners.Contains(null)))
        {
            Report(Broken.LostWrite, $"{unnamed} names nobody");
        }

        if (last.Length > 1)
        {
            Report(Broken.DoubledVisit, string.Join("; ", told.Select(one => one.ToString())));
        }

        bool mayBeErased = deletions.Length > 0 && !owners.Contains(null);
        if (show.Reported is { } visit && !mayBeErased && !Array.Exists(told, one => one.Visit == visit))
        {
            Report(Broken.LostVisit, "was told, and is not there");
        }
    }

    /// <summary>What was erased since was heard all the same, so the listener may have heard more.</summary>
    private void CheckListener()
    {
        foreach ((long before, long next) in history.Heard.Zip(history.Heard.Skip(1)).Where(pair => pair.First >= pair.Second))
        {
            report(new Violation(Broken.BrokenEvents, 0, $"event {next} was heard after {before}"));
        }

        HashSet<long> heard = [.. history.Heard];
        foreach (VisitEvent missed in history.Events.Where(told => !heard.Contains(told.Position)))
        {
            report(new Violation(Broken.BrokenEvents, 0, $"not heard: {missed}"));
        }
    }
}
