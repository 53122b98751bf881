using Bascule.Core.Exchange;
using Bascule.Core.Identity.Tokens;
using Bascule.Core.Settings;
using Bascule.Core.Workflows;
using FsCheck;
using FsCheck.Fluent;

namespace Bascule.Core.Tests.Exchange;

public sealed class TrustPropertyTests
{
    private static readonly ShownIdentity Me = TrustStage.Shown(""", "team": "ml" """, subject: "me");

    [Fact]
    [Trait("Threat", "T57")]
    public void APolicyForSomebodyElseChangesNothingForMe() =>
        Prop.ForAll(
                Policies("me", "m*").ListOf().ToArbitrary(),
                Policies("you", "y*").ToArbitrary(),
                Wishes.ToArbitrary(),
                (mine, theirs, wish) =>
                    new TrustPolicies([.. mine, theirs]).Decide(Me, wish).Policy
                        == new TrustPolicies([.. mine]).Decide(Me, wish).Policy
                    && new TrustPolicies([theirs, .. mine]).Decide(Me, wish).Policy
                        == new TrustPolicies([.. mine]).Decide(Me, wish).Policy
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(2_000));

    [Fact]
    [Trait("Threat", "T60")]
    public void WhatIsAllowedForSeveralVerbsIsAllowedForEach() =>
        Prop.ForAll(
                Policies("me", "m*", "you").ListOf().ToArbitrary(),
                Wishes.ToArbitrary(),
                (all, wish) =>
                    new TrustPolicies([.. all]).Decide(Me, wish).Policy is not { } policy
                    || wish.Verbs.All(policy.Verbs.Contains)
                        && wish.Verbs.All(verb =>
                            new TrustPolicies([.. all]).Decide(Me, wish with { Verbs = [verb] }).IsAllowed
                        )
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(2_000));

    private static Gen<TrustPolicy> Policies(params string[] subjects) =>
        from subject in Gen.Elements(subjects)
        from team in Gen.Elements("ml", "web", null)
        from repository in Gen.Elements("ml/*", "ml/churn", "web/site", "**")
        from verbs in Gen.SubListOf(GitVerb.Fetch, GitVerb.Push)
        select new TrustPolicy(subject)
        {
            Issuer = IssuerUrl.Read(TrustStage.Issuer).Value,
            Subject = new FitsGlob(Glob.Parse(subject)),
            Audiences = ["https://bascule.example.com"],
            Claims = team is null ? [] : [new ClaimRule("team", new IsOneOf([team]))],
            Repositories = [new RepositoryPattern("git", Glob.Parse(repository))],
            Refs = new RefPatterns([]),
            Verbs = verbs.ToHashSet(),
        };

    private static Gen<ExchangeWish> Wishes =>
        from repository in Gen.Elements("ml/churn", "web/site", "other/thing")
        from verbs in Gen.SubListOf(GitVerb.Fetch, GitVerb.Push)
        select new ExchangeWish("git", repository, [.. verbs]);
}
