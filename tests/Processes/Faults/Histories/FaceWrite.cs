namespace FaceGrid.Tests.Faults.Histories;

/// <summary>Something that was to happen to one face, as its client saw it: from then on it is a template of one person, or of nobody.</summary>
/// <param name="Face">Which face.</param>
/// <param name="Person">Whose it is to be; null for nobody's.</param>
/// <param name="Start">When the request was about to be sent.</param>
/// <param name="End">When the answer was there.</param>
/// <param name="Outcome">What the answer said.</param>
/// <param name="Problem">As in <see cref="IdentifyRecord"/>.</param>
internal sealed record FaceWrite(string Face, string? Person, long Start, long End, WriteOutcome Outcome, string? Problem = null)
{
    /// <summary>Whether it goes from one person to another by merging or parting them: that cannot bring back a face which is gone.</summary>
    public bool IsMove { get; init; }

    /// <summary>Whether an earlier write of the same people had no answer, so that this one may rightly meet a merge that is half done, or none.</summary>
    public bool IsDoubted { get; init; }
}
