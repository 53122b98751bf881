using Bascule.Core.Exchange;

namespace Bascule.Server.Tests.Configuration;

public sealed class ExchangeSettingsTests : IDisposable
{
    private const string Rest = "repositories: [\"git:ml/*\"], refs: [\"refs/**\"], verbs: [fetch]";
    private readonly SettingsFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void ReadsAPolicy()
    {
        var policy = Read($"issuer: cluster, subject: a, {Rest}").Policies.ShouldHaveSingleItem();

        policy.Name.ShouldBe("p");
        policy.Issuer.Text.ShouldBe("https://oidc.example.com");
        policy.Audiences.ShouldBe(["bascule"]);
        policy.Lifetime.ShouldBe(TimeSpan.FromMinutes(15));
        policy.Refs.IsWhole.ShouldBeTrue();
        policy.Verbs.ShouldBe([GitVerb.Fetch]);
        policy.IsSingleUse.ShouldBeFalse();
        policy.AllowOtherAudiences.ShouldBeFalse();
    }

    [Fact]
    [Trait("Threat", "T38")]
    public void ReadsClaimsByTheirType()
    {
        var claims = "{ a: true, b: \"true\", c: 7, d: \"7\", e: [x, y], f: { has: z }, g: no }";

        var read = Read($"issuer: cluster, subject: a, claims: {claims}, {Rest}").Policies[0].Claims;

        read.Select(rule => rule.Demand.ToString())
            .ShouldBe([
                "true, without quotes",
                "'true'",
                "the number 7",
                "'7'",
                "'x' or 'y'",
                "a list with 'z'",
                "'no'",
            ]);
    }

    [Theory]
    [InlineData("subjet: a", "trust_policies.p.subjet: is not a known key")]
    [InlineData(
        "subject_pattern: a, subject: b",
        "trust_policies.p.subject_pattern: stands beside subject; write exactly one of"
    )]
    [InlineData("subject: [a]", "trust_policies.p.subject: is not a text")]
    [InlineData("subject: a, claims: { b: null }", "trust_policies.p.claims.b: has no value")]
    [InlineData(
        "subject: a, claims: { b: { pattern: x, regex: y } }",
        "trust_policies.p.claims.b: says pattern and regex at once"
    )]
    [InlineData("subject: a, single_use: \"yes\"", "trust_policies.p.single_use: is neither true nor false")]
    [InlineData("subject: a, lifetime: 2h", "trust_policies.p.lifetime: is '2h', which is no such time")]
    [Trait("Threat", "T55")]
    public void RefusesWhatIsNotUnderstood(string piece, string problem) =>
        Problems($"issuer: cluster, {piece}, {Rest}").ShouldContain(line => line.Contains(problem));

    [Theory]
    [InlineData("a)|(b", "is no regular expression")]
    [InlineData("\\\\d+", "which is more than ASCII")]
    [Trait("Threat", "T48")]
    public void RefusesPatternsThatAreWiderThanTheyLook(string pattern, string problem) =>
        Problems($"issuer: cluster, subject_regex: \"{pattern}\", {Rest}")
            .ShouldHaveSingleItem()
            .ShouldContain(problem);

    [Theory]
    [InlineData("repositories")]
    [InlineData("refs")]
    [InlineData("verbs")]
    [InlineData("issuer")]
    [Trait("Threat", "T54")]
    public void WhatIsNotSaidIsNotGiven(string key)
    {
        var whole = $"issuer: cluster, subject: a, {Rest}";
        var without = System.Text.RegularExpressions.Regex.Replace(whole, $"{key}: (\\[[^]]*\\]|\\w+),? ?", "");

        Problems(without.TrimEnd(' ', ',')).ShouldHaveSingleItem().ShouldContain($"trust_policies.p.{key}: is missing");
    }

    [Fact]
    [Trait("Threat", "T25")]
    public void AWorkloadsTokenIsAlwaysForSomebody() =>
        Problems($"issuer: ci, subject: a, {Rest}")
            .ShouldHaveSingleItem()
            .ShouldContain("trust_policies.p.audiences: is missing, and its issuer names none");

    [Fact]
    public void AnIssuerOfASignInNeedsNoAudience() =>
        Read($"issuer: okta, subject_pattern: \"*\", {Rest}").Policies[0].Audiences.ShouldBeEmpty();

    [Theory]
    [InlineData("twin: { url: \"https://company.okta.com\" }", "is the one of sign_in.okta too")]
    [InlineData("twin: { url: \"https://ci.example.com\" }", "is the one of issuers.ci too")]
    [InlineData("okta: { url: \"https://x.example.com\" }", "has the name of a sign_in provider")]
    [Trait("Threat", "T47")]
    public void AnIssuerIsTrustedInOneWayOnly(string issuer, string problem) =>
        _folder
            .Problems(Yaml($"issuer: cluster, subject: a, {Rest}", issuer))
            .ShouldHaveSingleItem()
            .ShouldContain(problem);

    [Fact]
    [Trait("Threat", "T47")]
    public void TrustsNobodyWhoIsNotListed() =>
        Problems($"issuer: stranger, subject: a, {Rest}")
            .ShouldHaveSingleItem()
            .ShouldContain("which is not below issuers or sign_in");

    private Bascule.Server.Configuration.ExchangeSettings Read(string policy)
    {
        var (settings, problems) = _folder.Load(Yaml(policy));
        problems.ShouldBeEmpty();
        return settings!.Exchange;
    }

    private IReadOnlyList<string> Problems(string policy) => _folder.Problems(Yaml(policy));

    private static string Yaml(string policy, string issuer = "other: { url: \"https://other.example.com\" }") =>
        $$"""
            {{SettingsFolder.WithoutExchange()}}
            issuers:
              cluster: { url: "https://oidc.example.com", audiences: [bascule] }
              ci: { url: "https://ci.example.com" }
              {{issuer}}
            trust_policies:
              p: { {{policy}} }
            """;
}
