using System.Text.Json.Serialization;
using FaceGrid.Abstractions.Rules;

namespace FaceGrid.Gateway.Rules;

/// <summary>A rule: its settings as they were given, without secrets, and its status.</summary>
internal sealed record RuleBody(
    string Id,
    bool Enabled,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] RuleWho? Who,
    string[] Cameras,
    RuleHours[] Hours,
    string TimeZone,
    string[] Moments,
    double CooldownSeconds,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] RuleWebhook? Webhook,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] RuleMqtt? Mqtt,
    DateTimeOffset CreatedAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] RuleStatus? Status)
{
    public static RuleBody Of(RuleInfo rule) => new(
        rule.Id,
        rule.Settings.Enabled ?? true,
        rule.Settings.Who,
        rule.Settings.Cameras ?? [],
        rule.Settings.Hours ?? [],
        rule.Settings.TimeZone ?? "UTC",
        rule.Settings.Moments is { Length: > 0 } moments ? moments : ["begun"],
        rule.Settings.CooldownSeconds ?? 0,
        rule.Settings.Webhook,
        rule.Settings.Mqtt,
        rule.CreatedAt,
        rule.Status);
}

/// <summary>
/// A page of rules, ordered by id. <c>damaged</c> lists the ids of rules whose row cannot be read; it is left out when empty.
/// </summary>
internal sealed record RuleListBody(
    RuleBody[] Rules, string? Next, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string[]? Damaged);

/// <summary>The deliveries that a rule gave up, oldest first.</summary>
internal sealed record DeadLettersBody(DeadLetter[] DeadLetters);
