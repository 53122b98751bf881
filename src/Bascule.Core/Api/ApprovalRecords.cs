using System.Text.Json.Serialization;

namespace Bascule.Core.Api;

/// <summary>What the API shows of the approvals of one run.</summary>
public sealed record ApprovalsRecord
{
    public required int Required { get; init; }

    /// <summary>How many are still needed.</summary>
    public required int Missing { get; init; }

    /// <summary>At least one has to be given at Bascule, because the environment demands proven content and no signature proves it.</summary>
    public bool ProofMissing { get; init; }

    /// <summary>Whose signature proves the content, where the environment demands that; null when none does.</summary>
    public ProofRecord? ProvenBy { get; init; }

    /// <summary>Who may approve, as the settings write it.</summary>
    public required IReadOnlyList<string> From { get; init; }
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>Oldest first, void ones included.</summary>
    public required IReadOnlyList<ApprovalRecord> Given { get; init; }
    public BreakGlassRecord? BreakGlass { get; init; }
}

/// <param name="By">The person's pseudonym, as in the audit log.</param>
/// <param name="Counts">It is neither void nor for something else, too old, or by somebody who may not any more.</param>
/// <param name="Because">Why it does not count; null when it does.</param>
public sealed record ApprovalRecord(
    string By,
    string Name,
    DateTimeOffset At,
    string Source,
    bool Counts,
    string? Because,
    string? Comment,
    string? CarriedFrom
);

public sealed record BreakGlassRecord(
    string By,
    string Name,
    DateTimeOffset At,
    string Reason,
    DateTimeOffset ReviewBy,
    string? ReviewedBy,
    bool Overdue
);

/// <summary>One rule and what it says about whoever asks.</summary>
public sealed record CheckRecord(string Rule, string Fact, bool Passed);

/// <summary>Runs that wait, oldest first.</summary>
public sealed record AwaitingList(IReadOnlyList<AwaitingRecord> Waiting);

/// <param name="CanApprove">No rule refuses whoever asks.</param>
public sealed record AwaitingRecord(
    RunSummary Run,
    ApprovalsRecord Approvals,
    IReadOnlyList<CheckRecord> Checks,
    bool CanApprove
);

/// <param name="Approvals">Null when the run needs none.</param>
public sealed record RunApprovals(ApprovalsRecord? Approvals, IReadOnlyList<CheckRecord> Checks)
{
    /// <summary>Whose signature proves the commit now; null when none does, or the environment does not ask.</summary>
    public ProofRecord? ProvenBy { get; init; }
}

/// <param name="By">The person's pseudonym, as in the audit log.</param>
/// <param name="Fingerprint">Of the key that they have confirmed.</param>
public sealed record ProofRecord(string By, string Fingerprint);

/// <summary>What comes along with an act.</summary>
/// <param name="Comment">For an approval; may be left out.</param>
/// <param name="Reason">For a break-glass.</param>
/// <param name="Plan">The first 12 or more digits of the digest of the plan that was looked at: Conflict when the run has another one by now. Null for whatever it has.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record ApprovalAct(string? Comment = null, string? Reason = null, string? Plan = null);
