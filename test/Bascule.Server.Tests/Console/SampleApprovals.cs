using Bascule.Core.Approvals;
using Bascule.Core.Content;
using Bascule.Core.Identity;
using Bascule.Core.People;
using Bascule.Core.Runs;
using Bascule.Server.Console;
using static Bascule.Testing.Runs.RunBuilder;

namespace Bascule.Server.Tests.Console;

/// <summary>A run that waits for approval, and what is known about it.</summary>
internal static class SampleApprovals
{
    public static readonly Selector Leads = Selector.Parse("group:ml-leads").Value;

    public static readonly Person Grace = APerson("grace", "ml-leads");

    public static readonly Person Vera = APerson("vera", "staff");

    public static readonly ApprovalCheck Linked = new("approvals.linked", "has linked an account at forge 'git'", true);

    public static readonly ApprovalCheck Wrote = new(
        "approvals.not_author",
        "wrote commit 9f3ac710; somebody else has to approve",
        Passed: false
    );

    public static readonly ApprovalCheck Stale = new(
        "environments.ml-prod.approvals.fresh",
        "the sign-in is older than 10 min, or nobody can tell; sign in again",
        Passed: false
    );

    /// <summary>Leads approve and operate; everybody may look.</summary>
    public static readonly RoleRule[] Roles =
    [
        new(0, Role.Viewer, [Selector.Parse("group:staff").Value]),
        new(1, Role.Approver, [Leads]),
        new(2, Role.Operator, [Leads]),
        new(3, Role.Auditor, [Leads]),
    ];

    public static Run AWaitingRun(int minutes = 0) =>
        ARun(RunState.AwaitingApproval, minutes) with
        {
            Content = new ContentId("5b6f1f0c2d8e4a7799aa0c31d7e2b84f6c5d3e2f1a0b9c8d7e6f5a4b3c2d1e0f"),
            Plan =
                """{"commit":"9f3ac71","environment":"ml-prod","task":{"dependencies":["scikit-learn==1.7"],"parameters":["--alpha","0.1"],"python":"train.py"}}""",
            PlanDigest = "c0ffee0f2d8e4a7799aa0c31d7e2b84f6c5d3e2f1a0b9c8d7e6f5a4b3c2d1e0f",
            Reason = "waits for approval: 1 of 2, from group:ml-leads",
        };

    public static Approval AnApproval(Run run, string person) =>
        new()
        {
            Uid = Approval.NewUid(),
            Run = run.Id,
            Generation = 1,
            PersonUid = person,
            Thing = ApprovedThing.Of(run)!,
            At = Noon.AddMinutes(3),
            Source = ApprovalSource.Bascule,
        };

    public static ApprovalState AState(Run run, params Approval[] given)
    {
        var counting = given.Where(approval => !approval.IsVoid).ToList();
        return new ApprovalState(
            new ApprovalPolicy(2, [Leads]),
            new ApprovalRequest(run.Id, 1, 0, Noon, Noon.AddDays(3)),
            new ApprovalStanding(2, counting, [], ProofMissing: false),
            given,
            BreakGlass: null,
            new Dictionary<string, string> { ["p-linus"] = "linus", ["p-ada"] = "ada" }
        );
    }

    /// <summary>As somebody sees it whose role allows everything.</summary>
    public static ApprovalView AView(Run run, params ApprovalCheck[] checks)
    {
        var actor = Grace.ToActor(Noon);
        return new ApprovalView(run, AState(run), checks, actor, RunActs.Of(new RoleRules(Roles), actor, new Scope()));
    }

    public static BreakGlass AGlass(Run run) =>
        new(
            run.Id,
            "p-ada",
            ApprovedThing.Of(run)!,
            "production is down, and this run repairs it",
            Noon,
            Noon.AddHours(1),
            Noon.AddDays(1)
        );

    private static Person APerson(string name, string group) =>
        new($"p-{name}", new Subject("https://id.example.com", name))
        {
            Name = char.ToUpperInvariant(name[0]) + name[1..],
            Groups = [group],
            FirstSeenAt = DateTimeOffset.UnixEpoch,
            LastSeenAt = DateTimeOffset.UnixEpoch,
        };
}
