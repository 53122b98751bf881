using Bascule.Core;
using Bascule.Core.Approvals;
using Bascule.Core.Runs;
using Bascule.Core.Work;
using Bascule.Server.Audit;
using Bascule.Server.Work;

namespace Bascule.Server.Approvals;

/// <summary>Looks for reviews of a run that waits, where its environment lets them count: soon at first, then every few minutes.</summary>
internal sealed class ReviewHandler(
    IRunStore runs,
    ApprovalStates states,
    ReviewReader reviews,
    ApprovalFlow flow,
    AuditTrail audit,
    TimeProvider time
) : IWorkHandler
{
    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Quickest = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Slowest = TimeSpan.FromMinutes(5);

    public string Kind => ApprovalWork.ReviewsKind;

    public async Task<WorkResult> HandleAsync(WorkItem item, CancellationToken cancellationToken)
    {
        if (
            await runs.FindAsync(new RunId(item.Subject), cancellationToken)
            is not { State: RunState.AwaitingApproval } run
        )
            return WorkResult.Finished();
        if (states.RuleOf(run) is not { } rule || await states.ReadAsync(run, cancellationToken) is not { } state)
            return WorkResult.Finished();
        var found = await reviews.FindNewAsync(run, rule, cancellationToken);
        if (found.Failed(out var unread))
            return Retry(item, unread);
        var gone = await reviews.FindGoneAsync(run, state.Given, cancellationToken);
        if (gone.Failed(out unread))
            return Retry(item, unread);
        if (found.Value.Count + gone.Value.Count == 0)
            return WorkResult.Again(WaitAfter(state));
        Approval[] standing =
        [
            .. state.Given.Where(given => gone.Value.All(review => review.Approval.Uid != given.Uid)),
            .. found.Value,
        ];
        var count = await states.CountAsync(run, rule, state.Request, standing, cancellationToken);
        return WorkResult.Again(
            WaitAfter(state),
            [
                .. gone.Value.SelectMany(review => flow.Void(run, [review.Approval], review.Because)),
                .. found.Value.SelectMany(approval => Add(run, approval)),
                .. await flow.FollowAsync(run, rule, state.Request, count, cancellationToken),
            ]
        );
    }

    private IEnumerable<Change> Add(Run run, Approval approval) =>
        [
            new AddApproval(approval),
            audit.Record(ApprovalEntries.Given(run, approval)),
            flow.Note(run, $"a review of pull request {approval.Review!.PullRequest} at the forge approves it"),
        ];

    /// <summary>A tenth of how long it has waited.</summary>
    private TimeSpan WaitAfter(ApprovalState state)
    {
        var tenth = (time.GetUtcNow() - state.Request.OpenedAt) / 10;
        return tenth < Quickest ? Quickest
            : tenth > Slowest ? Slowest
            : tenth;
    }

    private static WorkResult Retry(WorkItem item, Problem problem) =>
        WorkResult.Retry(BackOff.For(problem, item.Attempt, FirstWait), problem);
}
