using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Bascule.Core.Content;
using Bascule.Core.Forges;
using Bascule.Core.Json;
using Bascule.Core.Runs;
using Bascule.Core.Work;

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

/// <summary>Where an approval was given.</summary>
public enum ApprovalSource
{
    /// <summary>By a signed-in person, at Bascule.</summary>
    Bascule,

    /// <summary>As a review at the forge, which vouches for it.</summary>
    Review,
}

/// <summary>One person's yes to exactly one thing. Never changed; it can only become void.</summary>
public sealed record Approval
{
    /// <summary>A random name.</summary>
    public required string Uid { get; init; }

    public required RunId Run { get; init; }

    /// <summary>Of the request that it answers; see <see cref="ApprovalRequest.Generation"/>.</summary>
    public required long Generation { get; init; }

    public required string PersonUid { get; init; }
    public required ApprovedThing Thing { get; init; }
    public required DateTimeOffset At { get; init; }

    /// <summary>When the person had proven who they are; null for a review.</summary>
    public DateTimeOffset? AuthenticatedAt { get; init; }

    public required ApprovalSource Source { get; init; }

    /// <summary>In the person's words.</summary>
    public string? Comment { get; init; }

    /// <summary>The run that it was given for, when this one took it over; it answers for the same thing.</summary>
    public RunId? CarriedFrom { get; init; }

    /// <summary>For a review: the pull request and the forge's id of it.</summary>
    public ReviewReference? Review { get; init; }

    public DateTimeOffset? VoidedAt { get; init; }

    /// <summary>One sentence for people.</summary>
    public string? VoidedBecause { get; init; }

    public bool IsVoid => VoidedAt is not null;

    public static string NewUid() => "a-" + RandomNumberGenerator.GetString("abcdefghijklmnopqrstuvwxyz234567", 16);
}

public sealed record ReviewReference(long PullRequest, long Id);

/// <summary>That a run waits, or has waited, for approvals.</summary>
/// <param name="Generation">Raised whenever what is asked for changes: approvals of an earlier one are dead, also when the same thing comes back (THREATS T107).</param>
/// <param name="Revision">Raised by every stored change: of two people who approve at once one comes second (THREATS T110).</param>
/// <param name="ExpiresAt">When the run is given up.</param>
public sealed record ApprovalRequest(
    RunId Run,
    long Generation,
    long Revision,
    DateTimeOffset OpenedAt,
    DateTimeOffset ExpiresAt
)
{
    /// <summary>The run that took the approvals over; nobody else can then.</summary>
    public RunId? CarriedTo { get; init; }
}

/// <summary>Nothing is added when there is one, or the run was not added because its key had a run already.</summary>
public sealed record AddApprovalRequest(ApprovalRequest Request) : Change;

/// <summary>Conflict unless the stored revision is still the request's; the stored one is raised.</summary>
public sealed record SaveApprovalRequest(ApprovalRequest Request) : Change;

/// <summary>Conflict when the person's approval of this generation counts already.</summary>
public sealed record AddApproval(Approval Approval) : Change;

/// <summary>Conflict when it is void already: it is said once, why.</summary>
public sealed record VoidApproval(string Uid, DateTimeOffset At, string Because) : Change;
