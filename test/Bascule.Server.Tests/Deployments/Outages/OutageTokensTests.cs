using Bascule.Core;
using Bascule.Core.Deployments;
using Bascule.Core.Exchange;
using Bascule.Core.Forges;
using Bascule.Server.Deployments.Outages;
using Bascule.Server.Sealing;

namespace Bascule.Server.Tests.Deployments.Outages;

/// <summary>A token of an outage says itself what it opens, to whoever has the master key.</summary>
[Trait("Threat", "T91")]
public sealed class OutageTokensTests : IDisposable
{
    private static readonly DateTimeOffset s_noon = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);
    private static readonly DeployPlace s_place = new(new RepositoryKey("f-1", 7), "prod");
    private readonly MasterKey _key = MasterKey.Of(new byte[MasterKey.KeyBytes]);
    private readonly MasterKey _other = MasterKey.Of([.. Enumerable.Repeat((byte)1, MasterKey.KeyBytes)]);

    public void Dispose()
    {
        _key.Dispose();
        _other.Dispose();
    }

    [Fact]
    public void EveryReplicaReadsWhatOneGave()
    {
        var (token, pass) = Make();

        var read = new OutageTokens(_key).Read(token.Text).ShouldNotBeNull();

        (read.Uid, read.HolderUid, read.Repository, read.Policy, read.ExpiresAt).ShouldBe(
            (pass.Uid, "w-1", s_place.Repository, "airflow", s_noon.AddMinutes(5))
        );
        read.Verbs.ShouldBe([GitVerb.Fetch]);
        read.Refs.DeployEnvironment.ShouldBe("prod");
        token.Text.Reveal().ShouldStartWith(GitToken.Prefix);
        GitToken.Read(token.Text.Reveal()).ShouldBeNull();
    }

    [Fact]
    public void OneThatWasChangedOrSealedByAnotherKeyIsNone()
    {
        var text = Make().Token.Text.Reveal();
        var last = text[^1] == '0' ? '1' : '0';

        new OutageTokens(_other).Read(new Secret(text)).ShouldBeNull();
        var tokens = new OutageTokens(_key);
        foreach (
            var wrong in new[] { text[..^1] + last, text[..^2], text + "00", text[6..], GitToken.Make().Text.Reveal() }
        )
            tokens.Read(new Secret(wrong)).ShouldBeNull(wrong);
    }

    [Fact]
    public void WhatIsSealedForSomethingElseIsNone()
    {
        var box = _key.Seal("webhook secret", "{}"u8);

        new OutageTokens(_key).Read(GitToken.OfSealed([.. box, .. new byte[64]]).Text).ShouldBeNull();
    }

    private (GitToken Token, StoredPass Pass) Make() =>
        new OutageTokens(_key).Make(
            "w-1",
            new FollowedRef(
                new Deployment(s_place, 1, CommitId.Parse(new string('a', 40)), "run:1", s_noon),
                "ml",
                "dags"
            ),
            "airflow",
            s_noon,
            s_noon.AddMinutes(5)
        );
}
