using System.ComponentModel.DataAnnotations;

namespace FaceGrid.Cameras.Rules;

/// <summary>How rules publish. Section <c>FaceGrid:Rules</c>; set it alike on every node.</summary>
public sealed class RuleOptions
{
    /// <summary>Rules that there may be. Range 1 to 10,000, default 1,000.</summary>
    [Range(1, 10_000)]
    public int RulesMax { get; set; } = 1_000;

    /// <summary>
    /// How long a delivery is tried before it goes to the rule's dead letters, when the target may come back: no answer, 5xx, 408, 425,
    /// 429. Later deliveries of the rule wait for it, and are lost only when retention overtakes them. Range 1 s to 30 days, default 1 h.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "30.00:00:00")]
    public TimeSpan DeliveryTime { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How long a target may take for one delivery. Range 0.1 s to 60 s, default 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:01:00")]
    public TimeSpan TargetTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Address of this grid's API for receivers, for links to pictures, such as <c>https://faces.example</c>. Default none: links
    /// begin with <c>/v1</c>.
    /// </summary>
    public string? PublicUrl { get; set; }

    /// <summary>The broker of rules that name none.</summary>
    public BrokerOptions Mqtt { get; set; } = new();
}
