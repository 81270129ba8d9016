namespace FaceGrid.Cameras.Outbound;

/// <summary>Where this grid may connect to when somebody who uses its API names the address: cameras, webhooks, brokers of rules. Section <c>FaceGrid:Outbound</c>.</summary>
public sealed class OutboundOptions
{
    /// <summary>The words that <see cref="Allow"/> understands besides networks.</summary>
    public const string Public = "public", Private = "private", Loopback = "loopback", LinkLocal = "link-local";

    /// <summary>
    /// What may be connected to: <c>public</c> (addresses of the internet), <c>private</c> (10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, fc00::/7, where most cameras and home servers live), <c>loopback</c>,
    /// <c>link-local</c>, and networks such as <c>10.20.0.0/16</c> or single addresses. Empty, the default, means public and private. The addresses at which clouds tell a machine its
    /// secrets are in none of the words; only a network that holds them allows them.
    /// </summary>
    public IList<string> Allow { get; set; } = [];
}
