using System.Buffers;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using FaceGrid.Tests.Support;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Cameras;

/// <summary>
/// Goal: who was away hears of every sighting once when they are back. Method: a real node that is shown a real clip again and again, a
/// webhook that first hangs and then is gone, and Debian's mosquitto with TLS and a password, whose subscriber goes and which then ends
/// itself. Seconds that they are away: <c>FACEGRID_OUTAGE_SECONDS</c>, default 4.
/// </summary>
public sealed class OutageTests(ITestOutputHelper output)
{
    private const string User = "grid", Password = "p4ss w&rd";

    private static readonly double Outage = double.TryParse(
        Environment.GetEnvironmentVariable("FACEGRID_OUTAGE_SECONDS"), CultureInfo.InvariantCulture, out double given) ? given : 4;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Consumers_that_were_away_hear_of_every_sighting_once()
    {
        byte[][] frames = await Clips.FramesAsync(Clips.Airliner, 5);
        using var directory = new TemporaryDirectory();
        var certificates = new CertificateFiles(directory.Path);
        await using MosquittoServer broker = await BrokerAsync(directory.Path, certificates);
        var told = new ConcurrentQueue<string>();
        using IMqttClient subscriber = await SubscribeAsync(broker, certificates, told);
        int port = NodeProcess.FreePort();
        WebhookReceiver receiver = await WebhookReceiver.StartAsync(port);
        await using NodeProcess node = await NodeProcess.StartAsync(
            Path.Combine(directory.Path, "data"),
            ("FACEGRID_MODELS", TestData.Models),
            ("FaceGrid__Vision__Detector", "yunet-n"),
            ("FaceGrid__Vision__Embedder", "mobilefacenet-foamliu-128"),
            ("FaceGrid__Outbound__Allow__0", "loopback"),
            ("FaceGrid__Rules__TargetTimeout", "00:00:05"),
            ("FaceGrid__Rules__Mqtt__Address", $"mqtts://localhost:{broker.Port}"),
            ("FaceGrid__Rules__Mqtt__UserName", User),
            ("FaceGrid__Rules__Mqtt__Password", Password),
            ("FaceGrid__Rules__Mqtt__CertificateAuthority", certificates.Authority));
        await PutAsync(node, "cameras/cabin", new { });
        await PutAsync(
            node, "rules/hook", new { moments = (string[])["begun", "ended"], webhook = new { url = $"http://127.0.0.1:{port}/hook" } });
        await PutAsync(
            node, "rules/broker", new { moments = (string[])["begun", "ended"], mqtt = new { topics = new { facegrid = "facegrid" } } });

        // All is well.
        int visit = 0;
        await VisitAsync(node, frames, visit++);
        await Eventually.AssertAsync(() => Done(() => (receiver.Taken.IsEmpty || told.IsEmpty).ShouldBeFalse()));
        await UntilToldAsync(node); // A subscriber who leaves between a message and its acknowledgement gets it twice, as MQTT has it.

        // The webhook hangs, and the subscriber has gone.
        receiver.Answer = static async (_, gone) =>
        {
            await Task.Delay(Timeout.Infinite, gone).ContinueWith(static _ => { }, TaskScheduler.Default);
            return 500;
        };
        await subscriber.DisconnectAsync(new MqttClientDisconnectOptions(), Cancel);
        long start = Stopwatch.GetTimestamp();
        await VisitAsync(node, frames, visit++); // Ends the visits before.
        await ErrorAsync(node, "hook", "did not answer within 5 s");

        // The webhook and the broker are gone.
        List<string> taken = [.. receiver.Taken.Select(NameOf)];
        await receiver.DisposeAsync();
        await broker.StopAsync();
        do
        {
            await VisitAsync(node, frames, visit++);
            await Task.Delay(TimeSpan.FromSeconds(Outage / 20), Cancel); // The rhythm of an outage, not a wait for anything.
        }
        while (Stopwatch.GetElapsedTime(start).TotalSeconds < Outage);
        await ErrorAsync(node, "hook", "could not be reached (ConnectionError)");
        await ErrorAsync(node, "broker", "could not be reached (ConnectionRefused)");

        // Both are back; then the subscriber is.
        await broker.StartAsync();
        receiver = await WebhookReceiver.StartAsync(port);
        await PutAsync(node, "cameras/cabin", new { enabled = false });
        await UntilToldAsync(node);
        (await subscriber.ConnectAsync(subscriber.Options, Cancel)).IsSessionPresent.ShouldBeTrue();
        string[] expected =
            [.. (await SightingsAsync(node)).SelectMany(id => (string[])[$"{id} begun", $"{id} ended"]).Order(StringComparer.Ordinal)];
        expected.Length.ShouldBeGreaterThanOrEqualTo(4 * visit);
        await Eventually.AssertAsync(() => Done(() => told.Count.ShouldBeGreaterThanOrEqualTo(expected.Length)));
        taken.AddRange(receiver.Taken.Select(NameOf));
        await receiver.DisposeAsync();
        output.WriteLine(
            $"{visit} showings, away for {Outage} s: {expected.Length} messages, {taken.Count} by webhook, {told.Count} by MQTT");
        taken.Order(StringComparer.Ordinal).ShouldBe(expected);
        told.Order(StringComparer.Ordinal).ShouldBe(expected);
    }

    /// <summary>Waits until both rules have told everything.</summary>
    private static async Task UntilToldAsync(NodeProcess node)
    {
        foreach (string rule in (string[])["hook", "broker"])
        {
            await Eventually.AssertAsync(
                async () =>
                {
                    JsonElement status = (await node.SendAsync(HttpMethod.Get, $"/v1/rules/{rule}")).Body.GetProperty("status");
                    (status.GetProperty("lag").GetInt64(), status.GetProperty("deadLetters").GetInt32()).ShouldBe((0, 0), rule);
                },
                seconds: 120); // They come back to it at their own pace, up to a minute and a half after a long outage.
        }
    }

    /// <summary>Shows the clip's beginning, a minute after the last time.</summary>
    private static async Task VisitAsync(NodeProcess node, byte[][] frames, int visit)
    {
        for (int frame = 0; frame < 8; frame++)
        {
            string at = DateTimeOffset.UnixEpoch.AddMinutes(visit).AddSeconds(0.2 * frame)
                .ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
            (int status, string body) = await Portraits.PostAsync(node, $"/v1/cameras/cabin/frames?wait=true&at={at}", frames[frame]);
            status.ShouldBe(200, body);
        }

        // Of a visit that is over before it was written down there would be no word but the last.
        await Eventually.AssertAsync(
            async () => (await node.SendAsync(HttpMethod.Get, "/v1/cameras/cabin")).Body.GetProperty("status").GetProperty("sightings")
            .GetProperty("waiting").GetInt32().ShouldBe(0));
    }

    private static async Task<string[]> SightingsAsync(NodeProcess node)
    {
        JsonElement page = (await node.SendAsync(HttpMethod.Get, "/v1/sightings?limit=1000")).Body;
        page.TryGetProperty("next", out JsonElement next).ShouldBe(next.ValueKind == JsonValueKind.Null);
        return [.. page.GetProperty("sightings").EnumerateArray().Select(sighting => sighting.GetProperty("id").GetString()!)];
    }

    private static Task ErrorAsync(NodeProcess node, string rule, string error) => Eventually.AssertAsync(async () =>
    {
        JsonElement status = (await node.SendAsync(HttpMethod.Get, $"/v1/rules/{rule}")).Body.GetProperty("status");
        (status.TryGetProperty("lastError", out JsonElement last) ? last.ToString() : "").ShouldContain(error);
    });

    private static string NameOf((JsonElement Message, byte[] Body, Microsoft.AspNetCore.Http.IHeaderDictionary Headers) taken) =>
        NameOf(taken.Message);

    private static string NameOf(JsonElement message) =>
        $"{message.GetProperty("sighting").GetProperty("id").GetString()} {message.GetProperty("moment").GetString()}";

    private static async Task<MosquittoServer> BrokerAsync(string directory, CertificateFiles certificates)
    {
        string passwords = Path.Combine(directory, "passwords");
        using (Process made = Process.Start("mosquitto_passwd", ["-b", "-c", passwords, User, Password]))
        {
            await made.WaitForExitAsync(Cancel);
            made.ExitCode.ShouldBe(0);
        }

        return await MosquittoServer.CreateAsync(
            $"certfile {certificates.Certificate}\nkeyfile {certificates.Key}\npassword_file {passwords}\nallow_anonymous false");
    }

    private static async Task<IMqttClient> SubscribeAsync(
        MosquittoServer broker, CertificateFiles certificates, ConcurrentQueue<string> told)
    {
        IMqttClient subscriber = new MqttClientFactory().CreateMqttClient();
        subscriber.ApplicationMessageReceivedAsync += received =>
        {
            told.Enqueue(NameOf(JsonSerializer.Deserialize<JsonElement>(received.ApplicationMessage.Payload.ToArray())));
            return Task.CompletedTask;
        };
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPemFile(certificates.Authority);
        await subscriber.ConnectAsync(
            new MqttClientOptionsBuilder().WithTcpServer("localhost", broker.Port).WithClientId("subscriber").WithCleanSession(false)
                .WithProtocolVersion(MqttProtocolVersion.V311).WithCredentials(User, Password)
                .WithTlsOptions(
                    tls => tls.UseTls().WithTargetHost("localhost").WithTrustChain(authorities)
                    .WithRevocationMode(X509RevocationMode.NoCheck)).Build(),
            Cancel);
        await subscriber.SubscribeAsync("facegrid/#", MqttQualityOfServiceLevel.AtLeastOnce, Cancel);
        return subscriber;
    }

    private static async Task PutAsync(NodeProcess node, string path, object body)
    {
        (HttpStatusCode status, JsonElement answer) = await node.SendAsync(HttpMethod.Put, $"/v1/{path}", body);
        status.ShouldBeOneOf([HttpStatusCode.Created, HttpStatusCode.OK], answer.ToString());
    }

    private static Task Done(Action assertion)
    {
        assertion();
        return Task.CompletedTask;
    }
}
