using System.Net;

namespace FaceGrid.Gateway;

/// <summary>
/// Keeps an open gateway off the network: without API keys only loopback addresses may be bound. The first of these that is set gives the
/// addresses: <c>Kestrel:Endpoints</c>, <c>FaceGrid:Url</c>, <c>urls</c> (<c>--urls</c>, <c>ASPNETCORE_URLS</c>), <c>http_ports</c> with
/// <c>https_ports</c>. When none is set, the address is <see cref="DefaultUrl"/>.
/// </summary>
public static class GatewayAddressPolicy
{
    /// <summary>The address when none is configured.</summary>
    public const string DefaultUrl = "http://127.0.0.1:8080";

    /// <summary>Lists the addresses that the configuration asks for.</summary>
    /// <param name="configuration">The host's configuration.</param>
    /// <returns>At least one address, as <c>scheme://host:port</c>.</returns>
    public static IReadOnlyList<string> AddressesOf(IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        string[] endpoints =
        [
            .. configuration.GetSection("Kestrel:Endpoints").GetChildren()
                .Select(endpoint => endpoint["Url"] ?? "")
                .Where(url => url.Length > 0),
        ];
        if (endpoints.Length > 0)
        {
            return endpoints;
        }

        string[] urls = Split(configuration["FaceGrid:Url"]);
        urls = urls.Length > 0 ? urls : Split(configuration["urls"]);
        if (urls.Length > 0)
        {
            return urls;
        }

        urls =
        [
            .. Split(configuration["http_ports"]).Select(port => "http://*:" + port),
            .. Split(configuration["https_ports"]).Select(port => "https://*:" + port),
        ];
        return urls.Length > 0 ? urls : [DefaultUrl];
    }

    /// <summary>Refuses a configuration that would open the gateway to the network without keys.</summary>
    /// <param name="configuration">The host's configuration.</param>
    /// <exception cref="InvalidOperationException">
    /// An address is not loopback and no API key is configured; the message names the fix.
    /// </exception>
    public static void Check(IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        Check(AddressesOf(configuration), configuration.GetSection(GatewayOptions.Section + ":ApiKeys").GetChildren().Any());
    }

    /// <summary>Refuses addresses that would open the gateway to the network without keys.</summary>
    /// <param name="addresses">Addresses as <c>scheme://host:port</c>.</param>
    /// <param name="hasKeys">True when at least one API key is configured.</param>
    /// <exception cref="InvalidOperationException">An address is not loopback and there is no key; the message names the fix.</exception>
    public static void Check(IEnumerable<string> addresses, bool hasKeys)
    {
        ArgumentNullException.ThrowIfNull(addresses);
        string? open = hasKeys ? null : addresses.FirstOrDefault(address => !IsLoopback(address));
        if (open is not null)
        {
            throw new InvalidOperationException(
                $"The gateway does not listen on {open} without API keys, because everybody on the network could read and change the "
                    + $"gallery. Either configure a key ({GatewayOptions.Section}:ApiKeys:0:Name and "
                    + $"{GatewayOptions.Section}:ApiKeys:0:Sha256, the SHA-256 of the key in hex) "
                    + $"or listen on this machine only (--urls {DefaultUrl}).");
        }
    }

    internal static bool IsLoopbackHost(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out IPAddress? address) && IPAddress.IsLoopback(address));

    private static bool IsLoopback(string address)
    {
        BindingAddress parsed = BindingAddress.Parse(address);
        return parsed.IsUnixPipe || parsed.IsNamedPipe || IsLoopbackHost(parsed.Host);
    }

    private static string[] Split(string? list) =>
        (list ?? "").Split([';', ','], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
