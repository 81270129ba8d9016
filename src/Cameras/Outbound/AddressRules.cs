using System.Net;
using System.Net.Sockets;
using FaceGrid.Abstractions.Errors;
using Microsoft.Extensions.Options;

namespace FaceGrid.Cameras.Outbound;

/// <summary>
/// Decides which addresses the grid may connect to on behalf of a user of its API, so that nobody reaches the node's own services, or its
/// cloud's, by way of a camera or a webhook. The address of the connection counts: names are resolved once, and the connection goes to an
/// address that was checked, whatever the name says a moment later. Safe for concurrent use.
/// </summary>
public sealed class AddressRules
{
    /// <summary>How long a connection may take to be made. 5 s.</summary>
    public static readonly TimeSpan ConnectTime = TimeSpan.FromSeconds(5);

    private readonly AddressRange[] _allowed;
    private readonly Func<string, CancellationToken, Task<IPAddress[]>> _resolve;

    /// <summary>Reads the rules.</summary>
    /// <param name="options">What is allowed.</param>
    public AddressRules(IOptions<OutboundOptions> options)
        : this(options.Value, Dns.GetHostAddressesAsync)
    {
    }

    internal AddressRules(OutboundOptions options, Func<string, CancellationToken, Task<IPAddress[]>> resolve)
    {
        IEnumerable<string> entries = options.Allow.Count > 0 ? options.Allow : [OutboundOptions.Public, OutboundOptions.Private];
        _allowed = [.. entries.Select(entry =>
            AddressRange.Parse(entry) ?? throw new ArgumentException($"'{entry}' is no address range.", nameof(options)))];
        _resolve = resolve;
    }

    /// <summary>Whether an address may be connected to. An IPv6 address that stands for an IPv4 one is judged as that one.</summary>
    /// <param name="address">An IP address.</param>
    /// <returns>False when no entry of the list holds it.</returns>
    public bool Allows(IPAddress address)
    {
        IPAddress plain = AddressRange.Plain(address);
        return Array.Exists(_allowed, range => range.Contains(plain));
    }

    /// <summary>
    /// Says what is wrong with an address that a user gives, as far as that can be told without a network: names are looked up when they
    /// are connected to.
    /// </summary>
    /// <param name="address">The address as given.</param>
    /// <param name="schemes">Schemes that fit, in lower case.</param>
    /// <returns>A sentence that repeats nothing of the address but its IP; null when nothing is wrong.</returns>
    public string? Complaint(string address, params ReadOnlySpan<string> schemes)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out Uri? uri) || !schemes.Contains(uri.Scheme) || uri.Host.Length == 0)
        {
            return $"The address is not one of {string.Join(" or ", schemes.ToArray().Select(scheme => scheme + "://"))}host.";
        }

        if (uri.UserInfo.Length > 0)
        {
            return "The address holds a user name or password; there are members of their own for them.";
        }

        return IPAddress.TryParse(uri.IdnHost, out IPAddress? ip) && !Allows(ip) ? Refusal(ip.ToString())
            : IsLocalName(uri.IdnHost) && !Allows(IPAddress.Loopback) && !Allows(IPAddress.IPv6Loopback) ? Refusal("localhost")
            : null;
    }

    /// <summary>Looks a host up and keeps the addresses that are allowed.</summary>
    /// <param name="host">A name or an IP address.</param>
    /// <param name="cancellationToken">Stops waiting for the answer.</param>
    /// <returns>At least one address, in the order to be tried.</returns>
    /// <exception cref="FaceGridException"><see cref="ErrorCodes.AddressNotAllowed"/>: none of its addresses is.</exception>
    /// <exception cref="SocketException">The name is not known, or no name server answers.</exception>
    public async Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken)
    {
        IPAddress[] found = IPAddress.TryParse(host, out IPAddress? ip) ? [ip] : await _resolve(host, cancellationToken);
        IPAddress[] allowed = [.. found.Where(Allows)];
        return allowed.Length > 0 ? allowed
            : found.Length == 0 ? throw new SocketException((int)SocketError.HostNotFound)
            : throw new FaceGridException(ErrorCodes.AddressNotAllowed, Refusal(ip is null ? "the addresses of this name" : ip.ToString()));
    }

    /// <summary>Connects to the first allowed address of a host that takes the connection.</summary>
    /// <param name="host">A name or an IP address.</param>
    /// <param name="port">TCP port.</param>
    /// <param name="cancellationToken">Stops connecting; nothing stays open.</param>
    /// <returns>The connection, the caller's to dispose.</returns>
    /// <exception cref="FaceGridException"><see cref="ErrorCodes.AddressNotAllowed"/>.</exception>
    /// <exception cref="SocketException">No address takes it.</exception>
    public async Task<NetworkStream> ConnectAsync(string host, int port, CancellationToken cancellationToken)
    {
        IPAddress[] addresses = await ResolveAsync(host, cancellationToken);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Makes a handler for <see cref="HttpClient"/> that connects only where it may: it follows no redirects, asks no proxy, keeps no
    /// cookies, and connects by <see cref="ConnectAsync"/>. TLS is checked against the name in the address. A request to an address that is
    /// not allowed fails with an <see cref="HttpRequestException"/> around the refusal.
    /// </summary>
    /// <returns>The handler, the caller's to dispose.</returns>
    public SocketsHttpHandler CreateHandler() => new()
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        ConnectTimeout = ConnectTime,
        PooledConnectionLifetime = TimeSpan.FromMinutes(2), // Names may move.
        ConnectCallback = async (context, cancellationToken) =>
            await ConnectAsync(context.DnsEndPoint.Host, context.DnsEndPoint.Port, cancellationToken),
    };

    private static bool IsLocalName(string host)
    {
        string name = host.TrimEnd('.');
        return name.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || name.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase);
    }

    private static string Refusal(string what) =>
        $"FaceGrid may not connect to {what}: setting FaceGrid:Outbound:Allow of the nodes lists the allowed addresses.";
}
