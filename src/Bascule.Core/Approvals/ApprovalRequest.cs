using Bascule.Core.Runs;
using Bascule.Core.Work;

namespace Bascule.Core.Approvals;

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
