using Bascule.Core.Forges;

namespace Bascule.Core.Tests.Forges;

public sealed class CommitIdTests
{
    private static readonly string Sha1 = new('a', 40);

    [Fact]
    public void TakesFullIdsOfBothHashes()
    {
        CommitId.Parse(Sha1).Short.ShouldBe("aaaaaaaa");
        CommitId.Parse(new string('0', 63) + "1").IsZero.ShouldBeFalse();
    }

    [Theory]
    [InlineData("aaaaaaa")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("gaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("--output=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("١aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("")]
    [InlineData(null)]
    [Trait("Threat", "T61")]
    public void RefusesEverythingElse(string? text) => CommitId.TryParse(text, out _).ShouldBeFalse();

    [Fact]
    public void ZerosMeanNoCommitInEitherHash()
    {
        CommitId.Parse(new string('0', 40)).IsZero.ShouldBeTrue();
        CommitId.Parse(new string('0', 64)).IsZero.ShouldBeTrue();
        default(CommitId).IsZero.ShouldBeTrue();
        CommitId.Parse(Sha1).IsZero.ShouldBeFalse();
    }

    [Fact]
    public void IdsAreEqualByTheirDigits() => CommitId.Parse(Sha1).ShouldBe(CommitId.Parse(new string('a', 40)));
}
