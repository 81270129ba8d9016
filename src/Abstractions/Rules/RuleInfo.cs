using System.Text.Json.Serialization;

namespace FaceGrid.Abstractions.Rules;

/// <summary>A rule as callers see it.</summary>
/// <param name="Id">Rule id.</param>
/// <param name="Settings">Its settings, without secrets.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="Status">How it is doing; null in lists.</param>
[GenerateSerializer, Immutable]
[Alias("fg.rule-info")]
public sealed record RuleInfo(
    [property: Id(0)] string Id,
    [property: Id(1)] RuleSettings Settings,
    [property: Id(2)] DateTimeOffset CreatedAt,
    [property: Id(3), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] RuleStatus? Status)
{
    /// <summary>True for a rule whose row cannot be read: it has an id and nothing else, and publishes nothing.</summary>
    [Id(20)]
    public bool IsDamaged { get; init; }
}

/// <summary>How a rule is doing.</summary>
/// <param name="Position">The last event that the rule is done with.</param>
/// <param name="Lag">How many positions lie behind it; 0 when it is up to date.</param>
/// <param name="Delivered">Deliveries so far.</param>
/// <param name="LastDeliveryAt">When the target took the last one, or null.</param>
/// <param name="FailingSince">Since when the delivery under way fails, or null.</param>
/// <param name="LastError">Why the last failed attempt failed, or null. It holds neither names nor secrets.</param>
/// <param name="LastErrorAt">When that was, or null.</param>
/// <param name="DeadLetters">Deliveries that were given up, until an operator retries or drops them.</param>
/// <param name="DeadLettersDropped">How many of those are lost because there were too many; the oldest went first.</param>
/// <param name="Missed">Positions that retention took away before the rule reached them.</param>
[GenerateSerializer, Immutable]
[Alias("fg.rule-status")]
public sealed record RuleStatus(
    [property: Id(0)] long Position,
    [property: Id(1)] long Lag,
    [property: Id(2)] long Delivered,
    [property: Id(3)] DateTimeOffset? LastDeliveryAt,
    [property: Id(4)] DateTimeOffset? FailingSince,
    [property: Id(5)] string? LastError,
    [property: Id(6)] DateTimeOffset? LastErrorAt,
    [property: Id(7)] int DeadLetters,
    [property: Id(8)] long DeadLettersDropped,
    [property: Id(9)] long Missed);

/// <summary>A delivery that was given up. It names nobody: the event is read again when the delivery is tried again.</summary>
/// <param name="Id">Id of the delivery, as the target would see it.</param>
/// <param name="Position">The event.</param>
/// <param name="Moment"><c>begun</c> or <c>ended</c>.</param>
/// <param name="GivenUpAt">When it was given up.</param>
/// <param name="Attempts">How often it was tried.</param>
/// <param name="Error">Why the last attempt failed.</param>
[GenerateSerializer, Immutable]
[Alias("fg.dead-letter")]
public sealed record DeadLetter(
    [property: Id(0)] string Id,
    [property: Id(1)] long Position,
    [property: Id(2)] string Moment,
    [property: Id(3)] DateTimeOffset GivenUpAt,
    [property: Id(4)] int Attempts,
    [property: Id(5)] string Error);
