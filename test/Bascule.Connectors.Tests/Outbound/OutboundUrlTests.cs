using Bascule.Connectors.Outbound;

namespace Bascule.Connectors.Tests.Outbound;

public sealed class OutboundUrlTests
{
    [Theory]
    [InlineData("https://git.example.com", "https://git.example.com/")]
    [InlineData("https://git.example.com/", "https://git.example.com/")]
    [InlineData("https://git.example.com:8443/git", "https://git.example.com:8443/git")]
    [InlineData("https://10.0.0.5/", "https://10.0.0.5/")]
    [InlineData("https://[fd12::1]:3000", "https://[fd12::1]:3000/")]
    [InlineData("http://127.0.0.1:3000", "http://127.0.0.1:3000/")]
    [InlineData("http://localhost:3000", "http://localhost:3000/")]
    [InlineData("http://[::1]:3000", "http://[::1]:3000/")]
    public void TakesAnAddressWrittenAsItIsUnderstood(string text, string url) =>
        OutboundUrl.Read(text).Value.AbsoluteUri.ShouldBe(url);

    [Theory]
    [Trait("Threat", "T78")]
    [InlineData("http://127.1:3000")]
    [InlineData("http://0x7f.1")]
    [InlineData("http://2130706433")]
    [InlineData("http://0177.0.0.1")]
    [InlineData("https://169.254.169.254")]
    [InlineData("https://[::ffff:169.254.169.254]")]
    [InlineData("https://[::ffff:a9fe:a9fe]")]
    [InlineData("https://[64:ff9b::a9fe:a9fe]")]
    [InlineData("https://0.0.0.0")]
    [InlineData("https://git.example.com.")]
    public void RefusesAddressesInDisguiseAndThoseOfNoServer(string text) =>
        OutboundUrl.Read(text).Problem.ShouldNotBeNull();

    [Theory]
    [InlineData("git.example.com")]
    [InlineData("ftp://git.example.com")]
    [InlineData("file:///etc/passwd")]
    [InlineData("http://git.example.com")]
    [InlineData("http://10.0.0.5")]
    [InlineData("https://user@git.example.com")]
    [InlineData("https://good.example.com@evil.example.com")]
    [InlineData("https://git.example.com?x=1")]
    [InlineData("https://git.example.com#x")]
    [InlineData("https://git.example.com/?x=1")]
    [InlineData("https://git.example.com/git?")]
    [InlineData("https://git.example.com/git#")]
    [InlineData("https://git.example.com/@me")]
    [InlineData("https://git.example.com:443")]
    [InlineData("https://Git.Example.com")]
    [InlineData("https://git.example.com/a/../b")]
    [InlineData("https://git.example.com/%2e%2e")]
    [InlineData("https://git.example.com//")]
    [InlineData("https:\\\\git.example.com")]
    [InlineData("https://git.example.com\n")]
    [InlineData("https://gіt.example.com")]
    [InlineData("https://")]
    public void RefusesWhatCouldBeReadInTwoWays(string text) => OutboundUrl.Read(text).Problem.ShouldNotBeNull();

    [Theory]
    [InlineData("git.example.com", "is not an absolute address in plain ASCII")]
    [InlineData("https://git.example.com/a b", "is not an absolute address in plain ASCII")]
    [InlineData("https://git.example.com/\u007f", "is not an absolute address in plain ASCII")]
    [InlineData("ftp://git.example.com", "is neither https:// nor http://")]
    [InlineData("https://ada@git.example.com", "has a user, a query or a fragment")]
    [InlineData("https://git.example.com.", "has an empty host, or one that ends in a dot")]
    [InlineData("https://git.example.com/%41", "has an escaped character or a doubled slash")]
    [InlineData("https://git.example.com/a//b", "has an escaped character or a doubled slash")]
    [InlineData("https://git.example.com:443/", "is not written as it is understood, 'https://git.example.com'")]
    [InlineData("http://127.1", "is not written as it is understood, 'http://127.0.0.1'")]
    [InlineData("http://git.example.com", "is http:// to a host other than this machine's loopback")]
    [InlineData("https://169.254.169.254", "is a link-local, multicast or unspecified address, or a metadata service")]
    public void TellsWhatIsWrongWithTheAddress(string text, string message) =>
        OutboundUrl.Read(text).Problem!.Message.ShouldBe(message);

    [Theory]
    [Trait("Threat", "T81")]
    [InlineData("https://git.example.com/x?y#z", true)]
    [InlineData("https://GIT.example.com:443/", true)]
    [InlineData("http://git.example.com/", false)]
    [InlineData("https://git.example.com:8443/", false)]
    [InlineData("https://git.example.com.evil.com/", false)]
    [InlineData("https://git.example.com@evil.com/", false)]
    [InlineData("https://me@git.example.com/", false)]
    [InlineData("/relative", false)]
    public void AnOriginIsSchemeHostAndPort(string other, bool same)
    {
        var (one, two) = (new Uri("https://git.example.com"), new Uri(other, UriKind.RelativeOrAbsolute));

        OutboundUrl.SameOrigin(one, two).ShouldBe(same);
        OutboundUrl.SameOrigin(two, one).ShouldBe(same);
    }
}
