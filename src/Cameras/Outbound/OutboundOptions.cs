namespace FaceGrid.Cameras.Outbound;

/// <summary>
/// Addresses that this grid may connect to when a user of its API names them: cameras, webhooks, brokers of rules. Section
/// <c>FaceGrid:Outbound</c>.
/// </summary>
public sealed class OutboundOptions
{
    /// <summary>The words that <see cref="Allow"/> understands besides networks.</summary>
    public const string Public = "public", Private = "private", Loopback = "loopback", LinkLocal = "link-local";

    /// <summary>
    /// Allowed addresses: <c>public</c> (addresses of the internet), <c>private</c> (10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, fc00::/7,
    /// where most cameras and home servers are), <c>loopback</c>, <c>link-local</c>, and networks such as <c>10.20.0.0/16</c> or single
    /// addresses. Empty, the default, means public and private. None of the words covers the addresses at which clouds give a machine its
    /// secrets; only a network that holds them allows them.
    /// </summary>
    public IList<string> Allow { get; set; } = [];
}
