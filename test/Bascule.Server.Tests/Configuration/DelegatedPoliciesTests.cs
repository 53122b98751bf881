using System.Text;
using Bascule.Core.Exchange;
using Bascule.Server.Configuration;

namespace Bascule.Server.Tests.Configuration;

public sealed class DelegatedPoliciesTests : IDisposable
{
    private const string Delegated =
        "policy_repository: { repository: \"git:ml/policies\", id: 17, branch: main, issuers: [cluster], repositories: [\"git:ml/*\"], verbs: [fetch], lifetime: 10m }";

    private readonly SettingsFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void APolicyWithinTheBoundsCounts()
    {
        var (policies, problems) = Read("issuer: cluster, repositories: [\"git:**\"], verbs: [fetch], lifetime: 10m");

        problems.ShouldBeEmpty();
        var policy = policies.ShouldHaveSingleItem();
        policy.Name.ShouldBe("ml/policies:p");
        policy.FaultOf(new ExchangeWish("git", "ml/churn", [])).ShouldBeNull();
        policy
            .FaultOf(new ExchangeWish("git", "web/site", []))
            .ShouldNotBeNull()
            .ShouldContain("the settings delegate nothing on");
    }

    [Theory]
    [InlineData("issuer: ci, verbs: [fetch]", "names 'ci'")]
    [InlineData("issuer: cluster, verbs: [fetch, push]", "gives push, which the settings do not delegate")]
    [InlineData("issuer: cluster, verbs: [fetch], lifetime: 20m", "is longer than the settings delegate")]
    [InlineData("issuer: cluster, verbs: [push]", "gives push on ml/policies, which holds these policies")]
    [InlineData("issuer: cluster, verbs: [fetch], repositories: [\"other:**\"]", "names forge 'other'")]
    [Trait("Threat", "T53")]
    public void WhatGoesFurtherIsAnError(string piece, string problem)
    {
        var rest = piece.Contains("lifetime", StringComparison.Ordinal) ? piece : piece + ", lifetime: 10m";
        rest = rest.Contains("repositories", StringComparison.Ordinal) ? rest : rest + ", repositories: [\"git:ml/*\"]";

        var (policies, problems) = Read(rest);

        policies.ShouldBeNull();
        problems.ShouldContain(line => line.Contains(problem));
    }

    [Theory]
    [InlineData("")]
    [InlineData("trust_policies: {}")]
    [InlineData("trust_policies: [")]
    [InlineData("policies: { a: 1 }")]
    [Trait("Threat", "T54")]
    public void WhatIsNoListOfPoliciesGivesNothing(string yaml)
    {
        var (policies, problems) = DelegatedPoliciesReader.Read(Encoding.UTF8.GetBytes(yaml), "f.yaml", Delegation());

        policies.ShouldBeNull();
        problems.ShouldNotBeEmpty();
    }

    [Theory]
    [InlineData("fetch, push", "gives push on ml/policies, which policy_repository names")]
    [InlineData("push", "gives push on ml/policies, which policy_repository names")]
    [Trait("Threat", "T53")]
    public void TheSettingsThemselvesLeadNowhereNearIt(string verbs, string problem) =>
        _folder.Problems(Settings(verbs)).ShouldHaveSingleItem().ShouldContain(problem);

    [Theory]
    [InlineData("id: 17, ", "", "policy_repository.id: is missing")]
    [InlineData("git:ml/policies", "git:policies", "which names no repository")]
    [InlineData("git:ml/policies", "hub:ml/policies", "names forge 'hub'")]
    [InlineData("[cluster]", "[stranger]", "names 'stranger'")]
    [InlineData(", verbs: [fetch]", "", "policy_repository.verbs: is missing")]
    [InlineData("branch: main", "branch: \"a..b\"", "which is no name of a branch")]
    [InlineData("id: 17", "id: 17, without_protection: yes", "'yes' is neither")]
    [InlineData("id: 17", "id: 17, reff: main", "is not a known key")]
    [Trait("Threat", "T55")]
    public void RefusesWhatIsNotUnderstood(string piece, string instead, string problem) =>
        _folder
            .Problems(Settings("fetch").Replace(Delegated, Delegated.Replace(piece, instead)))
            .ShouldContain(line => line.Contains(problem));

    private (IReadOnlyList<TrustPolicy>? Policies, IReadOnlyList<string> Problems) Read(string piece)
    {
        var yaml = $"trust_policies:\n  p: {{ subject: a, refs: [refs/heads/main], {piece} }}\n";
        var (policies, problems) = DelegatedPoliciesReader.Read(Encoding.UTF8.GetBytes(yaml), "f.yaml", Delegation());
        return (policies, [.. problems.Select(problem => problem.ToString())]);
    }

    private TrustDelegation Delegation()
    {
        var (settings, problems) = _folder.Load(Settings("fetch"));
        problems.ShouldBeEmpty();
        return settings!.Exchange.Delegation!;
    }

    private static string Settings(string verbs) =>
        $$"""
            {{SettingsFolder.WithoutExchange()}}
            issuers:
              cluster: { url: "https://oidc.example.com", audiences: [bascule] }
              ci: { url: "https://ci.example.com" }
            {{Delegated}}
            trust_policies:
              p: { issuer: cluster, subject: a, repositories: ["git:ml/*"], refs: ["refs/**"], verbs: [{{verbs}}] }
            """;
}
