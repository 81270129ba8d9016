using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.Rules;
using FaceGrid.Cameras.Outbound;
using MQTTnet;
using MQTTnet.Channel;
using MQTTnet.Exceptions;
using MQTTnet.Formatter;
using MQTTnet.Protocol;

namespace FaceGrid.Cameras.Rules;

/// <summary>
/// Publishes to a broker over one connection that is made when it is needed. Each message waits until the broker has it (quality of service
/// 1). Quality 2 would promise no more: its state lives in a connection's session, and a message that breaks off is published again on the
/// next connection. A delivery of several messages that breaks off goes on with the first that the broker has not confirmed.
/// </summary>
internal sealed class MqttTarget : IRuleTarget
{
    private readonly IMqttClient _client = new MqttClientFactory().CreateMqttClient();
    private readonly MqttClientOptions _options;
    private readonly Dictionary<string, string>? _topics;
    private readonly TimeSpan _timeout;
    private string? _delivery;
    private int _confirmed;

    /// <summary>Prepares the connection.</summary>
    /// <param name="settings">Where to.</param>
    /// <param name="options">The broker for rules that name none, and how long one may take.</param>
    /// <param name="addresses">Checks brokers that rules name.</param>
    /// <exception cref="DeliveryException">There is no broker any more.</exception>
    public MqttTarget(RuleMqtt settings, RuleOptions options, AddressRules addresses)
    {
        var broker = new Uri(settings.Broker ?? options.Mqtt.Address
            ?? throw new DeliveryException(isLasting: false, "The nodes have no broker (FaceGrid:Rules:Mqtt:Address)."));
        bool encrypted = broker.Scheme == "mqtts";
        int port = broker.IsDefaultPort || broker.Port < 0 ? (encrypted ? 8883 : 1883) : broker.Port;
        MqttClientOptionsBuilder builder = new MqttClientOptionsBuilder()
            .WithTcpServer(broker.IdnHost, port)
            .WithClientId("facegrid-" + Guid.NewGuid().ToString("n")[..16])
            .WithProtocolVersion(MqttProtocolVersion.V311) // What every broker speaks.
            .WithTimeout(options.TargetTimeout);
        (string? user, string? password) = settings.Broker is null
            ? (options.Mqtt.UserName, options.Mqtt.Password)
            : (settings.UserName, settings.Password);
        if (user is not null)
        {
            builder.WithCredentials(user, password);
        }

        if (encrypted)
        {
            X509Certificate2Collection? authorities = Authorities(options.Mqtt.CertificateAuthority);
            builder.WithTlsOptions(tls =>
            {
                tls.UseTls().WithTargetHost(broker.IdnHost);
                if (authorities is not null)
                {
                    tls.WithTrustChain(authorities);
                }
            });
        }

        if (settings.Broker is not null)
        {
            builder.WithStreamProvider(new CheckedStreams(addresses));
        }

        _options = builder.Build();
        _topics = settings.Topics;
        _timeout = options.TargetTimeout;
    }

    /// <inheritdoc/>
    public async Task DeliverAsync(Delivery delivery, CancellationToken cancellationToken)
    {
        if (_delivery != delivery.Id)
        {
            (_delivery, _confirmed) = (delivery.Id, 0);
        }

        try
        {
            await ConnectAsync(cancellationToken);
            (string Topic, byte[] Payload)[] messages = MqttMessages.Of(delivery, _topics);
            for (; _confirmed < messages.Length; _confirmed++)
            {
                await PublishAsync(messages[_confirmed].Topic, messages[_confirmed].Payload, cancellationToken);
            }
        }
        catch (Exception failure) when (Refusal(failure) is { } refused)
        {
            throw new DeliveryException(isLasting: true, refused.Message, failure);
        }
        catch (Exception failure) when (failure is not DeliveryException && !cancellationToken.IsCancellationRequested)
        {
            throw new DeliveryException(isLasting: false, Describe(failure), failure);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        try
        {
            if (_client.IsConnected)
            {
                await _client.DisconnectAsync().WaitAsync(TimeSpan.FromSeconds(1));
            }
        }
        catch (Exception e)
            when (e is MqttCommunicationException or TimeoutException or OperationCanceledException or InvalidOperationException)
        {
            // The connection is ending by itself.
        }

        _client.Dispose();
    }

    private async Task ConnectAsync(CancellationToken cancellationToken)
    {
        if (_client.IsConnected)
        {
            return;
        }

        MqttClientConnectResult answer = await _client.ConnectAsync(_options, cancellationToken).WaitAsync(_timeout, cancellationToken);
        if (answer.ResultCode != MqttClientConnectResultCode.Success)
        {
            throw new DeliveryException(isLasting: false, $"The broker refused the connection ({answer.ResultCode}).");
        }
    }

    private async Task PublishAsync(string topic, byte[] payload, CancellationToken cancellationToken)
    {
        MqttApplicationMessage message = new MqttApplicationMessageBuilder()
            .WithTopic(topic).WithPayload(payload).WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce).Build();
        MqttClientPublishResult result = await _client.PublishAsync(message, cancellationToken).WaitAsync(_timeout, cancellationToken);
        if (!result.IsSuccess)
        {
            throw new DeliveryException(isLasting: false, $"The broker did not take the message ({result.ReasonCode}).");
        }
    }

    private static string Describe(Exception failure)
    {
        for (Exception? cause = failure; cause is not null; cause = cause.InnerException)
        {
            switch (cause)
            {
                case AuthenticationException:
                    return "No secure connection with the broker: its certificate must be for its name, and come from an authority "
                        + "that the machine trusts or that FaceGrid:Rules:Mqtt:CertificateAuthority names.";
                case SocketException { SocketErrorCode: not (SocketError.ConnectionReset or SocketError.ConnectionAborted) } socket:
                    return $"The broker could not be reached ({socket.SocketErrorCode}).";
            }
        }

        return $"The broker did not answer, or broke off ({failure.GetType().Name}).";
    }

    private static FaceGridException? Refusal(Exception? failure) =>
        failure is null or FaceGridException { Code: ErrorCodes.AddressNotAllowed }
            ? (FaceGridException?)failure
            : Refusal(failure.InnerException);

    private static X509Certificate2Collection? Authorities(string? file)
    {
        if (file is null)
        {
            return null;
        }

        var certificates = new X509Certificate2Collection();
        certificates.ImportFromPemFile(file);
        return certificates;
    }

    /// <summary>Connects only where it may; TLS comes on top.</summary>
    private sealed class CheckedStreams(AddressRules addresses) : IMqttClientStreamProvider
    {
        public async Task<Stream> ConnectAsync(EndPoint brokerEndPoint, CancellationToken cancellationToken) => brokerEndPoint switch
        {
            DnsEndPoint named => await addresses.ConnectAsync(named.Host, named.Port, cancellationToken),
            IPEndPoint ip => await addresses.ConnectAsync(ip.Address.ToString(), ip.Port, cancellationToken),
            _ => throw new NotSupportedException(brokerEndPoint.GetType().Name),
        };
    }
}
