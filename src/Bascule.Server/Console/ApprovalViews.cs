using Bascule.Core.Approvals;
using Bascule.Core.People;
using Bascule.Core.Runs;

namespace Bascule.Server.Console;

/// <summary>What there is for somebody to do about a run's approvals.</summary>
public enum ApprovalTurn
{
    /// <summary>Nobody can do anything now.</summary>
    Over,

    /// <summary>Whoever looks is no person that is signed in.</summary>
    NoPerson,

    /// <summary>No role of theirs approves it.</summary>
    NoRole,

    /// <summary>They have approved it, and may take that back.</summary>
    Given,

    /// <summary>Nothing but the age of their sign-in stands in the way.</summary>
    SignInAgain,

    /// <summary>A rule stands in the way.</summary>
    Refused,

    Open,
}

/// <summary>How the approvals of a run stand, and what they are to whoever looks.</summary>
/// <param name="Checks">Each rule about this actor; empty when it is nobody's turn.</param>
public sealed record ApprovalView(
    Run Run,
    ApprovalState State,
    IReadOnlyList<ApprovalCheck> Checks,
    Actor Actor,
    RunActs Acts
)
{
    public bool Waits => Run.State == RunState.AwaitingApproval;

    /// <summary>Somebody let it go without its approvals, and nobody else has looked at it.</summary>
    public bool AsksForASecondLook => !Waits && State.BreakGlass is { ReviewedBy: null };

    public ApprovedThing? Thing => ApprovedThing.Of(Run);

    /// <summary>Changes when what is approved changes, and not before.</summary>
    public string Key => Thing is { } thing ? $"{thing.Commit.Short}-{thing.PlanDigest[..16]}" : "nothing";

    public ApprovalTurn Turn =>
        Actor.Subject is null ? (Waits ? ApprovalTurn.NoPerson : ApprovalTurn.Over)
        : Own is not null ? (CanTakeBack ? ApprovalTurn.Given : ApprovalTurn.Over)
        : !(Waits || AsksForASecondLook) || Thing is null ? ApprovalTurn.Over
        : !Acts.Approve.IsAllowed ? ApprovalTurn.NoRole
        : TurnOf(Run, Checks);

    /// <summary>Where the environment and their role allow it, and nothing about the person but the age of their sign-in stands in the way.</summary>
    public bool MayBreakGlass =>
        Waits
        && !Run.OnMerge
        && Thing is not null
        && State.Policy.BreakGlass
        && Acts.BreakGlass.IsAllowed
        && Actor.Subject is not null
        && !Failed.Any(check => check.Rule is ApprovalRules.PersonRule or ApprovalRules.RetiredRule);

    public bool IsFresh => !Failed.Any(check => check.Rule == ApprovalRules.FreshRule(Run));

    public IReadOnlyList<ApprovalCheck> Failed => [.. Checks.Where(check => !check.Passed)];

    /// <summary>What they gave and is not void.</summary>
    public Approval? Own => State.Given.FirstOrDefault(given => !given.IsVoid && given.PersonUid == Actor.Uid);

    /// <summary>Whether somebody satisfies all rules, or all but the one that a new sign-in satisfies.</summary>
    public static ApprovalTurn TurnOf(Run run, IReadOnlyList<ApprovalCheck> checks)
    {
        var failed = checks.Where(check => !check.Passed).ToList();
        return failed switch
        {
            [] when checks.Count > 0 => ApprovalTurn.Open,
            [var only] when only.Rule == ApprovalRules.FreshRule(run) => ApprovalTurn.SignInAgain,
            _ => ApprovalTurn.Refused,
        };
    }

    public string NameOf(string uid) => State.Names.GetValueOrDefault(uid, uid);

    /// <summary>Why an approval that is not void does not count; null when it does.</summary>
    public string? WhyNot(Approval given) =>
        given.VoidedBecause ?? State.Standing.Ignored.FirstOrDefault(one => one.Approval.Uid == given.Uid).Because;

    private bool CanTakeBack =>
        Acts.Approve.IsAllowed && !Run.StartBegun && !Run.State.IsTerminal() && State.Request.CarriedTo is null;
}

/// <summary>What waits for approval.</summary>
/// <param name="Mine">That whoever looks may approve, if need be after signing in again.</param>
public sealed record ApprovalsView(
    IReadOnlyList<WaitingRow> Mine,
    IReadOnlyList<WaitingRow> Others,
    bool IsPerson,
    DateTimeOffset Now
);

/// <param name="Because">What stands in the way; empty for what they may approve now.</param>
public sealed record WaitingRow(Run Run, ApprovalState State, IReadOnlyList<string> Because);

/// <summary>An act that was refused, with the way back.</summary>
/// <param name="Back">Relative to the console's base.</param>
public sealed record RefusedView(Core.Problem Problem, string Back);
