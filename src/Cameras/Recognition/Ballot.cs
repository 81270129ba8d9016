using FaceGrid.Abstractions.Embedding;

namespace FaceGrid.Cameras.Recognition;

/// <summary>
/// The votes of a track's shots, and what they decide. A name needs two shots that agree. "Unknown" needs four, because the first shots of
/// a face that comes near are poor, and a stranger who is reported a second later is better than a friend who is reported as a stranger.
/// The newest votes count, so a decision can change: with at least three votes against it and a clear majority.
/// </summary>
internal sealed class Ballot
{
    /// <summary>Votes that count: the last three seconds at five frames a second.</summary>
    private const int VotesMax = 16;

    /// <summary>
    /// Shots that a name needs, that "unknown" needs, and that "unknown" needs after the face has left, when no more will come.
    /// </summary>
    private const int NameVotesMin = 2, UnknownVotesMin = 4, UnknownVotesMinAtEnd = 3;

    /// <summary>Votes against a decision that change it.</summary>
    private const int ChangeVotesMin = 3;

    /// <summary>Total weight that a decision needs: two good shots, or more poor ones.</summary>
    private const float WeightMin = 0.8f;

    /// <summary>Share of the weight that a decision needs: two shots against one are not enough.</summary>
    private const float ShareMin = 0.7f;

    /// <summary>
    /// Confidence of the detector that one shot needs before a face is reported as unknown. A name proves by itself that there is a face;
    /// an unknown face may also be a hand. In a film shown at five frames a second the shots of a hand with a magazine had at most 0.83
    /// (yunet-n); of 189 faces in group photographs 94 % have more than this in their only shot.
    /// </summary>
    private const float FaceConfidenceMin = 0.85f;

    private readonly List<Vote> _votes = [];
    private bool _isFace;

    /// <summary>The decision, or null.</summary>
    public Identity? Verdict { get; private set; }

    /// <summary>True when the newest vote speaks against the decision.</summary>
    public bool IsContested => Verdict is not null && _votes[^1].Who != Verdict;

    /// <summary>Everybody who has a vote, and the person who is decided.</summary>
    public IEnumerable<Identity> Named =>
        _votes.Select(vote => vote.Who).Append(Verdict).OfType<Identity>().Where(who => who.IsSomebody).Distinct();

    /// <summary>How many votes there have been.</summary>
    public int Count { get; private set; }

    /// <summary>Share of the weight that the verdict has, 0 to 1; 0 without one.</summary>
    public float Confidence => Verdict is null || _votes.Count == 0 ? 0 : ShareOf(Verdict);

    /// <summary>The vote for the verdict with the smallest distance; null without one.</summary>
    public Vote? Best => _votes.Where(vote => vote.Who == Verdict).MinBy(vote => vote.Distance ?? float.PositiveInfinity);

    /// <summary>Mean distance of the votes for a person, 0 to 2; null where there is none.</summary>
    public float? MeanDistanceTo(Identity who)
    {
        float sum = 0;
        int count = 0;
        foreach (Vote vote in _votes)
        {
            if (vote.Who == who && vote.Distance is { } distance)
            {
                sum += distance;
                count++;
            }
        }

        return count == 0 ? null : sum / count;
    }

    /// <summary>Result of presentation-attack detection: the mean over all votes; null where it is off.</summary>
    public Liveness? Liveness
    {
        get
        {
            Liveness[] judged = [.. _votes.Select(vote => vote.Liveness).OfType<Liveness>()];
            return judged.Length == 0 ? null : judged[^1] with { Live = judged.Average(liveness => liveness.Live) };
        }
    }

    /// <summary>Counts a vote and decides.</summary>
    public void Add(Vote vote)
    {
        _votes.Add(vote);
        _isFace |= vote.FaceConfidence >= FaceConfidenceMin;
        Count++;
        if (_votes.Count > VotesMax)
        {
            _votes.RemoveAt(0);
        }

        Decide(atEnd: false);
    }

    /// <summary>The face has left: decides with the votes there are.</summary>
    public void Close() => Decide(atEnd: true);

    /// <summary>A person is another face of the same frame: the votes for them count as votes for nobody.</summary>
    public void Deny(Identity who)
    {
        for (int index = 0; index < _votes.Count; index++)
        {
            if (_votes[index].Who == who)
            {
                _votes[index] = _votes[index] with { Who = Identity.Unknown, Margin = null };
            }
        }

        Verdict = Verdict == who ? null : Verdict;
        Decide(atEnd: false);
    }

    private void Decide(bool atEnd)
    {
        if (_votes.Count == 0)
        {
            return;
        }

        Identity leader = _votes.GroupBy(vote => vote.Who)
            .OrderByDescending(votes => votes.Sum(vote => vote.Weight)).ThenByDescending(votes => votes.Key.IsSomebody).First().Key;
        int count = _votes.Count(vote => vote.Who == leader);
        float weight = _votes.Where(vote => vote.Who == leader).Sum(vote => vote.Weight), share = ShareOf(leader);
        if (Verdict is not null)
        {
            Verdict = leader != Verdict && count >= ChangeVotesMin && weight >= WeightMin && share >= ShareMin ? leader : Verdict;
            return;
        }

        // When a track has all the votes that count and is still undecided, the larger part decides. A name needs its weight all the same:
        // a name on weak evidence is worse than none.
        bool last = atEnd || _votes.Count == VotesMax;
        int needed = leader.IsSomebody ? NameVotesMin : atEnd ? UnknownVotesMinAtEnd : UnknownVotesMin;
        bool isHeavy = weight >= WeightMin || (last && !leader.IsSomebody);
        if ((leader.IsSomebody || _isFace) && count >= needed && isHeavy && share >= (last ? 0.5f : ShareMin))
        {
            Verdict = leader;
        }
    }

    private float ShareOf(Identity who) => _votes.Where(vote => vote.Who == who).Sum(vote => vote.Weight) / _votes.Sum(vote => vote.Weight);
}
