using System.Security.Cryptography;
using Bascule.Core.Runs;
using Bascule.Core.Work;

namespace Bascule.Core.Approvals;

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

/// <summary>Conflict when the person's approval of this generation counts already.</summary>
public sealed record AddApproval(Approval Approval) : Change;

/// <summary>Conflict when it is void already: it is said once, why.</summary>
public sealed record VoidApproval(string Uid, DateTimeOffset At, string Because) : Change;
