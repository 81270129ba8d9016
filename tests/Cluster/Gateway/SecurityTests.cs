using System.Net;
using System.Security.Cryptography;
using System.Text;
using FaceGrid.Gateway;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Gateway;

/// <summary>Who may come in, and where the door is.</summary>
public sealed class SecurityTests
{
    private static readonly (string, string)[] Keys =
    [
        ("Gateway:ApiKeys:0:Name", "first"), ("Gateway:ApiKeys:0:Sha256", Hash("alpha")),
        ("Gateway:ApiKeys:1:Name", "second"), ("Gateway:ApiKeys:1:Sha256", Hash("beta").ToUpperInvariant()),
    ];

    [Fact]
    public async Task Keys_GuardTheApiAndTheMetrics()
    {
        await using GatewayHost host = await GatewayHost.StartAsync(Keys);
        foreach (string path in (string[])["/v1/galleries", "/V1/galleries", "/metrics", "/v1/nothing"])
        {
            (await StatusAsync(host, path, null, null)).ShouldBe(HttpStatusCode.Unauthorized, path);
            (await StatusAsync(host, path, "X-Api-Key", "wrong")).ShouldBe(HttpStatusCode.Unauthorized, path);
        }

        (await StatusAsync(host, "/v1/galleries", "X-Api-Key", "alpha")).ShouldBe(HttpStatusCode.OK);
        (await StatusAsync(host, "/v1/galleries", "Authorization", "Bearer beta")).ShouldBe(HttpStatusCode.OK);
        (await StatusAsync(host, "/metrics", "Authorization", "bearer alpha")).ShouldBe(HttpStatusCode.OK);
        foreach (string path in (string[])["/", "/health/live", "/health/ready", "/docs/", "/openapi/v1.json"])
        {
            (await StatusAsync(host, path, null, null)).ShouldBe(HttpStatusCode.OK, path);
        }

        host.Log.Lines.ShouldNotContain(line => line.Text.Contains("alpha", StringComparison.Ordinal) || line.Text.Contains("beta", StringComparison.Ordinal));
    }

    [Fact]
    public async Task WithoutKeys_ForeignPagesAndNamesAreRefused()
    {
        await using GatewayHost host = await GatewayHost.StartAsync();
        (await StatusAsync(host, "/v1/galleries", "Origin", "https://evil.example")).ShouldBe(HttpStatusCode.Unauthorized);
        (await StatusAsync(host, "/v1/galleries", "Host", "evil.example")).ShouldBe(HttpStatusCode.Unauthorized);
        (await StatusAsync(host, "/v1/galleries", "Origin", host.Client.BaseAddress!.ToString().TrimEnd('/'))).ShouldBe(HttpStatusCode.OK);
        (await StatusAsync(host, "/v1/galleries", "Host", $"localhost:{host.Client.BaseAddress.Port}")).ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("FaceGrid:Url", "http://127.0.0.1:8080", true)]
    [InlineData("urls", "http://localhost:8080;https://[::1]:8443", true)]
    [InlineData("urls", "http://127.0.0.1:1;http://0.0.0.0:8080", false)]
    [InlineData("urls", "http://*:8080", false)]
    [InlineData("urls", "http://[::]:8080", false)]
    [InlineData("urls", "http://faces.example:8080", false)]
    [InlineData("FaceGrid:Url", "http://192.168.1.4:8080", false)]
    [InlineData("http_ports", "8080", false)]
    [InlineData("Kestrel:Endpoints:Http:Url", "http://0.0.0.0:8080", false)]
    [InlineData("Other", "", true)]
    public void Addresses_WithoutKeys_MustBeLoopback(string key, string value, bool allowed)
    {
        IConfiguration open = Configuration((key, value));
        if (allowed)
        {
            GatewayAddressPolicy.Check(open);
        }
        else
        {
            Should.Throw<InvalidOperationException>(() => GatewayAddressPolicy.Check(open)).Message.ShouldContain("FaceGrid:Gateway:ApiKeys:0:Sha256");
        }

        GatewayAddressPolicy.Check(Configuration((key, value), ("FaceGrid:Gateway:ApiKeys:0:Name", "x")));
    }

    [Fact]
    public async Task Host_OnAnOpenAddressWithoutKeys_DoesNotStart() =>
        (await Should.ThrowAsync<InvalidOperationException>(() => GatewayHost.StartAsync(("Url", "http://0.0.0.0:0")))).Message.ShouldContain("API keys");

    [Theory]
    [InlineData("Gateway:ConcurrencyMax", "0", "ConcurrencyMax")]
    [InlineData("Gateway:ImageBytesMax", "1", "ImageBytesMax")]
    [InlineData("Gateway:Deadline", "00:00:00", "Deadline")]
    [InlineData("Gateway:ApiKeys:0:Sha256", "short", "ApiKeys:0")]
    public async Task Options_OutOfRange_AreRefusedAtStart(string key, string value, string named) =>
        (await Should.ThrowAsync<OptionsValidationException>(() => GatewayHost.StartAsync((key, value)))).Message.ShouldContain(named);

    [Fact]
    public async Task Options_UnknownKey_IsRefusedAtStart() =>
        (await Should.ThrowAsync<InvalidOperationException>(() => GatewayHost.StartAsync(("Gateway:ImageByteMax", "5")))).Message.ShouldContain("ImageByteMax");

    private static async Task<HttpStatusCode> StatusAsync(GatewayHost host, string path, string? header, string? value)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (header is not null)
        {
            request.Headers.TryAddWithoutValidation(header, value);
        }

        using HttpResponseMessage response = await host.Client.SendAsync(request);
        return response.StatusCode;
    }

    private static IConfiguration Configuration(params (string Key, string Value)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(setting => new KeyValuePair<string, string?>(setting.Key, setting.Value))).Build();

    private static string Hash(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
}
