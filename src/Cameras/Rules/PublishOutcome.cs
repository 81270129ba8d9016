using FaceGrid.Abstractions.Rules;

namespace FaceGrid.Cameras.Rules;

/// <summary>What became of an event.</summary>
internal enum PublishStatus
{
    /// <summary>The target has taken it.</summary>
    Published,

    /// <summary>The target did not take it, and it is not tried any more.</summary>
    GivenUp,

    /// <summary>The rule is not about it, or not any more.</summary>
    PassedOver,

    /// <summary>Nobody can tell yet what the rule is about.</summary>
    Postponed,
}

/// <summary>What became of an event, and of which moment it was.</summary>
/// <param name="Status">What became of it.</param>
/// <param name="Moment"><c>begun</c> or <c>ended</c>; null where nothing was tried.</param>
/// <param name="Letter">The dead letter of an event that was given up; else null.</param>
internal sealed record PublishOutcome(PublishStatus Status, string? Moment = null, DeadLetter? Letter = null);
