using System.Text.Json;
using Bascule.Core.Exchange;

namespace Bascule.Server.Exchange;

/// <summary>One row of a table of expected decisions.</summary>
/// <param name="Claims">As a token would have them; without <c>aud</c> they stand for somebody who has signed in.</param>
/// <param name="IsAllowed">What is expected.</param>
/// <param name="Policy">Which one is expected to allow it; null for any.</param>
public sealed record TrustCase(string Name, JsonElement Claims, ExchangeWish Wish, bool IsAllowed, string? Policy)
{
    public TrustVerdict Judge(TrustPolicies policies)
    {
        var identity = ShownIdentity.Suppose(Claims);
        var decision = identity.Failed(out var problem)
            ? new TrustDecision(Policy: null, problem.Message)
            : policies.Decide(identity.Value, Wish);
        var isAsExpected =
            decision.IsAllowed == IsAllowed && (Policy is null || !IsAllowed || decision.Policy?.Name == Policy);
        return new TrustVerdict(this, decision, isAsExpected);
    }
}

/// <summary>What the policies decide, beside what was expected.</summary>
public sealed record TrustVerdict(TrustCase Case, TrustDecision Decision, bool IsAsExpected)
{
    public string Expected =>
        !Case.IsAllowed ? "deny"
        : Case.Policy is { } policy ? $"allow by {policy}"
        : "allow";

    public string Decided => Decision.Policy is { } policy ? $"allow by {policy.Name}" : "deny";
}
