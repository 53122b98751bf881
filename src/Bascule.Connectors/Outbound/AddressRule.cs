using System.Net;
using System.Net.Sockets;

namespace Bascule.Connectors.Outbound;

/// <summary>
/// Addresses that no configured connection may reach (THREATS T78). Private and loopback addresses are allowed: self-hosted servers live there.
/// </summary>
internal static class AddressRule
{
    /// <summary>Cloud metadata services outside link-local: AWS over IPv6, Azure's host agent, Alibaba and Oracle.</summary>
    private static readonly IPAddress[] Metadata =
    [
        IPAddress.Parse("fd00:ec2::254"),
        IPAddress.Parse("168.63.129.16"),
        IPAddress.Parse("100.100.100.200"),
        IPAddress.Parse("192.0.0.192"),
    ];

    private static readonly IPNetwork[] Refused =
    [
        IPNetwork.Parse("0.0.0.0/8"),
        IPNetwork.Parse("169.254.0.0/16"),
        IPNetwork.Parse("224.0.0.0/4"),
        IPNetwork.Parse("240.0.0.0/4"), // reserved; its last address is broadcast
        IPNetwork.Parse("fe80::/10"),
        IPNetwork.Parse("ff00::/8"),
    ];

    private static readonly IPNetwork Nat64 = IPNetwork.Parse("64:ff9b::/96"); // RFC 6052
    private static readonly IPNetwork Nat64Local = IPNetwork.Parse("64:ff9b:1::/48"); // RFC 8215
    private static readonly IPNetwork SixToFour = IPNetwork.Parse("2002::/16"); // RFC 3056
    private static readonly IPNetwork Compatible = IPNetwork.Parse("::/96"); // RFC 4291 2.5.5.1

    public static bool Refuses(IPAddress address)
    {
        if (address.AddressFamily == AddressFamily.InterNetworkV6)
        {
            if (IPAddress.IPv6Any.Equals(address) || Nat64Local.Contains(address))
                return true;
            if (!IPAddress.IPv6Loopback.Equals(address) && Embedded(address) is { } inner)
                return Refuses(inner);
        }
        var plain = WithoutScope(address);
        return Metadata.Contains(plain) || Refused.Any(network => network.Contains(plain));
    }

    /// <summary>The IPv4 address that a translated form would end up at.</summary>
    private static IPAddress? Embedded(IPAddress address)
    {
        var bytes = address.GetAddressBytes();
        if (address.IsIPv4MappedToIPv6 || Nat64.Contains(address) || Compatible.Contains(address))
            return new IPAddress(bytes.AsSpan(12, 4));
        return SixToFour.Contains(address) ? new IPAddress(bytes.AsSpan(2, 4)) : null;
    }

    private static IPAddress WithoutScope(IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetworkV6 ? new IPAddress(address.GetAddressBytes()) : address;
}
