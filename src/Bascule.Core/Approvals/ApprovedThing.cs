using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Bascule.Core.Content;
using Bascule.Core.Forges;
using Bascule.Core.Json;
using Bascule.Core.Runs;

namespace Bascule.Core.Approvals;

/// <summary>What exactly was approved. When any of it changes, the approval is for something else (THREATS T97, T112).</summary>
/// <param name="PlanDigest">Of the plan without its commit, which stands here by itself; see <see cref="DigestOf"/>.</param>
public sealed record ApprovedThing(ContentId Content, CommitId Commit, string PlanDigest, string Environment)
{
    private const string CommitMember = "commit";

    /// <summary>Null for a run that has no plan, or goes nowhere.</summary>
    public static ApprovedThing? Of(Run run) =>
        run is { Content: { } content, Plan: { } plan, Environment: { } environment }
            ? new ApprovedThing(content, run.Commit, DigestOf(plan), environment)
            : null;

    /// <summary>
    /// SHA-256 over everything that would be sent but the name of the commit: so that it can be told whether two commits ask for the same thing.
    /// </summary>
    public static string DigestOf(string plan)
    {
        var json = JsonNode.Parse(plan);
        if (json is JsonObject members)
            members.Remove(CommitMember);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(CanonicalJson.ToText(json))));
    }

    /// <summary>The same would be sent to the same place; only the commit that it comes from may differ.</summary>
    public bool AsksTheSameAs(ApprovedThing other) =>
        Content == other.Content && PlanDigest == other.PlanDigest && Environment == other.Environment;
}
