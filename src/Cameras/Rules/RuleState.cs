using FaceGrid.Abstractions.Rules;

namespace FaceGrid.Cameras.Rules;

/// <summary>The row of a rule.</summary>
[GenerateSerializer]
[Alias("fg.rule-state")]
public sealed class RuleState
{
    /// <summary>Its settings, secrets included.</summary>
    [Id(0)]
    public RuleSettings Settings { get; set; } = new();

    /// <summary>When it was made, UTC.</summary>
    [Id(1)]
    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>The last event that the rule is done with.</summary>
    [Id(2)]
    public long Position { get; set; }

    /// <summary>Salt of this rule alone, so that the row of another rule does not help to read <see cref="Published"/>.</summary>
    [Id(3)]
    public byte[] Salt { get; set; } = [];

    /// <summary>
    /// Who was published within the cooldown: salted hashes of moment and person, each with the time of the visit.
    /// </summary>
    [Id(4)]
    public Dictionary<string, DateTimeOffset> Published { get; set; } = [];

    /// <summary>Deliveries so far.</summary>
    [Id(5)]
    public long Delivered { get; set; }

    /// <summary>When the target took the last one.</summary>
    [Id(6)]
    public DateTimeOffset? LastDeliveryAt { get; set; }

    /// <summary>Why the last attempt that failed did so.</summary>
    [Id(7)]
    public string? LastError { get; set; }

    /// <summary>When that was.</summary>
    [Id(8)]
    public DateTimeOffset? LastErrorAt { get; set; }

    /// <summary>Positions that retention took away before the rule came to them.</summary>
    [Id(9)]
    public long Missed { get; set; }
}

/// <summary>The row of the deliveries that a rule gave up.</summary>
[GenerateSerializer]
[Alias("fg.rule-letters-state")]
public sealed class RuleLettersState
{
    /// <summary>The deliveries, oldest first.</summary>
    [Id(0)]
    public List<DeadLetter> Letters { get; set; } = [];

    /// <summary>How many are lost because there were too many; the oldest went first.</summary>
    [Id(1)]
    public long Dropped { get; set; }
}
