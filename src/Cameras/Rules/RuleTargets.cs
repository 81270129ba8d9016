using FaceGrid.Abstractions.Rules;
using FaceGrid.Cameras.Outbound;
using Microsoft.Extensions.Options;

namespace FaceGrid.Cameras.Rules;

/// <summary>Makes targets. Webhooks of a silo share connections.</summary>
internal sealed class RuleTargets(AddressRules addresses, IOptions<RuleOptions> options, TimeProvider time) : IDisposable
{
    // Each delivery has a limit of its own.
    private readonly HttpClient _client = new(addresses.CreateHandler()) { Timeout = Timeout.InfiniteTimeSpan };

    /// <summary>Makes the target of settings.</summary>
    /// <exception cref="DeliveryException">
    /// It cannot be made now: the trusted certificates cannot be read, or there is no broker any more.
    /// </exception>
    public IRuleTarget Create(RuleSettings settings)
    {
        try
        {
            return settings.Webhook is { } webhook
                ? new WebhookTarget(_client, webhook, options.Value.TargetTimeout, time)
                : new MqttTarget(settings.Mqtt!, options.Value, addresses);
        }
        catch (Exception failure) when (failure is not DeliveryException)
        {
            throw new DeliveryException(isLasting: false, $"The target cannot be set up: {failure.Message}", failure);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();
}
