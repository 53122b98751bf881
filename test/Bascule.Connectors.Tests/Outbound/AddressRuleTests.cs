using System.Net;
using Bascule.Connectors.Outbound;

namespace Bascule.Connectors.Tests.Outbound;

[Trait("Threat", "T78")]
public sealed class AddressRuleTests
{
    [Theory]
    [InlineData("169.254.169.254")]
    [InlineData("0.0.0.0")]
    [InlineData("0.1.2.3")]
    [InlineData("224.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("240.0.0.1")]
    [InlineData("168.63.129.16")]
    [InlineData("100.100.100.200")]
    [InlineData("::")]
    [InlineData("fe80::1")]
    [InlineData("fe80::1%2")]
    [InlineData("febf::1")]
    [InlineData("ff02::1")]
    [InlineData("fd00:ec2::254")]
    [InlineData("::ffff:169.254.169.254")]
    [InlineData("::ffff:0.0.0.0")]
    [InlineData("::169.254.169.254")]
    [InlineData("64:ff9b::169.254.169.254")]
    [InlineData("64:ff9b:1::1")]
    [InlineData("2002:a9fe:a9fe::")]
    [InlineData("2002:0:0::1")]
    public void RefusesWhatNoServerOfOursLivesAt(string address) =>
        AddressRule.Refuses(IPAddress.Parse(address)).ShouldBeTrue();

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    [InlineData("10.0.0.1")]
    [InlineData("172.16.0.1")]
    [InlineData("192.168.1.1")]
    [InlineData("100.64.0.1")]
    [InlineData("fd12::1")]
    [InlineData("::ffff:10.0.0.1")]
    [InlineData("64:ff9b::8.8.8.8")]
    [InlineData("8.8.8.8")]
    [InlineData("2001:4860:4860::8888")]
    public void AllowsPrivateLoopbackAndPublicAddresses(string address) =>
        AddressRule.Refuses(IPAddress.Parse(address)).ShouldBeFalse();
}
