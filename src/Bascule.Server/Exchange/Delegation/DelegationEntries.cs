using System.Text.Json.Nodes;
using Bascule.Core;
using Bascule.Core.Audit;
using Bascule.Core.Exchange;

namespace Bascule.Server.Exchange.Delegation;

/// <summary>What the audit log says of policies that a repository adds.</summary>
internal static class DelegationEntries
{
    private const int MostNames = 500;
    private const int LongestReason = 2000;

    public static AuditEntry Taken(DelegatedPolicies read) =>
        new(AuditTypes.TrustPoliciesTaken, "bascule")
        {
            Links = new Dictionary<string, string> { ["repository"] = read.Repository.ToString() },
            Facts = new JsonObject
            {
                ["commit"] = read.Commit.ToString(),
                ["policies"] = new JsonArray([
                    .. read.Policies.Take(MostNames).Select(policy => JsonValue.Create(policy.Name)),
                ]),
            },
        };

    public static AuditEntry Refused(TrustDelegation delegation, Problem problem) =>
        new(AuditTypes.TrustPoliciesRefused, "bascule")
        {
            Decision = new AuditDecision(
                false,
                "policy_repository",
                problem.Message.Length > LongestReason ? problem.Message[..LongestReason] : problem.Message
            ),
            Facts = new JsonObject { ["asked"] = $"{delegation.Forge}:{delegation.FullName}" },
        };
}
