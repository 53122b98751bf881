using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Bascule.Core.Exchange;
using Bascule.Core.Identity.Tokens;
using Bascule.Server.Configuration;
using Bascule.Server.Exchange;
using Bascule.Server.Tests.Configuration;
using Bascule.Testing;
using Bascule.Testing.Identity;

namespace Bascule.Server.Tests.Exchange;

/// <summary>The blocks of the page on token exchange, held against the sample tokens: signed, verified, decided.</summary>
public sealed partial class DocumentedIssuersTests : IDisposable
{
    private readonly SettingsFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string, string, string> Examples =>
        new()
        {
            { "entra-managed-identity", "entra-managed-identity", "RS256" },
            { "entra-service-principal", "entra-service-principal", "RS256" },
            { "okta-service-app", "okta-service-app", "RS256" },
            { "aws-web-identity", "aws-web-identity", "ES384" },
            { "kubernetes-train", "kubernetes", "RS256" },
            { "databricks-connector", "databricks", "RS256" },
            { "airflow-dags", "airflow", "RS256" },
            { "other-bascule", "bascule", "RS256" },
        };

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task TheSampleTokenIsAllowedByItsBlock(string policy, string sample, string algorithm)
    {
        var decision = await DecideAsync(policy, Sample(sample), algorithm);

        decision.IsAllowed.ShouldBeTrue(decision.Reason);
        decision.Policy!.Name.ShouldBe(policy);
    }

    [Theory]
    [MemberData(nameof(Examples))]
    [Trait("Threat", "T54")]
    public async Task AnotherSubjectOfTheSameIssuerIsDenied(string policy, string sample, string algorithm)
    {
        var claims = Sample(sample);
        claims["sub"] = $"{claims["sub"]}x";

        (await DecideAsync(policy, claims, algorithm)).IsAllowed.ShouldBeFalse();
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task WithoutOneOfTheClaimsItIsDenied(string policy, string sample, string algorithm)
    {
        foreach (var rule in Settings(policy).Policies.Single().Claims)
        {
            var claims = Sample(sample);
            claims.Remove(
                rule.Claim.Split('/', StringSplitOptions.RemoveEmptyEntries)[0]
                    .Replace("~1", "/", StringComparison.Ordinal)
            );

            (await DecideAsync(policy, claims, algorithm)).IsAllowed.ShouldBeFalse(rule.Claim);
        }
    }

    [Fact]
    public void TheTableOfExpectedDecisionsIsRight()
    {
        var file = RepositoryFolder.PathOf("samples/trust-policies/expected.yaml");
        var (cases, problems) = TrustCasesReader.Read(File.ReadAllBytes(file), file);
        problems.ShouldBeEmpty();
        var policies = new TrustPolicies(Settings("kubernetes-train").Policies);

        cases.Count.ShouldBeGreaterThan(2);
        foreach (var one in cases)
            one.Judge(policies).IsAsExpected.ShouldBeTrue(one.Name);
        foreach (var one in cases)
            (one with { IsAllowed = !one.IsAllowed }).Judge(policies).IsAsExpected.ShouldBeFalse(one.Name);
    }

    [Theory]
    [InlineData("decisions: []", "decisions: is missing or holds nothing")]
    [InlineData(
        "decisions: [{ claims: { iss: a }, repository: \"git:a/b\", expect: maybe }]",
        "decisions[0].expect: 'maybe'"
    )]
    [InlineData(
        "decisions: [{ claims: { iss: a }, repository: a/b, expect: deny }]",
        "decisions[0].repository: 'a/b' names no forge"
    )]
    [InlineData(
        "decisions: [{ claims: { iss: a }, repository: \"git:a/b\", expct: deny }]",
        "decisions[0].expct: is not a known key"
    )]
    [Trait("Threat", "T55")]
    public void ATableThatIsNotUnderstoodIsRefused(string yaml, string problem) =>
        TrustCasesReader
            .Read(System.Text.Encoding.UTF8.GetBytes(yaml), "expected.yaml")
            .Problems.ShouldContain(one => one.ToString().Contains(problem));

    private async Task<TrustDecision> DecideAsync(string policy, JsonObject claims, string algorithm)
    {
        var settings = Settings(policy);
        var issuer = settings.Issuers.Single().Issuer;
        var mint = new TokenMint(issuer.Url.Text);
        var verifier = new TokenVerifier(new TrustedIssuers([issuer]), new FixedKeys(mint), TimeProvider.System);
        var policies = new TrustPolicies(settings.Policies);
        var expected = new TokenExpectation(TokenKind.WorkloadToken) { Audiences = policies.Audiences };
        var verified = await verifier.VerifyAsync(mint.Sign(Fresh(claims), algorithm), expected, default);
        verified.Problem.ShouldBeNull();
        return policies.Decide(ShownIdentity.Of(verified.Value), new ExchangeWish("git", "ml/churn", [GitVerb.Fetch]));
    }

    /// <summary>As old as it was when it was written, from now on.</summary>
    private static JsonObject Fresh(JsonObject claims)
    {
        var age = DateTimeOffset.UtcNow.ToUnixTimeSeconds() - (long)claims["iat"]!;
        foreach (var name in new[] { "iat", "nbf", "exp" })
            if (claims[name] is { } time)
                claims[name] = (long)time + age;
        return claims;
    }

    private ExchangeSettings Settings(string policy)
    {
        var (settings, problems) = _folder.Load($"{SettingsFolder.WithoutExchange()}\n{Block(policy)}");
        problems.ShouldBeEmpty();
        return settings!.Exchange;
    }

    private static JsonObject Sample(string name) =>
        JsonNode
            .Parse(File.ReadAllText(RepositoryFolder.PathOf($"samples/trust-policies/tokens/{name}.json")))!
            .AsObject();

    private static string Block(string policy) =>
        Fenced()
            .Matches(File.ReadAllText(RepositoryFolder.PathOf("docs/operations/token-exchange.md")))
            .Select(match => match.Groups["text"].Value)
            .Single(block => block.Contains($"  {policy}:\n", StringComparison.Ordinal));

    [GeneratedRegex("```yaml\n(?<text>.*?)```", RegexOptions.Singleline, 1000)]
    private static partial Regex Fenced();
}
