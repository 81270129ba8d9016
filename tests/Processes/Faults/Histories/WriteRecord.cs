namespace FaceGrid.Tests.Faults.Histories;

/// <summary>What a client knows about a write after it.</summary>
internal enum WriteOutcome
{
    /// <summary>Done, and searches that start from now on see it.</summary>
    Acknowledged,

    /// <summary>Enrolled, and searchable some time later (202).</summary>
    Durable,

    /// <summary>An error or no answer: it may have happened, may still happen, or never.</summary>
    Unknown,
}

/// <summary>An enrolment or a deletion, as its client saw it.</summary>
/// <param name="Person">Whose.</param>
/// <param name="Vector">What was enrolled, of unit norm; null for a deletion.</param>
/// <param name="Start">When the request was about to be sent, in ticks of one clock for the whole history.</param>
/// <param name="End">When the answer was there.</param>
/// <param name="Outcome">What the answer said.</param>
/// <param name="Problem">Status and code of an error, as in <see cref="IdentifyRecord"/>.</param>
internal sealed record WriteRecord(string Person, float[]? Vector, long Start, long End, WriteOutcome Outcome, string? Problem = null);
