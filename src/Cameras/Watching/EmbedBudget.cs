using FaceGrid.Cameras.Recognition;
using FaceGrid.Cameras.Visits;
using FaceGrid.Vision.Detection;

namespace FaceGrid.Cameras.Watching;

/// <summary>
/// Chooses the faces of a frame to embed. A crowd must not hold up the camera, so there are at most <see cref="FacesPerFrame"/>. Faces that
/// are undecided, or whose last vote contradicts the decision, come first, those with the fewest shots before the others, so that everybody
/// in a crowd has a turn. Then come faces whose decision was not checked for a while. A face that has jumped counts as undecided.
/// </summary>
internal static class EmbedBudget
{
    /// <summary>Most faces embedded per frame: some 60 ms on one processor core with the default embedder.</summary>
    public const int FacesPerFrame = 16;

    /// <summary>
    /// Time after which a decided face is embedded again: a switch with another face is noticed, and the shot may be better.
    /// </summary>
    public static readonly TimeSpan RecheckAfter = TimeSpan.FromSeconds(1.5);

    /// <summary>
    /// Shots after which an undecided face is embedded less often: it turns away, or is too far for a vote.
    /// </summary>
    private const int ShotsMany = 24;

    /// <summary>Time between two shots of such a face.</summary>
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(0.5);

    /// <summary>Chooses.</summary>
    /// <param name="now">When the frame was taken, on the camera's clock.</param>
    /// <param name="followers">The track of each face.</param>
    /// <param name="faces">The faces.</param>
    /// <returns>Indexes of the chosen faces.</returns>
    public static IEnumerable<int> Choose(
        TimeSpan now, IReadOnlyList<Follower> followers, IReadOnlyList<DetectedFace> faces) => Enumerable.Range(0, faces.Count)
        .Where(face => now - followers[face].AskedAt >= PauseOf(followers[face]))
        .OrderBy(face => IsOpen(followers[face]) ? 0 : 1)
        .ThenBy(face => IsOpen(followers[face]) ? followers[face].Asked : 0)
        .ThenBy(face => followers[face].AskedAt)
        .ThenByDescending(face => ShotWeight.Guess(faces[face]))
        .Take(FacesPerFrame);

    private static bool IsOpen(Follower follower) =>
        follower.Ballot.Verdict is null || follower.Ballot.IsContested || !follower.Track.IsSure;

    private static TimeSpan PauseOf(Follower follower) => !IsOpen(follower) ? RecheckAfter
        : follower.Asked < ShotsMany ? TimeSpan.Zero
        : RetryAfter;
}
