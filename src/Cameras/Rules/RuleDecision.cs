using FaceGrid.Abstractions.Rules;

namespace FaceGrid.Cameras.Rules;

/// <summary>What a rule's settings say of an event. They are asked before each attempt, because they may have changed.</summary>
/// <param name="Settings">The settings that decided, with the target.</param>
/// <param name="Moment"><c>begun</c> or <c>ended</c> to publish the event, null to pass it over.</param>
/// <param name="IsReadable">False where this version cannot read the settings: the event has to wait.</param>
/// <param name="Renewed">Cancelled when new settings come.</param>
internal sealed record RuleDecision(RuleSettings Settings, string? Moment, bool IsReadable, CancellationToken Renewed);
