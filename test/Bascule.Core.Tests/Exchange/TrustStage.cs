using System.Text.Json;
using Bascule.Core.Exchange;
using Bascule.Core.Identity.Tokens;
using Bascule.Core.Settings;
using Bascule.Core.Workflows;

namespace Bascule.Core.Tests.Exchange;

/// <summary>Makes policies and the claims that are shown to them.</summary>
internal static class TrustStage
{
    public const string Issuer = "https://cluster.example.com";

    public static TrustPolicy Policy(string name = "nightly", params ClaimRule[] claims) =>
        new(name)
        {
            Issuer = IssuerUrl.Read(Issuer).Value,
            Subject = new IsOneOf(["system:serviceaccount:ml:train"]),
            Audiences = ["https://bascule.example.com"],
            Claims = claims,
            Repositories = [new RepositoryPattern("git", Glob.Parse("ml/*"))],
            Refs = new RefPatterns([Glob.Parse("refs/**")]),
            Verbs = new HashSet<GitVerb> { GitVerb.Fetch },
        };

    public static ExchangeWish Wish(string repository = "ml/churn", params GitVerb[] verbs) =>
        new("git", repository, verbs);

    /// <param name="more">Further claims as JSON, with the comma before.</param>
    public static ShownIdentity Shown(
        string more = "",
        string subject = "system:serviceaccount:ml:train",
        string audience = "\"https://bascule.example.com\""
    ) =>
        Suppose(
            $$"""{"iss": "{{Issuer}}", "sub": {{JsonSerializer.Serialize(subject)}}, "aud": {{audience}} {{more}}}"""
        );

    public static ShownIdentity Suppose(string json) =>
        ShownIdentity.Suppose(JsonDocument.Parse(json).RootElement).Value;

    public static TrustDecision Decide(TrustPolicy policy, ShownIdentity identity, ExchangeWish? wish = null) =>
        new TrustPolicies([policy]).Decide(identity, wish ?? Wish());
}
