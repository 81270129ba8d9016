using System.Net;
using System.Security.Cryptography;
using System.Text;
using FaceGrid.Gateway;
using FaceGrid.Gateway.Security;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
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

    [Theory]
    [InlineData("Recognise", "POST /v1/galleries/staff/identify", "POST /v1/galleries/other/people/a/verify", "POST /v1/detect", "POST /v1/embed", "POST /v1/compare")]
    [InlineData("Push", "POST /v1/cameras/door/frames")]
    [InlineData("Watch", "GET /v1/cameras", "GET /v1/cameras/door/view", "GET /v1/cameras/door/sightings", "GET /v1/sightings", "GET /v1/sightings/1")]
    [InlineData("Read", "GET /v1/galleries", "GET /v1/galleries/staff/people/a", "GET /v1/galleries/staff/people", "GET /v1/galleries/staff/report", "GET /v1/galleries/staff/migration")]
    [InlineData("Enrol", "PUT /v1/galleries/staff/people/a", "DELETE /v1/galleries/staff/people/a", "POST /v1/galleries/staff/people", "POST /v1/galleries/staff/people/a/faces", "POST /v1/galleries/staff/people/a/merge/b")]
    [InlineData("Monitor", "GET /metrics", "GET /v1/cluster")]
    [InlineData("Administer", "PUT /v1/galleries/staff", "DELETE /v1/galleries/staff", "POST /v1/galleries/staff/migration", "PUT /v1/cameras/door", "DELETE /v1/sightings/1", "GET /v1/rules", "PUT /v1/rules/r")]
    public async Task Permissions_OpenTheirRoutesAndNoOthers(string permission, params string[] routes)
    {
        string others = string.Join(',', Enum.GetNames<KeyPermission>().Where(name => name != permission));
        await using GatewayHost host = await GatewayHost.StartAsync([.. Key(0, "one", permission), .. Key(1, "rest", others)]);
        foreach (string route in routes)
        {
            (await StatusAsync(host, route, "one")).ShouldNotBeOneOf([HttpStatusCode.Forbidden, HttpStatusCode.Unauthorized], route);
            (await StatusAsync(host, route, "rest")).ShouldBe(HttpStatusCode.Forbidden, route);
        }
    }

    [Fact]
    public async Task Keys_OfGalleriesAndCameras_ReachTheseAlone()
    {
        string all = string.Join(',', Enum.GetNames<KeyPermission>().Where(name => name != nameof(KeyPermission.Administer)));
        await using GatewayHost host = await GatewayHost.StartAsync(
            [.. Key(0, "bound", all), ("Gateway:ApiKeys:0:Galleries:0", "staff"), ("Gateway:ApiKeys:0:Galleries:1", "guests"), ("Gateway:ApiKeys:0:Cameras:0", "door")]);
        foreach (string route in (string[])["POST /v1/galleries/staff/identify", "GET /v1/galleries/guests", "PUT /v1/galleries/guests/people/a", "GET /v1/cameras/door/view", "POST /v1/cameras/door/frames",
            "GET /v1/cameras/door/sightings", "GET /v1/sightings?gallery=staff", "GET /v1/sightings?camera=door", "POST /v1/detect", "GET /metrics", "GET /health/live", "GET /v1/nothing"])
        {
            (await StatusAsync(host, route, "bound")).ShouldNotBeOneOf([HttpStatusCode.Forbidden, HttpStatusCode.Unauthorized], route);
        }

        foreach (string route in (string[])["POST /v1/galleries/other/identify", "POST /v1/galleries/Staff/identify", "POST /v1/galleries/%73taff2/identify", "GET /v1/galleries", "GET /v1/cameras", "GET /v1/cameras/back/view",
            "POST /v1/cameras/back/frames", "GET /v1/sightings", "GET /v1/sightings?gallery=", "GET /v1/sightings?gallery=other", "GET /v1/sightings?gallery=staff&gallery=other", "GET /v1/events?camera=back", "GET /v1/sightings/1",
            "GET /v1/sightings?person=a", "DELETE /v1/cameras/door"])
        {
            (await StatusAsync(host, route, "bound")).ShouldBe(HttpStatusCode.Forbidden, route);
        }
    }

    [Fact]
    public async Task AKeyThatOnlyPushes_IsNotToldWhoIsInTheFrame()
    {
        await using GatewayHost host = await GatewayHost.StartAsync([.. Key(0, "push", "Push"), .. Key(1, "both", "Push,Watch")]);
        (await StatusAsync(host, "POST /v1/cameras/door/frames?wait=true", "push")).ShouldBe(HttpStatusCode.Forbidden);
        (await StatusAsync(host, "POST /v1/cameras/door/frames?wait=true", "both")).ShouldNotBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task EveryRouteOfTheApi_SaysWhatItNeeds()
    {
        await using GatewayHost host = await GatewayHost.StartAsync();
        RouteEndpoint[] silent = [.. host.App.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetMetadata<NeededPermission>() is null == endpoint.Metadata.GetMetadata<OpenEndpoint>() is null)];
        silent.Select(endpoint => endpoint.RoutePattern.RawText).ShouldBeEmpty();
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
    [InlineData("Gateway:ApiKeys:0:Permissions:0", "77", "there is no permission 77")]
    [InlineData("Gateway:ApiKeys:0:Galleries:0", "staff", "needs Permissions")]
    [InlineData("Gateway:ApiKeys:0:Cameras:0", "No Camera", "a camera's id is")]
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

    private static async Task<HttpStatusCode> StatusAsync(GatewayHost host, string route, string key)
    {
        string[] parts = route.Split(' ');
        using var request = new HttpRequestMessage(new HttpMethod(parts[0]), parts[1]);
        request.Headers.Add("X-Api-Key", key);
        using HttpResponseMessage response = await host.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        return response.StatusCode;
    }

    private static (string, string)[] Key(int index, string key, string permissions) =>
    [
        ($"Gateway:ApiKeys:{index}:Name", key), ($"Gateway:ApiKeys:{index}:Sha256", Hash(key)),
        .. permissions.Split(',').Select((permission, place) => ($"Gateway:ApiKeys:{index}:Permissions:{place}", permission)),
    ];

    private static IConfiguration Configuration(params (string Key, string Value)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(setting => new KeyValuePair<string, string?>(setting.Key, setting.Value))).Build();

    private static string Hash(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
}
