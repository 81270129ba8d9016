using System.Diagnostics;
using System.Text.Json;
using FaceGrid.Tests.Faults.Histories;

namespace FaceGrid.Tests.Faults.Clusters;

/// <summary>A few people who are enrolled from pictures and deleted again by one client, and what it knows of them. A person has one face, and both have one name.</summary>
/// <param name="calls">Calls nodes.</param>
/// <param name="history">Where it records.</param>
/// <param name="pool">Where faces come from.</param>
/// <param name="count">How many people.</param>
internal sealed class PicturePeople(GridCalls calls, History history, FacePool pool, int count)
{
    /// <summary>The gallery of everybody with a picture.</summary>
    public const string Gallery = "/v1/galleries/faces";

    private readonly Life?[] _people = [.. Enumerable.Range(0, count).Select(_ => NewLife(pool))];

    /// <summary>One of them.</summary>
    /// <returns>The name, or null when nobody is left.</returns>
    public string? Any(Random random)
    {
        Life[] there = [.. _people.OfType<Life>()];
        return there.Length == 0 ? null : there[random.Next(there.Length)].Face;
    }

    /// <summary>Enrols somebody who is not there, or deletes who is. What was not answered, or is not searchable yet, is tried again as it was.</summary>
    /// <param name="node">Who is asked.</param>
    /// <param name="face">Whose face. Nothing happens where somebody else has come in their place.</param>
    public async Task WriteAsync(string node, string face)
    {
        int index = Array.FindIndex(_people, life => life?.Face == face);
        if (index < 0 || _people[index] is not { } life)
        {
            return;
        }

        bool enrols = life.IsPending ? life.Enrols : !life.IsThere;
        long start = Stopwatch.GetTimestamp();
        (string? problem, JsonElement body) = enrols
            ? await calls.PostPictureAsync(node, $"{Gallery}/people/{face}/faces", pool.PictureOf(face))
            : await calls.SendAsync(node, HttpMethod.Delete, $"{Gallery}/people/{face}");
        WriteOutcome outcome = problem is not null ? WriteOutcome.Unknown
            : !enrols || body.GetProperty("searchable").GetBoolean() ? WriteOutcome.Acknowledged
            : WriteOutcome.Durable;
        history.FaceWrites.Enqueue(new FaceWrite(face, enrols ? face : null, start, Stopwatch.GetTimestamp(), outcome, problem));
        life.IsDoubted |= outcome == WriteOutcome.Unknown;
        (life.IsPending, life.Enrols) = (outcome != WriteOutcome.Acknowledged, enrols);
        life.IsThere = life.IsPending ? life.IsThere : enrols;
        if (life is { IsPending: false, IsThere: false, IsDoubted: true })
        {
            // What was not answered may still happen, so nothing certain could be said about this person any more: somebody else comes in their place.
            _people[index] = NewLife(pool);
        }
    }

    private static Life? NewLife(FacePool pool) => pool.Take() is { } face ? new Life(face) : null;

    private sealed class Life(string face)
    {
        public string Face { get; } = face;

        public bool IsThere { get; set; }

        public bool IsPending { get; set; }

        public bool Enrols { get; set; }

        public bool IsDoubted { get; set; }
    }
}
