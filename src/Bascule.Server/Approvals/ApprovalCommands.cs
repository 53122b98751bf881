using Bascule.Core;
using Bascule.Core.Approvals;
using Bascule.Core.People;
using Bascule.Core.Runs;
using Bascule.Core.Text;
using Bascule.Core.Work;
using Bascule.Core.Workflows;
using Bascule.Server.Audit;

namespace Bascule.Server.Approvals;

/// <summary>Takes what people say about approvals. The decision, its entry and what follows are stored in one transaction.</summary>
internal sealed class ApprovalCommands(
    IRunStore runs,
    IWorkStore store,
    ApprovalStates states,
    ApprovalJudge judge,
    ApprovalFlow flow,
    BreakingGlass glass,
    ContentProof proof,
    AuditTrail audit,
    TimeProvider time
) : IApprovals
{
    /// <summary>Of people who approve at the same moment each gets a turn.</summary>
    private const int Attempts = 5;
    private const int MostWaiting = 200;
    private const int MaxComment = 1000;

    public Task<Result<Run>> GiveAsync(
        RunId id,
        Actor actor,
        string? comment,
        ApprovedThing? seen,
        CancellationToken cancellationToken
    ) => TryAsync(() => GiveOnceAsync(id, actor, comment, seen, cancellationToken));

    public Task<Result<Run>> WithdrawAsync(RunId id, Actor actor, CancellationToken cancellationToken) =>
        TryAsync(() => WithdrawOnceAsync(id, actor, cancellationToken));

    public Task<Result<Run>> BreakGlassAsync(
        RunId id,
        Actor actor,
        string reason,
        ApprovedThing? seen,
        CancellationToken cancellationToken
    ) => TryAsync(() => BreakGlassOnceAsync(id, actor, reason, seen, cancellationToken));

    public async Task<IReadOnlyList<WaitingApproval>> ListWaitingAsync(
        Actor actor,
        IReadOnlyList<RunReach>? within,
        CancellationToken cancellationToken
    )
    {
        var filter = new RunFilter(State: RunState.AwaitingApproval, Limit: MostWaiting) { Within = within };
        var waiting = await runs.ListAsync(filter, cancellationToken);
        var list = new List<WaitingApproval>();
        foreach (var run in waiting.Reverse())
        {
            if (await states.ReadAsync(run, cancellationToken) is not { } state || states.RuleOf(run) is not { } rule)
                continue;
            var checks = await CheckAsync(run, rule, actor, cancellationToken);
            list.Add(new WaitingApproval(run, state, checks, checks.All(check => check.Passed)));
        }
        return list;
    }

    public async Task<Result<IReadOnlyList<ApprovalCheck>>> ExplainAsync(
        RunId id,
        Actor actor,
        CancellationToken cancellationToken
    )
    {
        if (await runs.FindAsync(id, cancellationToken) is not { } run)
            return Unknown(id);
        return Result.Of(states.RuleOf(run) is { } rule ? await CheckAsync(run, rule, actor, cancellationToken) : []);
    }

    public async Task<Result<IReadOnlyList<ApprovalCheck>>> ExplainAsync(
        RunId id,
        Person person,
        CancellationToken cancellationToken
    )
    {
        if (await runs.FindAsync(id, cancellationToken) is not { } run)
            return Unknown(id);
        var actor = person.ToActor(authenticatedAt: null);
        return Result.Of(
            states.RuleOf(run) is { } rule
                ? await CheckAsync(run, rule, actor, cancellationToken, isForAnother: true)
                : []
        );
    }

    public Task<ApprovalState?> ReadAsync(Run run, CancellationToken cancellationToken) =>
        states.ReadAsync(run, cancellationToken);

    public async Task<ProvenBy?> FindProofAsync(Run run, CancellationToken cancellationToken) =>
        await proof.FindAsync(run, cancellationToken) is { Problem: null } found ? found.Value.By : null;

    private async Task<IReadOnlyList<ApprovalCheck>> CheckAsync(
        Run run,
        EnvironmentRule rule,
        Actor actor,
        CancellationToken cancellationToken,
        bool isForAnother = false
    )
    {
        var facts = await judge.GatherAsync(run, rule, actor, cancellationToken);
        return facts.Failed(out var unknown)
            ? [new ApprovalCheck("approvals.contributions", unknown.Message, Passed: false)]
            : ApprovalRules.Check(facts.Value with { IsForAnother = isForAnother });
    }

    private static async Task<Result<Run>> TryAsync(Func<Task<(Result<Run> Answer, bool Again)>> once)
    {
        var (answer, again) = await once();
        for (var attempt = 1; again && attempt < Attempts; attempt++)
            (answer, again) = await once();
        return answer;
    }

    private async Task<(Result<Run> Answer, bool Again)> GiveOnceAsync(
        RunId id,
        Actor actor,
        string? comment,
        ApprovedThing? seen,
        CancellationToken cancellationToken
    )
    {
        var found = await FindAsync(id, seen, cancellationToken);
        if (found.Failed(out var unknown))
            return (unknown, false);
        var (run, rule) = found.Value;
        var facts = await judge.GatherAsync(run, rule, actor, cancellationToken);
        if (facts.Failed(out var silent))
            return (silent, false);
        var checks = ApprovalRules.Check(facts.Value);
        if (ApprovalRules.Refusal(checks) is { } refusal)
            return (await RefuseAsync(run, actor, "approve", checks, refusal, cancellationToken), false);
        if (facts.Value.ToReview is { } act)
            return await ApplyAsync(run, glass.Review(run, act, actor), cancellationToken);
        var approval = Make(run, facts.Value, comment);
        var standing = await states.CountAsync(
            run,
            rule,
            facts.Value.Request!,
            [.. facts.Value.Given, approval],
            cancellationToken
        );
        Change[] changes =
        [
            new AddApproval(approval),
            audit.Record(ApprovalEntries.Given(run, approval)),
            flow.Note(run, $"{facts.Value.Person!.Name} approved it"),
            .. await flow.FollowAsync(run, rule, facts.Value.Request!, standing, cancellationToken),
        ];
        return await ApplyAsync(run, changes, cancellationToken);
    }

    private Approval Make(Run run, ApprovalFacts facts, string? comment) =>
        new()
        {
            Uid = Approval.NewUid(),
            Run = run.Id,
            Generation = facts.Request!.Generation,
            PersonUid = facts.Person!.Uid,
            Thing = ApprovedThing.Of(run)!,
            At = time.GetUtcNow(),
            AuthenticatedAt = facts.Actor.AuthenticatedAt,
            Source = ApprovalSource.Bascule,
            Comment = string.IsNullOrWhiteSpace(comment) ? null : PlainText.Line(comment, MaxComment),
        };

    private async Task<(Result<Run> Answer, bool Again)> WithdrawOnceAsync(
        RunId id,
        Actor actor,
        CancellationToken cancellationToken
    )
    {
        var found = await FindAsync(id, seen: null, cancellationToken);
        if (found.Failed(out var unknown))
            return (unknown, false);
        var (run, rule) = found.Value;
        if (run.StartBegun || run.State.IsTerminal())
            return (
                Problem.Conflict($"run {id} has been started or has ended; stop it instead: bascule run cancel {id}"),
                false
            );
        var state = await states.ReadAsync(run, cancellationToken);
        var own = state?.Given.FirstOrDefault(approval => !approval.IsVoid && approval.PersonUid == actor.Uid);
        if (state is null || own is null || actor.Subject is null)
            return (
                Problem.Conflict($"nothing that you approved of run {id} counts; see: bascule run show {id}"),
                false
            );
        if (state.Request.CarriedTo is { } taken)
            return (
                Problem.Conflict(
                    $"your approval went on to run {taken}; take it back there: bascule run withdraw {taken}"
                ),
                false
            );
        const string because = "taken back by whoever gave it";
        var rest = state.Given.Where(approval => approval.Uid != own.Uid).ToList();
        var standing = await states.CountAsync(run, rule, state.Request, rest, cancellationToken);
        Change[] changes =
        [
            .. flow.Void(run, [own], because, actor.AuditName),
            .. await flow.FollowAsync(run, rule, state.Request, standing, cancellationToken),
        ];
        return await ApplyAsync(run, changes, cancellationToken);
    }

    private async Task<(Result<Run> Answer, bool Again)> BreakGlassOnceAsync(
        RunId id,
        Actor actor,
        string reason,
        ApprovedThing? seen,
        CancellationToken cancellationToken
    )
    {
        var found = await FindAsync(id, seen, cancellationToken);
        if (found.Failed(out var unknown))
            return (unknown, false);
        var (run, rule) = found.Value;
        var facts = await judge.GatherAsync(run, rule, actor, cancellationToken);
        if (facts.Failed(out var silent))
            return (silent, false);
        var checks = BreakGlassRules.Check(facts.Value, reason);
        if (ApprovalRules.Refusal(checks) is { } refusal)
            return (await RefuseAsync(run, actor, "break_glass", checks, refusal, cancellationToken), false);
        return await ApplyAsync(run, glass.Break(run, facts.Value, reason), cancellationToken);
    }

    /// <summary>Asked anew with every attempt: nobody approves what came in between (THREATS T97).</summary>
    private async Task<Result<(Run Run, EnvironmentRule Rule)>> FindAsync(
        RunId id,
        ApprovedThing? seen,
        CancellationToken cancellationToken
    )
    {
        if (await runs.FindAsync(id, cancellationToken) is not { } run)
            return Unknown(id);
        if (seen is not null && seen != ApprovedThing.Of(run))
            return Problem.Conflict($"run {id} changed since you looked at it; look at its plan again");
        return states.RuleOf(run) is { } rule
            ? (run, rule)
            : Problem.Conflict($"run {id} needs no approval: its environment asks for none");
    }

    /// <summary>A refusal is an entry as well; that it cannot be written changes nothing about the refusal.</summary>
    private async Task<Problem> RefuseAsync(
        Run run,
        Actor actor,
        string asked,
        IReadOnlyList<ApprovalCheck> checks,
        Problem refusal,
        CancellationToken cancellationToken
    )
    {
        var rule = checks.First(check => !check.Passed).Rule;
        var entry = ApprovalEntries.Refused(run, actor.AuditName, asked, rule, refusal.Message);
        _ = await audit.WriteAsync(entry, cancellationToken);
        return refusal;
    }

    private async Task<(Result<Run> Answer, bool Again)> ApplyAsync(
        Run run,
        IReadOnlyList<Change> changes,
        CancellationToken cancellationToken
    )
    {
        var stored = await store.ApplyAsync(changes, cancellationToken);
        if (stored.Failed(out var problem))
            return (problem, problem.Code == ProblemCode.Conflict);
        return (await runs.FindAsync(run.Id, cancellationToken) ?? run, false);
    }

    private static Problem Unknown(RunId id) => Problem.NotFound($"there is no run {id}; see `bascule run list`");
}
