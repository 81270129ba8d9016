using FaceGrid.Grains.Outbound;
using Microsoft.Extensions.Options;

namespace FaceGrid.Grains.Rules;

/// <summary>Makes targets. Webhooks of a silo share connections.</summary>
internal sealed class RuleTargets(AddressRules addresses, IOptions<RuleOptions> options, TimeProvider time) : IDisposable
{
    private readonly HttpClient _client = new(addresses.CreateHandler()) { Timeout = Timeout.InfiniteTimeSpan }; // Each delivery has a limit of its own.

    /// <summary>Makes the target of settings.</summary>
    public IRuleTarget Create(RuleSettings settings) => settings.Webhook is { } webhook
        ? new WebhookTarget(_client, webhook, options.Value.TargetTimeout, time)
        : new MqttTarget(settings.Mqtt!, options.Value, addresses);

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();
}
