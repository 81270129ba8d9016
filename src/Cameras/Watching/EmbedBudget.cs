using FaceGrid.Cameras.Recognition;
using FaceGrid.Cameras.Visits;
using FaceGrid.Vision.Detection;

namespace FaceGrid.Cameras.Watching;

/// <summary>
/// Which faces of a frame are embedded. A crowd must not hold up the camera, so there are at most <see cref="FacesPerFrame"/>: first those that are not decided, or whose last vote speaks against the decision, the ones with the fewest votes first, so that in a crowd everybody has
/// their turn; then those whose decision has not been looked at for a while. A face that has jumped is as good as undecided.
/// </summary>
internal static class EmbedBudget
{
    /// <summary>Most faces embedded per frame: some 60 ms on one processor core with the default embedder.</summary>
    public const int FacesPerFrame = 16;

    /// <summary>Time after which a decided face is looked at again: one that was switched with another is noticed, and a better shot may be had.</summary>
    public static readonly TimeSpan RecheckAfter = TimeSpan.FromSeconds(1.5);

    /// <summary>Shots after which a face that is still undecided is looked at less often: it turns away, or is too far for a vote.</summary>
    private const int ShotsMany = 24;

    /// <summary>Time between two looks at such a face.</summary>
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(0.5);

    /// <summary>Chooses.</summary>
    /// <param name="now">When the frame was taken, on the camera's clock.</param>
    /// <param name="followers">The track of each face.</param>
    /// <param name="faces">The faces.</param>
    /// <returns>Indexes of the chosen faces.</returns>
    public static IEnumerable<int> Choose(TimeSpan now, IReadOnlyList<Follower> followers, IReadOnlyList<DetectedFace> faces) => Enumerable.Range(0, faces.Count)
        .Where(face => now - followers[face].AskedAt >= PauseOf(followers[face]))
        .OrderBy(face => IsOpen(followers[face]) ? 0 : 1)
        .ThenBy(face => IsOpen(followers[face]) ? followers[face].Asked : 0)
        .ThenBy(face => followers[face].AskedAt)
        .ThenByDescending(face => ShotWeight.Guess(faces[face]))
        .Take(FacesPerFrame);

    private static bool IsOpen(Follower follower) => follower.Ballot.Verdict is null || follower.Ballot.IsContested || !follower.Track.IsSure;

    private static TimeSpan PauseOf(Follower follower) => !IsOpen(follower) ? RecheckAfter : follower.Asked < ShotsMany ? TimeSpan.Zero : RetryAfter;
}
