using Bascule.Core.People;
using Bascule.Core.Runs;

namespace Bascule.Core.Approvals;

/// <summary>What people may ask about approvals. Every refusal gives all its reasons, and is in the audit log.</summary>
public interface IApprovals
{
    /// <summary>
    /// Approves what the run stands for now; with the last approval the run goes on. For a run that somebody let go without its approvals it is the second
    /// person's look. Denied by a rule, NotFound when there is no such run, Unavailable when the forge cannot tell whose work it is.
    /// </summary>
    Task<Result<Run>> GiveAsync(RunId id, Actor actor, string? comment, CancellationToken cancellationToken) =>
        GiveAsync(id, actor, comment, seen: null, cancellationToken);

    /// <param name="seen">What they looked at: Conflict when the run stands for something else by now. Null for whatever it stands for.</param>
    Task<Result<Run>> GiveAsync(
        RunId id,
        Actor actor,
        string? comment,
        ApprovedThing? seen,
        CancellationToken cancellationToken
    );

    /// <summary>Takes one's own approval back, as long as the run has not been started. Conflict otherwise.</summary>
    Task<Result<Run>> WithdrawAsync(RunId id, Actor actor, CancellationToken cancellationToken);

    /// <summary>Lets a run go without its approvals: an act of its own, loud, for an hour, and somebody else has to look at it (THREATS T108).</summary>
    Task<Result<Run>> BreakGlassAsync(RunId id, Actor actor, string reason, CancellationToken cancellationToken) =>
        BreakGlassAsync(id, actor, reason, seen: null, cancellationToken);

    /// <param name="seen">As for an approval.</param>
    Task<Result<Run>> BreakGlassAsync(
        RunId id,
        Actor actor,
        string reason,
        ApprovedThing? seen,
        CancellationToken cancellationToken
    );

    /// <summary>Runs that wait for approval, oldest first, each with what the rules say about this actor. Of more than 200 the newest.</summary>
    /// <param name="within">What the actor may see; null for all.</param>
    Task<IReadOnlyList<WaitingApproval>> ListWaitingAsync(
        Actor actor,
        IReadOnlyList<RunReach>? within,
        CancellationToken cancellationToken
    );

    /// <summary>Every rule with what it looked at. NotFound when there is no such run; empty when its environment asks for no approval.</summary>
    Task<Result<IReadOnlyList<ApprovalCheck>>> ExplainAsync(RunId id, Actor actor, CancellationToken cancellationToken);

    /// <summary>As above for somebody who does not ask themselves: how fresh their sign-in will be nobody knows, and the rule about it says so.</summary>
    Task<Result<IReadOnlyList<ApprovalCheck>>> ExplainAsync(
        RunId id,
        Person person,
        CancellationToken cancellationToken
    );

    /// <summary>Null when the run's environment asks for no approval, or it has not asked for one.</summary>
    Task<ApprovalState?> ReadAsync(Run run, CancellationToken cancellationToken);

    /// <summary>Whose signature proves the run's commit; null when none does, when it cannot be told now, or the environment does not ask.</summary>
    Task<ProvenBy?> FindProofAsync(Run run, CancellationToken cancellationToken);
}

/// <param name="CanApprove">No rule refuses this actor.</param>
public sealed record WaitingApproval(
    Run Run,
    ApprovalState State,
    IReadOnlyList<ApprovalCheck> Checks,
    bool CanApprove
);

/// <summary>All there is to say about the approvals of one run.</summary>
/// <param name="Given">Void ones included, oldest first.</param>
/// <param name="Names">What to call each person at the run's forge, by their uid.</param>
public sealed record ApprovalState(
    ApprovalPolicy Policy,
    ApprovalRequest Request,
    ApprovalStanding Standing,
    IReadOnlyList<Approval> Given,
    BreakGlass? BreakGlass,
    IReadOnlyDictionary<string, string> Names
);
