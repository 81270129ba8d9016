using FaceGrid.Grains.Shards;

namespace FaceGrid.Grains.Search;

/// <summary>Puts candidates of several shards in the one order: squared distance, then person id (ordinal).</summary>
internal static class Merging
{
    /// <summary>Merges the candidates for one probe.</summary>
    /// <param name="answers">Answers of different shards.</param>
    /// <param name="probe">Which probe.</param>
    /// <param name="limit">Candidates at most.</param>
    /// <returns>The nearest.</returns>
    public static ShardCandidate[] Nearest(IReadOnlyList<ShardAnswer> answers, int probe, int limit)
    {
        if (answers.Count == 1)
        {
            return answers[0].Candidates[probe];
        }

        var all = new List<ShardCandidate>();
        foreach (ShardAnswer answer in answers)
        {
            all.AddRange(answer.Candidates[probe]);
        }

        all.Sort(static (a, b) => a.SquaredDistance.CompareTo(b.SquaredDistance) is var order and not 0
            ? order
            : string.CompareOrdinal(a.Person, b.Person));
        return [.. all.Take(limit)];
    }
}
