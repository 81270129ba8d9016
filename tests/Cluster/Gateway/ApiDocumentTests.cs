using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.RegularExpressions;
using FaceGrid.Abstractions.Errors;
using FaceGrid.Gateway.Problems;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Gateway;

/// <summary>docs/api.md is the contract: its tables and the code say the same.</summary>
public sealed partial class ApiDocumentTests
{
    [Fact]
    public async Task Routes_AreTheOnesOfTheDocument()
    {
        await using GatewayHost host = await GatewayHost.StartAsync();
        string[] mapped = [.. host.App.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Select(endpoint => (Method: endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods[0] ?? "GET", Path: "/" + endpoint.RoutePattern.RawText!.Trim('/')))
            .Where(route => !route.Path.StartsWith("/docs", StringComparison.Ordinal))
            .Select(route => $"{route.Method} {route.Path.Replace("{documentName}", "v1", StringComparison.Ordinal)}")
            .Append("GET /docs").Distinct().Order(StringComparer.Ordinal)];

        mapped.ShouldBe(DocumentedRoutes());
    }

    [Fact]
    public async Task OpenApi_DescribesTheRoutesOfTheDocument()
    {
        await using GatewayHost host = await GatewayHost.StartAsync();
        JsonElement openApi = await host.GetAsync("/openapi/v1.json");
        string[] described = [.. openApi.GetProperty("paths").EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject(), (path, method) => $"{method.Name.ToUpperInvariant()} {path.Name}")
            .Order(StringComparer.Ordinal)];

        // The other routes of the document are pages, metrics and this description itself.
        described.ShouldBe(DocumentedRoutes().Where(route => route.Split(' ')[1] is var path
            && (path.StartsWith("/v1/", StringComparison.Ordinal) || path.StartsWith("/health/", StringComparison.Ordinal))));
        openApi.GetProperty("components").GetProperty("schemas").TryGetProperty("IdentifiedBody", out _).ShouldBeTrue();
    }

    [Fact]
    public void Problems_AreTheOnesOfTheDocument()
    {
        string[] documented = [.. Section("## Problems").Split('\n').Select(line => ProblemRow().Match(line)).Where(match => match.Success && match.Groups["status"].Value != "405")
            .SelectMany(match => Code().Matches(match.Groups["codes"].Value).Select(code => $"{match.Groups["status"].Value} {code.Groups["code"].Value}"))
            .Order(StringComparer.Ordinal)];
        ProblemCatalog.Entries.Select(entry => $"{entry.Value.Status} {entry.Key}").Order(StringComparer.Ordinal).ShouldBe(documented);
    }

    [Fact]
    public void Problems_CoverEveryErrorCode()
    {
        IEnumerable<string> codes = typeof(ErrorCodes).GetFields().Select(field => (string)field.GetRawConstantValue()!);
        ProblemCatalog.Entries.Keys.ShouldBe(codes, ignoreOrder: true);
    }

    private static string[] DocumentedRoutes() => [.. RouteRow().Matches(Section("## Routes"))
        .Select(match => $"{match.Groups["method"].Value} {match.Groups["path"].Value.Split('?')[0]}")
        .Distinct().Order(StringComparer.Ordinal)];

    private static string Section(string heading, [CallerFilePath] string here = "")
    {
        string text = File.ReadAllText(Path.Combine(Path.GetDirectoryName(here)!, "../../../docs/api.md"));
        int start = text.IndexOf(heading, StringComparison.Ordinal);
        int end = text.IndexOf("\n## ", start + 1, StringComparison.Ordinal);
        return end < 0 ? text[start..] : text[start..end];
    }

    [GeneratedRegex("`(?<method>GET|PUT|POST|DELETE) (?<path>/[^`]*)`", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex RouteRow();

    [GeneratedRegex(@"^\| (?<status>\d{3}) \| (?<codes>.*) \|$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ProblemRow();

    [GeneratedRegex("`(?<code>[a-z-]+)`", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Code();
}
