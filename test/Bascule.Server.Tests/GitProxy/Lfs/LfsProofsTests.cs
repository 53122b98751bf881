using Bascule.Core.Exchange;
using Bascule.Core.Forges;
using Bascule.Server.GitProxy.Lfs;
using Bascule.Server.Tests.Accounts;
using Bascule.Testing.Exchange;

namespace Bascule.Server.Tests.GitProxy.Lfs;

/// <summary>Who has shown that they have an object: nobody else, nowhere else, no other object, and not for ever.</summary>
public sealed class LfsProofsTests
{
    private static readonly RepositoryKey Here = new("forge1", 7);
    private static readonly LfsPointer Sent = new(new string('a', 64), 5);
    private readonly SkewedTime _clock = new();
    private readonly FakeGitPasses _passes = new();

    [Fact]
    [Trait("Threat", "T88")]
    public void AnObjectIsShownByWhoSentItAndWhereItWasSentTo()
    {
        var proofs = new LfsProofs(_clock);
        var pass = Pass(Here);

        proofs.Note(pass, Sent);

        proofs.Has(pass, Sent).ShouldBeTrue();
        proofs.Has(pass with { Uid = "another token of theirs" }, Sent).ShouldBeTrue();
        proofs.Has(Pass(Here), Sent).ShouldBeFalse("somebody else");
        proofs.Has(pass with { Repository = Here with { Id = 8 } }, Sent).ShouldBeFalse("another repository");
        proofs.Has(pass with { Repository = Here with { ForgeUid = "forge2" } }, Sent).ShouldBeFalse("another forge");
        proofs.Has(pass, Sent with { Oid = new string('b', 64) }).ShouldBeFalse("another object");
    }

    [Fact]
    [Trait("Threat", "T88")]
    public void AProofIsForgottenAfterADay()
    {
        var (proofs, pass) = (new LfsProofs(_clock), Pass(Here));
        proofs.Note(pass, Sent);

        _clock.Off = TimeSpan.FromHours(23);
        proofs.Has(pass, Sent).ShouldBeTrue();
        _clock.Off = TimeSpan.FromHours(25);
        proofs.Has(pass, Sent).ShouldBeFalse();
    }

    private GitPass Pass(RepositoryKey repository) => _passes[_passes.Give(repository, GitVerb.Push)];
}
