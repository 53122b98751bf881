using Bascule.Core;
using Bascule.Core.Exchange;
using Bascule.Testing.Storage;

namespace Bascule.Server.Tests.Deployments.Outages;

/// <summary>Which tokens open a deploy ref while the database is away.</summary>
[Trait("Threat", "T91")]
public sealed class OutageDoorTests : IDisposable
{
    private readonly OutageParts _parts = new();

    public void Dispose() => _parts.Dispose();

    [Fact]
    public void WhatWasGivenBeforeOpensWhatIsDeployed()
    {
        _parts.Remember();

        var (pass, followed) = _parts.Door.Open(_parts.Token.Text).Value;

        followed.Deployment.Commit.ShouldBe(Sample.Commit('a'));
        _parts.Door.IsGood(pass).ShouldBeTrue();
        _parts.Door.Knows(_parts.Token.Text).ShouldBeTrue();
    }

    [Fact]
    public void ATokenThatTheDatabaseDidNotNameCannotBeTold()
    {
        _parts.Remember();
        var stranger = GitToken.Make().Text;

        _parts.Door.Open(stranger).Problem.ShouldNotBeNull().Code.ShouldBe(ProblemCode.Unavailable);
        _parts.Door.Knows(stranger).ShouldBeFalse();
    }

    [Fact]
    public void OneThatHasExpiredOrWasRevokedIsOver()
    {
        _parts.Remember();
        _parts.Clock.Advance(TimeSpan.FromMinutes(16));
        RefusesAsOver();

        _parts.Pass = _parts.Pass with { ExpiresAt = _parts.Clock.GetUtcNow().AddMinutes(15) };
        _parts.Remember();
        _parts.Door.Open(_parts.Token.Text).Problem.ShouldBeNull();

        _parts.Pass = _parts.Pass with { RevokedAt = _parts.Clock.GetUtcNow() };
        _parts.Remember();
        RefusesAsOver();
    }

    [Fact]
    [Trait("Threat", "T45")]
    public void WhoIsRetiredIsNotLetIn()
    {
        _parts.Holder = _parts.Holder with { RetiredAt = _parts.Clock.GetUtcNow() };
        _parts.Remember();

        RefusesAsOver();
    }

    [Fact]
    [Trait("Threat", "T54")]
    public void APolicyThatIsGoneTakesItsTokensWithIt()
    {
        _parts.Remember();

        _parts.Policies = [OutageParts.Policy("second")];

        RefusesAsOver();
    }

    [Fact]
    [Trait("Threat", "T53")]
    public void TheRepositoryThatHoldsPoliciesIsOpenToNobody()
    {
        _parts.Remember();
        _parts.PolicyRepositoryId = OutageParts.Other.Id;
        _parts.Door.Open(_parts.Token.Text).Problem.ShouldBeNull();

        _parts.PolicyRepositoryId = OutageParts.Dags.Id;

        RefusesAsOver();
    }

    [Fact]
    public void ATokenThatMayNotFetchOpensNothing()
    {
        _parts.Pass = _parts.Pass with { Verbs = new HashSet<GitVerb> { GitVerb.Push } };
        _parts.Remember();

        _parts.Door.Open(_parts.Token.Text).Problem.ShouldNotBeNull();
    }

    [Fact]
    public void WhatAnotherReplicaGaveMeanwhileOpensForWhoFollowedBeforeByTheSamePolicy()
    {
        _parts.Remember();
        _parts.Door.Open(_parts.Give().Text).Problem.ShouldBeNull();

        GitToken[] others =
        [
            _parts.Give(holder: "w-2"),
            _parts.Give(repository: OutageParts.Other),
            _parts.Give(policy: "second"),
        ];

        foreach (var token in others)
            _parts.Door.Open(token.Text).Problem.ShouldNotBeNull().Code.ShouldBe(ProblemCode.Unavailable);
    }

    [Fact]
    public void AStreamGoesOnUnaskedOnlyWhileTheDatabaseIsKnownToBeAway()
    {
        _parts.Remember();
        var pass = _parts.Door.Open(_parts.Token.Text).Value.Pass;
        _parts.Door.IsGoodWithoutAsking(pass).ShouldBeFalse();

        _parts.Door.NoteAway();

        _parts.Door.IsGoodWithoutAsking(pass).ShouldBeTrue();
        _parts.Clock.Advance(TimeSpan.FromSeconds(2));
        _parts.Door.IsGoodWithoutAsking(pass).ShouldBeFalse();
    }

    private void RefusesAsOver() =>
        _parts.Door.Open(_parts.Token.Text).Problem.ShouldNotBeNull().Code.ShouldBe(ProblemCode.Unauthenticated);
}
