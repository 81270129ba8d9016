using System.Net;
using System.Net.Sockets;

namespace FaceGrid.Cameras.Outbound;

/// <summary>One entry of <see cref="OutboundOptions.Allow"/>.</summary>
/// <remarks>
/// Special ranges: https://www.iana.org/assignments/iana-ipv4-special-registry and
/// https://www.iana.org/assignments/iana-ipv6-special-registry.
/// </remarks>
internal abstract class AddressRange
{
    private static readonly IPNetwork[] PrivateNetworks = Networks("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7");
    private static readonly IPNetwork[] LoopbackNetworks = Networks("127.0.0.0/8", "::1/128");
    private static readonly IPNetwork[] LinkLocalNetworks = Networks("169.254.0.0/16", "fe80::/10");

    // Global IPv6 addresses lie in 2000::/3. 2001::/23 holds Teredo and other tunnels, 2002::/16 is 6to4: both carry an IPv4 address that a
    // stranger may choose.
    private static readonly IPNetwork[] NotPublic = Networks(
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
        "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
        "::/3", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "4000::/2", "8000::/1");

    // Addresses at which a machine asks its cloud for keys: AWS, Azure, Google and most others (169.254.169.254, fd00:ec2::254), AWS for
    // containers (169.254.170.2, .23 and fd00:ec2::23), Azure's host (168.63.129.16), Alibaba (100.100.100.200), Oracle (192.0.0.192).
    private static readonly HashSet<IPAddress> Metadata = Addresses(
        "169.254.169.254", "169.254.170.2", "169.254.170.23", "fd00:ec2::254", "fd00:ec2::23", "168.63.129.16", "100.100.100.200",
        "192.0.0.192");

    private static readonly IPNetwork Translated = IPNetwork.Parse("64:ff9b::/96");

    /// <summary>Reads an entry; null when it is neither a known word, a network nor an address.</summary>
    public static AddressRange? Parse(string entry) => entry switch
    {
        OutboundOptions.Public => new Word(static address => !InAny(NotPublic, address)),
        OutboundOptions.Private => new Word(static address => InAny(PrivateNetworks, address)),
        OutboundOptions.Loopback => new Word(static address => InAny(LoopbackNetworks, address)),
        OutboundOptions.LinkLocal => new Word(static address => InAny(LinkLocalNetworks, address)),
        _ when IPNetwork.TryParse(entry, out IPNetwork network) => HasBitsBehindPrefix(entry, network) ? null : new Network(network),
        _ when IPAddress.TryParse(entry, out IPAddress? one) => new Network(One(one)),
        _ => null,
    };

    /// <summary>Whether an address, <see cref="Plain"/>, belongs to it.</summary>
    public abstract bool Contains(IPAddress address);

    /// <summary>
    /// The IPv4 address that an IPv6 one stands for (mapped, or translated by NAT64), else the address itself, without its zone.
    /// </summary>
    public static IPAddress Plain(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return address;
        }

        var plain = new IPAddress(address.GetAddressBytes());
        return plain.IsIPv4MappedToIPv6 ? plain.MapToIPv4()
            : Translated.Contains(plain) ? new IPAddress(plain.GetAddressBytes()[12..])
            : plain;
    }

    // Nobody knows what such an entry means.
    private static bool HasBitsBehindPrefix(string entry, IPNetwork network) =>
        !IPAddress.Parse(entry[..entry.IndexOf('/', StringComparison.Ordinal)]).Equals(network.BaseAddress);

    private static IPNetwork One(IPAddress address) => new(address, address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128);

    private static HashSet<IPAddress> Addresses(params string[] addresses) => [.. addresses.Select(IPAddress.Parse)];

    private static IPNetwork[] Networks(params string[] networks) => [.. networks.Select(network => IPNetwork.Parse(network))];

    private static bool InAny(IPNetwork[] networks, IPAddress address) => Array.Exists(networks, network => network.Contains(address));

    private sealed class Word(Func<IPAddress, bool> covers) : AddressRange
    {
        public override bool Contains(IPAddress address) => covers(address) && !Metadata.Contains(address);
    }

    private sealed class Network(IPNetwork network) : AddressRange
    {
        public override bool Contains(IPAddress address) => network.Contains(address);
    }
}
