using Bascule.Core;
using Bascule.Server.Accounts;

namespace Bascule.Server.Tests.Accounts;

public sealed class IssueAddressTests
{
    private static readonly Uri Forge = new("https://git.example.com/sub");

    [Theory]
    [InlineData("https://git.example.com/sub/acme/links/issues/7")]
    [InlineData("  https://git.example.com/sub/acme/links/pulls/7/ ")]
    [InlineData("https://git.example.com/sub/acme/links/issues/7#issuecomment-12")]
    public void TakesOwnerNameAndNumber(string text) =>
        IssueAddress.Read(Forge, text).Value.ShouldBe(new IssueAddress("acme", "links", 7));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("acme/links/issues/7")]
    [InlineData("https://git.example.com/acme/links/issues/7")]
    [InlineData("http://git.example.com/sub/acme/links/issues/7")]
    [InlineData("https://git.example.com.evil.example/sub/acme/links/issues/7")]
    [InlineData("https://git.example.com@evil.example/sub/acme/links/issues/7")]
    [InlineData("https://169.254.169.254/sub/acme/links/issues/7")]
    [InlineData("https://git.example.com/sub/../acme/links/issues/7")]
    [InlineData("https://git.example.com/sub/../links/issues/7")]
    [InlineData("https://git.example.com/sub/acme/../issues/7")]
    [InlineData("https://git.example.com/sub/acme/./issues/7")]
    [InlineData("https://git.example.com/sub/acme%2flinks/x/issues/7")]
    [InlineData("https://git.example.com/sub/acme/links/issues/7?x=1")]
    [InlineData("https://git.example.com/sub/acme/links/issues/7/comments")]
    [InlineData("https://git.example.com/sub/acme/links/issues/07")]
    [InlineData("https://git.example.com/sub/acme/links/issues/-7")]
    [InlineData("https://git.example.com/sub/acme/links/issues/99999999999")]
    [InlineData("https://git.example.com/sub/acme/links/issues/٧")]
    [InlineData("https://git.example.com/sub/acme/links/issues/7\nx")]
    [InlineData("https://git.example.com/sub/acme/links/wiki/7")]
    [Trait("Threat", "T78")]
    public void RefusesWhatIsNoIssueOfThisForge(string? text) =>
        IssueAddress.Read(Forge, text).Problem.ShouldNotBeNull().Code.ShouldBe(ProblemCode.Invalid);
}
