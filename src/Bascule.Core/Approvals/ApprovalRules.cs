using System.Globalization;
using Bascule.Core.People;
using Bascule.Core.Runs;

namespace Bascule.Core.Approvals;

/// <summary>One rule, what it looked at, and what it says.</summary>
/// <param name="Rule">Stable; a key of the settings where one decides.</param>
/// <param name="Fact">One sentence for people; a refusal says what to do about it.</param>
public sealed record ApprovalCheck(string Rule, string Fact, bool Passed);

/// <summary>That an account had a hand in what is to be approved.</summary>
/// <param name="AccountId">The forge's numeric id: a name or an e-mail address may belong to somebody else (THREATS T101).</param>
public sealed record Contribution(ContributionKind Kind, long AccountId, string What);

public enum ContributionKind
{
    Author,
    Committer,
    Pusher,
    Opener,
}

/// <summary>Who had a hand in it, as far as the forge tells.</summary>
/// <param name="Unknown">What cannot be told, in words: then nobody can be told apart from whoever did it.</param>
public sealed record Contributions(IReadOnlyList<Contribution> Known, IReadOnlyList<string> Unknown);

/// <summary>What the rules look at: gathered before, so that they only decide.</summary>
/// <param name="Person">As stored; null when the actor is none.</param>
/// <param name="Accounts">The numeric ids of the accounts at the run's forge that the person has proven.</param>
public sealed record ApprovalFacts(
    Run Run,
    ApprovalPolicy Policy,
    Actor Actor,
    Person? Person,
    IReadOnlyList<long> Accounts,
    Contributions Contributions,
    IReadOnlyList<Approval> Given,
    ApprovalRequest? Request,
    DateTimeOffset Now
)
{
    /// <summary>A review at the forge: no sign-in here, and so no fresh one.</summary>
    public bool IsReview { get; init; }

    /// <summary>Only explained, for somebody who does not ask themselves: how fresh their sign-in will be is not known.</summary>
    public bool IsForAnother { get; init; }

    /// <summary>Somebody let it go without its approvals, and this is the second person's look at it.</summary>
    public BreakGlass? ToReview { get; init; }

    public string Key => KeyOf(Run);

    internal static string KeyOf(Run run) => $"environments.{run.Environment}.approvals";
}

/// <summary>Decides whether somebody may approve a run. Every rule is asked, so that a refusal names all reasons at once.</summary>
public static class ApprovalRules
{
    public const string PersonRule = "approvals.person";
    public const string RetiredRule = "approvals.retired";

    private static readonly Func<ApprovalFacts, ApprovalCheck>[] All =
    [
        Waits,
        IsAPerson,
        IsNotRetired,
        IsAmongThoseWhoMay,
        SignedInJustNow,
        IsWithinTheWindow,
        HasProvenAnAccount,
        IsNotTheAuthor,
        IsNotTheCommitter,
        IsNotThePusher,
        IsNotTheOpener,
        HasNotSaidSo,
    ];

    public static IReadOnlyList<ApprovalCheck> Check(ApprovalFacts facts) => [.. All.Select(rule => rule(facts))];

    /// <summary>All that failed, in one refusal; null when none did.</summary>
    public static Problem? Refusal(IReadOnlyList<ApprovalCheck> checks)
    {
        var failed = checks.Where(check => !check.Passed).ToList();
        return failed.Count == 0
            ? null
            : Problem.Denied(string.Join("; ", failed.Select(check => $"{check.Rule}: {check.Fact}")));
    }

    /// <summary>The rule that a new sign-in can satisfy.</summary>
    public static string FreshRule(Run run) => $"{ApprovalFacts.KeyOf(run)}.fresh";

    private static ApprovalCheck Waits(ApprovalFacts facts) =>
        facts.ToReview is not null
            ? new("approvals.waits", "a second person has to look at it", Passed: true)
            : new(
                "approvals.waits",
                facts.Run.State == RunState.AwaitingApproval
                    ? "the run waits for approval"
                    : $"the run does not wait for approval, it is {facts.Run.State.Word()}; see: bascule run show {facts.Run.Id}",
                facts is { Run.State: RunState.AwaitingApproval, Request: not null }
            );

    /// <summary>THREATS T154, and T108 for whoever holds the local token.</summary>
    private static ApprovalCheck IsAPerson(ApprovalFacts facts)
    {
        const string rule = PersonRule;
        if (facts.Actor.Type != ActorType.Human || facts.Person is { Type: not ActorType.Human })
            return new(rule, "agents and workloads propose, people approve; ask a person", Passed: false);
        if (facts.Actor.Subject is not { } subject)
            return new(rule, "the local token is no person; sign in and approve as yourself", Passed: false);
        return facts.Person is { } person && person.Uid == facts.Actor.Uid && person.Subject == subject
            ? new(rule, $"{person.Name} is a person", Passed: true)
            : new(rule, "nobody known here is meant; sign in again", Passed: false);
    }

    private static ApprovalCheck IsNotRetired(ApprovalFacts facts) =>
        facts.Person?.RetiredAt is null
            ? new(RetiredRule, "not retired", Passed: true)
            : new(RetiredRule, "is retired; somebody else has to approve", Passed: false);

    private static ApprovalCheck IsAmongThoseWhoMay(ApprovalFacts facts)
    {
        var match = facts.Policy.From.FirstOrDefault(selector => selector.Matches(facts.Actor));
        return match is not null
            ? new($"{facts.Key}.from", $"is in {match}", Passed: true)
            : new($"{facts.Key}.from", $"is in none of {string.Join(", ", facts.Policy.From)}; ask one who is", false);
    }

    private static ApprovalCheck SignedInJustNow(ApprovalFacts facts)
    {
        var rule = FreshRule(facts.Run);
        if (facts.IsReview)
            return new(rule, "a review at the forge", Passed: true);
        var age = facts.Now - facts.Actor.AuthenticatedAt;
        var limit = Words(facts.Policy.Fresh);
        if (facts.IsForAnother)
            return new(rule, $"not known of somebody else; asks for a sign-in within {limit} when they do", true);
        return age is { } known && known <= facts.Policy.Fresh && known >= -TimeSpan.FromMinutes(1)
            ? new(rule, $"signed in within {limit}", Passed: true)
            : new(rule, $"the sign-in is older than {limit}, or nobody can tell; sign in again", Passed: false);
    }

    private static ApprovalCheck IsWithinTheWindow(ApprovalFacts facts)
    {
        var rule = $"{facts.Key}.window";
        return facts.Policy.Window is not { } window ? new(rule, "at any time", Passed: true)
            : window.Contains(facts.Now) ? new(rule, $"it is within {window}", Passed: true)
            : new(rule, $"approvals are given {window} only; come back then", Passed: false);
    }

    /// <summary>Without it nobody could tell whether they approve what they made themselves.</summary>
    private static ApprovalCheck HasProvenAnAccount(ApprovalFacts facts) =>
        facts.Accounts.Count > 0
            ? new("approvals.linked", $"has linked an account at forge '{facts.Run.Forge}'", Passed: true)
            : new(
                "approvals.linked",
                $"has linked no account at forge '{facts.Run.Forge}', so nobody can tell whose work this is; link yours first",
                Passed: false
            );

    private static ApprovalCheck IsNotTheAuthor(ApprovalFacts facts) =>
        HadNoHand(facts, ContributionKind.Author, "approvals.not_author", "wrote none of the commits");

    private static ApprovalCheck IsNotTheCommitter(ApprovalFacts facts) =>
        HadNoHand(facts, ContributionKind.Committer, "approvals.not_committer", "committed none of the commits");

    private static ApprovalCheck IsNotThePusher(ApprovalFacts facts)
    {
        const string rule = "approvals.not_pusher";
        return facts.Contributions.Unknown.Count > 0
            ? new(rule, $"{string.Join("; ", facts.Contributions.Unknown)}; push a new commit", Passed: false)
            : HadNoHand(facts, ContributionKind.Pusher, rule, "did not push it");
    }

    /// <summary>A promotion is opened by whoever asks for it, whether or not they wrote any of it.</summary>
    private static ApprovalCheck IsNotTheOpener(ApprovalFacts facts)
    {
        const string rule = "approvals.not_opener";
        return facts.Run.Promotes is { } order && order.By == facts.Actor.AuditName
            ? new(rule, "asked for the promotion; somebody else has to approve", Passed: false)
            : HadNoHand(facts, ContributionKind.Opener, rule, "did not open the pull request");
    }

    private static ApprovalCheck HasNotSaidSo(ApprovalFacts facts)
    {
        const string rule = "approvals.once";
        if (facts.ToReview is { } act)
            return act.PersonUid == facts.Actor.Uid
                ? new(rule, "let it go without approvals; somebody else has to look at it", Passed: false)
                : new(rule, "somebody else let it go", Passed: true);
        var said = facts.Given.Any(approval =>
            !approval.IsVoid
            && approval.Generation == facts.Request?.Generation
            && approval.PersonUid == facts.Actor.Uid
        );
        return new(
            rule,
            said ? "has approved it already; one more has to be somebody else" : "has not approved it yet",
            !said
        );
    }

    private static ApprovalCheck HadNoHand(ApprovalFacts facts, ContributionKind kind, string rule, string none)
    {
        var own = facts.Contributions.Known.Where(work => work.Kind == kind && facts.Accounts.Contains(work.AccountId));
        return own.FirstOrDefault() is { } work
            ? new(rule, $"{work.What}; somebody else has to approve", Passed: false)
            : new(rule, none, Passed: true);
    }

    private static string Words(TimeSpan time) =>
        time.TotalMinutes < 120
            ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalMinutes:0} min")
            : string.Create(CultureInfo.InvariantCulture, $"{time.TotalHours:0} h");
}
