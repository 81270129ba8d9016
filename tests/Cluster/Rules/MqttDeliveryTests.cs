using System.Buffers;
using System.Collections.Concurrent;
using System.Text.Json;
using FaceGrid.Cameras.Outbound;
using FaceGrid.Cameras.Rules;
using FaceGrid.Cameras.Sightings;
using FaceGrid.Tests.Gateway;
using FaceGrid.Tests.Grid;
using FaceGrid.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Rules;

/// <summary>
/// Goal: who listens at a broker hears of every sighting that fits, once, also over an outage of the broker. Method: Debian's mosquitto, a
/// subscriber whose session the broker remembers, a silo and a gateway.
/// </summary>
public sealed class MqttDeliveryTests : IAsyncLifetime
{
    private readonly TemporaryDirectory _directory = new();
    private MosquittoServer _broker = null!;
    private GridCluster _grid = null!;
    private GatewayHost _gateway = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _broker = await MosquittoServer.CreateAsync();
        _grid = await GridCluster.StartAsync(
            _directory.Path,
            services: services =>
            {
                services.Configure<OutboundOptions>(options => options.Allow = ["loopback"]);
                services.Configure<RuleOptions>(
                    options =>
                    (options.TargetTimeout, options.Mqtt.Address) = (TimeSpan.FromMinutes(1), $"mqtt://127.0.0.1:{_broker.Port}"));
            });
        _gateway = await GatewayHost.StartAsync(_grid.Grains);
    }

    public async ValueTask DisposeAsync()
    {
        if (_grid is not null)
        {
            await _gateway.DisposeAsync();
            await _grid.DisposeAsync();
        }

        if (_broker is not null)
        {
            await _broker.DisposeAsync();
        }

        _directory.Dispose();
    }

    [Fact]
    public async Task Every_sighting_is_published_once_also_over_an_outage_of_the_broker()
    {
        ConcurrentQueue<(string Topic, JsonElement Payload)> heard = new();
        using IMqttClient subscriber = await SubscribeAsync(heard);
        await PutAsync("own", """{"mqtt":{"topics":{"facegrid":"facegrid"} } }""");
        await PutAsync("home", $$"""{"moments":["begun","ended"],"mqtt":{"broker":"mqtt://localhost:{{_broker.Port}}","topics":{"double-take":"double-take","frigate":"frigate"} } }""");
        await RecordAsync(1, 10);
        await Eventually.AssertAsync(() => Heard(heard, 10));

        await _broker.StopAsync();
        await RecordAsync(11, 30);
        await Eventually.AssertAsync(
            async () => (await _gateway.GetAsync("/v1/rules/own")).GetProperty("status")
            .GetProperty("failingSince").ValueKind.ShouldBe(JsonValueKind.String));
        await _broker.StartAsync();
        await subscriber.ReconnectAsync(Cancel);
        await RecordAsync(31, 40);
        await Eventually.AssertAsync(() => Heard(heard, 40));

        // Nothing more comes: what is told next is the next that is heard.
        await RecordAsync(41, 41);
        await Eventually.AssertAsync(() => Heard(heard, 41));
        heard.First(message => message.Topic == "double-take/matches/unknown").Payload.GetProperty("unknown").GetProperty("name")
            .GetString().ShouldBe("unknown");
        heard.ShouldNotContain(message => message.Topic.StartsWith("frigate/")); // Frigate tells of faces that have a name.
        foreach (string rule in (string[])["own", "home"])
        {
            await Eventually.AssertAsync(async () => // The subscriber has it before the rule knows that.
            {
                JsonElement status = (await _gateway.GetAsync("/v1/rules/" + rule)).GetProperty("status");
                (status.GetProperty("lag").GetInt64(), status.GetProperty("deadLetters").GetInt32()).ShouldBe((0, 0));
            });
        }
    }

    [Fact]
    public async Task What_is_wrong_with_a_broker_is_reported_in_words()
    {
        var certificates = new CertificateFiles(_directory.Path);
        int secure = NodeProcess.FreePort();
        await using MosquittoServer strict = await MosquittoServer.CreateAsync(
            $"allow_anonymous false\nlistener {secure} 127.0.0.1\ncertfile {certificates.Certificate}\nkeyfile {certificates.Key}");
        await PutAsync("stranger", $$"""{"mqtt":{"broker":"mqtt://localhost:{{strict.Port}}","userName":"grid","password":"guessed-it","topics":{"facegrid":"facegrid"} } }""");
        await PutAsync("distrustful", $$"""{"mqtt":{"broker":"mqtts://localhost:{{secure}}","topics":{"facegrid":"facegrid"} } }""");
        await PutAsync("nowhere", """{"mqtt":{"broker":"mqtt://localhost:1","topics":{"facegrid":"facegrid"} } }""");
        await RecordAsync(1, 1);
        await ErrorAsync("stranger", "The broker refused the connection (NotAuthorized).");
        await ErrorAsync("distrustful", "No secure connection with the broker: its certificate must be");
        await ErrorAsync("nowhere", "The broker could not be reached (ConnectionRefused).");
    }

    private Task ErrorAsync(string rule, string error) => Eventually.AssertAsync(async () =>
        ((await _gateway.GetAsync($"/v1/rules/{rule}")).GetProperty("status").TryGetProperty("lastError", out JsonElement last)
            ? last.ToString() : "").ShouldStartWith(error));

    private static Task Heard(ConcurrentQueue<(string Topic, JsonElement Payload)> heard, int count)
    {
        string[] ids = [.. Enumerable.Range(1, count).Select(Visits.Id)];
        heard.Where(message => message.Topic == "facegrid/sightings/door")
            .Select(message => message.Payload.GetProperty("sighting").GetProperty("id").GetString()).ShouldBe(ids);
        heard.Where(message => message.Topic == "double-take/matches/unknown")
            .Select(message => message.Payload.GetProperty("id").GetString()).ShouldBe(ids);
        heard.Where(message => message.Topic == "double-take/cameras/door").Select(message => message.Payload.GetProperty("id").GetString())
            .ShouldBe(ids);
        return Task.CompletedTask;
    }

    private async Task<IMqttClient> SubscribeAsync(ConcurrentQueue<(string Topic, JsonElement Payload)> heard)
    {
        IMqttClient subscriber = new MqttClientFactory().CreateMqttClient();
        subscriber.ApplicationMessageReceivedAsync += received =>
        {
            heard.Enqueue(
                (received.ApplicationMessage.Topic,
                JsonSerializer.Deserialize<JsonElement>(received.ApplicationMessage.Payload.ToArray())));
            return Task.CompletedTask;
        };
        await subscriber.ConnectAsync(
            new MqttClientOptionsBuilder().WithTcpServer("127.0.0.1", _broker.Port).WithClientId("subscriber").WithCleanSession(false)
                .WithProtocolVersion(MqttProtocolVersion.V311).Build(), Cancel);
        await subscriber.SubscribeAsync("#", MqttQualityOfServiceLevel.AtLeastOnce, Cancel);
        return subscriber;
    }

    private async Task RecordAsync(int first, int last)
    {
        for (int i = first; i <= last; i++)
        {
            await _grid.Service<ISightingLog>().RecordAsync(Visits.Unknown(i), null, Cancel);
        }
    }

    private async Task PutAsync(string rule, string json)
    {
        (int status, JsonElement body) = await _gateway.PutAsync($"/v1/rules/{rule}", GatewayHost.Json(json));
        status.ShouldBe(201, body.GetRawText());
    }
}
