namespace FaceGrid.Tests.Faults.Histories;

/// <summary>Which promise was broken.</summary>
internal enum Broken
{
    /// <summary>Somebody who certainly was enrolled is not in the answer.</summary>
    LostWrite,

    /// <summary>Somebody who certainly was deleted, or never enrolled, is in the answer.</summary>
    Resurrected,

    /// <summary>A distance that no template gives which the person may have had at the time.</summary>
    WrongDistance,

    /// <summary>Candidates not by ascending distance and then person, or one of them twice, or too many.</summary>
    WrongOrder,

    /// <summary>A number of people that the gallery cannot have had at the time.</summary>
    WrongCount,

    /// <summary>An answer without all shards that does not say so, or that nobody had allowed.</summary>
    HiddenPartial,

    /// <summary>A face that was taken for somebody else's.</summary>
    WrongName,

    /// <summary>A visit that was told and is not there any more.</summary>
    LostVisit,

    /// <summary>Somebody who was there once, told twice.</summary>
    DoubledVisit,

    /// <summary>A visit that nobody can have made.</summary>
    StrangeVisit,

    /// <summary>A visit that does not begin once, end once, or whose revisions do not rise.</summary>
    BrokenVisit,

    /// <summary>A listener who missed an event, or heard one twice.</summary>
    BrokenEvents,

    /// <summary>Something of somebody who was deleted.</summary>
    NotErased,

    /// <summary>An error that is not one of the documented ways to say "not now".</summary>
    UnexpectedProblem,
}

/// <summary>A broken promise.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Start">When the question was asked.</param>
/// <param name="Detail">The question, the answer and what is wrong.</param>
internal sealed record Violation(Broken Kind, long Start, string Detail);
