using System.Collections.Concurrent;
using FaceGrid.Search;

namespace FaceGrid.Tests.Faults.Histories;

/// <summary>
/// Says which answers of a history break a promise: history in, violations out. A complete answer must be what a plain loop over the templates of the moment gives, to the last bit of each
/// distance, give or take people whose write was under way or never answered; an incomplete one must say so. Looks at every person for every question.
/// </summary>
internal sealed class HistoryChecker
{
    private readonly History _history;
    private readonly Dictionary<string, PersonHistory> _people;
    private readonly ConcurrentBag<Violation> _violations = [];

    private HistoryChecker(History history)
    {
        _history = history;
        _people = history.Writes.GroupBy(write => write.Person, StringComparer.Ordinal)
            .ToDictionary(writes => writes.Key, writes => new PersonHistory([.. writes], history.SettledAt), StringComparer.Ordinal);
    }

    /// <summary>Checks a history that has ended.</summary>
    /// <param name="history">Writes and questions.</param>
    /// <returns>Broken promises, by the time of the question; none is good.</returns>
    public static Violation[] Check(History history)
    {
        var checker = new HistoryChecker(history);
        foreach (WriteRecord write in history.Writes.Where(write => write.Problem is not null))
        {
            checker.CheckProblem(write.Problem!, write.Start, $"write of '{write.Person}'");
        }

        Parallel.ForEach(history.Identifies, checker.Check);
        Parallel.ForEach(history.Verifies, checker.Check);
        Dictionary<string, FaceHistory> faces = history.FaceWrites.GroupBy(write => write.Face, StringComparer.Ordinal).ToDictionary(writes => writes.Key, writes => new FaceHistory(writes), StringComparer.Ordinal);
        new FaceChecker(history, faces, checker._violations.Add).Check();
        new VisitChecker(history, faces, checker._violations.Add).Check();
        checker.CheckRemaining(faces);
        return [.. checker._violations.OrderBy(violation => violation.Start)];
    }

    private void Check(IdentifyRecord question)
    {
        if (question.Body is not { } body)
        {
            CheckProblem(question.Problem!, question.Start, $"identify at {question.Node}");
            return;
        }

        string Tell(string wrong) => $"identify at {question.Node}, {question.Start} to {question.End}, {body.Answered} of {body.Asked} shards: {wrong}";
        void Report(Broken kind, string wrong) => _violations.Add(new Violation(kind, question.Start, Tell(wrong)));
        if (body.Complete != (body.Answered == body.Asked) || body.Asked == 0)
        {
            Report(Broken.HiddenPartial, $"says complete={body.Complete}");
        }
        else if (!body.Complete && !question.PartialAllowed)
        {
            Report(Broken.HiddenPartial, "nobody had allowed that");
        }

        CheckOrder(question, body, Report);
        CheckPeople(question, body, Report);
    }

    private static void CheckOrder(IdentifyRecord question, IdentifyBody body, Action<Broken, string> report)
    {
        for (int i = 1; i < body.Nearest.Count; i++)
        {
            // Different squares may have one root, so equal distances say nothing about the order of ids.
            if (body.Nearest[i - 1].Distance > body.Nearest[i].Distance)
            {
                report(Broken.WrongOrder, $"{body.Nearest[i - 1]} stands before {body.Nearest[i]}");
            }
        }

        if (body.Nearest.Count > question.Limit || body.Nearest.DistinctBy(near => near.Person).Count() < body.Nearest.Count)
        {
            report(Broken.WrongOrder, $"{body.Nearest.Count} candidates of {question.Limit}, or one of them twice");
        }
    }

    /// <summary>One look at each person: were they rightly named, or rightly left out?</summary>
    private void CheckPeople(IdentifyRecord question, IdentifyBody body, Action<Broken, string> report)
    {
        List<float[]> certain = [], possible = [];
        Near? last = body.Nearest.Count == question.Limit ? body.Nearest[^1] : null;
        int atLeast = 0, atMost = 0;
        foreach ((string person, PersonHistory writes) in _people)
        {
            writes.Sort(question.Start, question.End, certain, possible);
            atLeast += certain.Count > 0 ? 1 : 0;
            atMost += certain.Count + possible.Count > 0 ? 1 : 0;
            int named = IndexOf(body.Nearest, person);
            if (named >= 0)
            {
                CheckDistance(body.Nearest[named], question.Probe, certain, possible, report);
            }
            else if (body.Complete && certain.Count > 0 && Nearest(certain, question.Probe) is var distance && (last is null || distance < last.Value.Distance))
            {
                report(Broken.LostWrite, $"'{person}' at {distance} is not among {string.Join(", ", body.Nearest)}");
            }
        }

        foreach (Near stranger in body.Nearest.Where(near => !_people.ContainsKey(near.Person)))
        {
            report(Broken.Resurrected, $"{stranger} was never enrolled");
        }

        if (body.People > atMost || (body.Complete && body.People < atLeast))
        {
            report(Broken.WrongCount, $"{body.People} people, right are {atLeast} to {atMost}");
        }
    }

    private void Check(VerifyRecord question)
    {
        void Report(Broken kind, string wrong) => _violations.Add(
            new Violation(kind, question.Start, $"verify of '{question.Person}' at {question.Node}, {question.Start} to {question.End}: {wrong}"));
        List<float[]> certain = [], possible = [];
        _people.GetValueOrDefault(question.Person)?.Sort(question.Start, question.End, certain, possible);
        if (question.Distance is { } distance)
        {
            CheckDistance(new Near(question.Person, distance), question.Probe, certain, possible, Report);
        }
        else if (question.Problem is not (Problems.NoPerson or Problems.NoFace))
        {
            CheckProblem(question.Problem!, question.Start, $"verify at {question.Node}");
        }
        else if (certain.Count > 0)
        {
            Report(Broken.LostWrite, question.Problem);
        }
    }

    /// <summary>Nothing remains of who certainly is gone.</summary>
    private void CheckRemaining(Dictionary<string, FaceHistory> faces)
    {
        HashSet<string> present = [.. faces.Values.SelectMany(face => face.Owners(_history.SettledAt, long.MaxValue)).OfType<string>()];
        List<float[]> certain = [], possible = [];
        foreach ((string person, PersonHistory writes) in _people)
        {
            writes.Sort(_history.SettledAt, long.MaxValue, certain, possible);
            if (certain.Count + possible.Count > 0)
            {
                present.Add(person);
            }
        }

        foreach (string gone in _history.Remaining.Where(person => !present.Contains(person)))
        {
            _violations.Add(new Violation(Broken.NotErased, _history.SettledAt, $"the database still has something of '{gone}'"));
        }
    }

    /// <summary>The distance is that of one of the vectors, and none that is certainly there is nearer.</summary>
    private static void CheckDistance(Near near, float[] probe, List<float[]> certain, List<float[]> possible, Action<Broken, string> report)
    {
        if (certain.Count + possible.Count == 0)
        {
            report(Broken.Resurrected, $"{near} was not enrolled then");
        }
        else if (!certain.Concat(possible).Any(vector => Distance.Euclidean(vector, probe) == near.Distance) || Nearest(certain, probe) < near.Distance)
        {
            report(Broken.WrongDistance, $"{near}; right are {string.Join(", ", certain.Select(vector => Distance.Euclidean(vector, probe)))}"
                + $" and perhaps {string.Join(", ", possible.Select(vector => Distance.Euclidean(vector, probe)))}");
        }
    }

    private void CheckProblem(string problem, long start, string question)
    {
        if (!Problems.IsHonest(problem))
        {
            _violations.Add(new Violation(Broken.UnexpectedProblem, start, $"{question}: {problem}"));
        }
    }

    private static float Nearest(List<float[]> vectors, float[] probe) => vectors.Count == 0 ? float.PositiveInfinity : vectors.Min(vector => Distance.Euclidean(vector, probe));

    private static int IndexOf(IReadOnlyList<Near> nearest, string person)
    {
        for (int i = 0; i < nearest.Count; i++)
        {
            if (nearest[i].Person == person)
            {
                return i;
            }
        }

        return -1;
    }
}
