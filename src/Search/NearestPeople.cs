namespace FaceGrid.Search;

/// <summary>
/// Keeps the nearest people of one probe. Candidates gather in a buffer of twice the limit. When the buffer is full, it is sorted, each
/// person keeps only the nearest template, and candidates behind the last place are dropped. So a candidate costs the logarithm of the
/// limit.
/// </summary>
internal sealed class NearestPeople(int limit)
{
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private readonly List<Candidate> _candidates = [];

    /// <summary>
    /// Squared distance above which no candidate can get in any more. A candidate at exactly this distance may still get in by its id.
    /// Below or at this distance there are as many people as the limit.
    /// </summary>
    public float Threshold { get; private set; } = float.PositiveInfinity;

    /// <summary>Adds a template.</summary>
    public void Add(float squared, string person, int template)
    {
        _candidates.Add(new Candidate(squared, person, template));
        if (_candidates.Count >= 2L * limit)
        {
            Trim();
        }
    }

    /// <summary>Adds the candidates of another instance.</summary>
    public void AddAll(NearestPeople other)
    {
        foreach (Candidate candidate in other._candidates)
        {
            Add(candidate.Squared, candidate.Person, candidate.Template);
        }
    }

    /// <summary>The nearest people, in order.</summary>
    public SearchHit[] ToHits()
    {
        Trim();
        return [.. _candidates.Select(c => new SearchHit(c.Person, c.Template, c.Squared))];
    }

    private void Trim()
    {
        _candidates.Sort();
        _seen.Clear();
        int kept = 0;
        for (int i = 0; i < _candidates.Count && kept < limit; i++)
        {
            if (_seen.Add(_candidates[i].Person))
            {
                _candidates[kept++] = _candidates[i];
            }
        }

        _candidates.RemoveRange(kept, _candidates.Count - kept);
        if (kept == limit)
        {
            Threshold = _candidates[kept - 1].Squared;
        }
    }

    private readonly record struct Candidate(float Squared, string Person, int Template) : IComparable<Candidate>
    {
        public int CompareTo(Candidate other)
        {
            int order = Squared.CompareTo(other.Squared);
            if (order == 0)
            {
                order = string.CompareOrdinal(Person, other.Person);
            }

            return order != 0 ? order : Template.CompareTo(other.Template);
        }
    }
}
