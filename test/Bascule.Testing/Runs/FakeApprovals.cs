using Bascule.Core;
using Bascule.Core.Approvals;
using Bascule.Core.People;
using Bascule.Core.Runs;

namespace Bascule.Testing.Runs;

/// <summary>Notes what is asked of approvals; answers what a test sets.</summary>
public sealed class FakeApprovals(FakeRunStore runs) : IApprovals
{
    private readonly List<string> _asked = [];
    private readonly List<ApprovedThing?> _seen = [];

    public IReadOnlyList<string> Asked => _asked;
    public ApprovalState? State { get; set; }
    public IReadOnlyList<ApprovalCheck> Checks { get; set; } = [];
    public Problem? Refusal { get; set; }

    /// <summary>What becomes of a run that somebody approves or lets go.</summary>
    public Func<Run, Run>? Becomes { get; set; }

    /// <summary>Whether a run that does not wait has a state as well.</summary>
    public bool IsRemembered { get; set; }

    /// <summary>What a form said had been looked at, in order.</summary>
    public IReadOnlyList<ApprovedThing?> Seen => _seen;

    public Task<Result<Run>> GiveAsync(
        RunId id,
        Actor actor,
        string? comment,
        ApprovedThing? seen,
        CancellationToken cancellationToken
    )
    {
        _seen.Add(seen);
        return AnswerAsync(id, $"give {id} {actor.Uid} {comment}");
    }

    public Task<Result<Run>> WithdrawAsync(RunId id, Actor actor, CancellationToken cancellationToken) =>
        AnswerAsync(id, $"withdraw {id} {actor.Uid}");

    public Task<Result<Run>> BreakGlassAsync(
        RunId id,
        Actor actor,
        string reason,
        ApprovedThing? seen,
        CancellationToken cancellationToken
    )
    {
        _seen.Add(seen);
        return AnswerAsync(id, $"break {id} {actor.Uid} {reason}");
    }

    public async Task<IReadOnlyList<WaitingApproval>> ListWaitingAsync(
        Actor actor,
        IReadOnlyList<RunReach>? within,
        CancellationToken cancellationToken
    )
    {
        var filter = new RunFilter(State: RunState.AwaitingApproval) { Within = within };
        return State is not { } state
            ? []
            :
            [
                .. (await runs.ListAsync(filter, cancellationToken)).Select(run => new WaitingApproval(
                    run,
                    state,
                    Checks,
                    Checks.All(check => check.Passed)
                )),
            ];
    }

    public Task<Result<IReadOnlyList<ApprovalCheck>>> ExplainAsync(
        RunId id,
        Actor actor,
        CancellationToken cancellationToken
    ) => Task.FromResult(Result.Of(Checks));

    public Task<Result<IReadOnlyList<ApprovalCheck>>> ExplainAsync(
        RunId id,
        Person person,
        CancellationToken cancellationToken
    ) => Task.FromResult(Result.Of(Checks));

    public Task<ApprovalState?> ReadAsync(Run run, CancellationToken cancellationToken) =>
        Task.FromResult(IsRemembered || run.State == RunState.AwaitingApproval ? State : null);

    public Task<ProvenBy?> FindProofAsync(Run run, CancellationToken cancellationToken) =>
        Task.FromResult(State?.Standing.ProvenBy);

    private async Task<Result<Run>> AnswerAsync(RunId id, string asked)
    {
        _asked.Add(asked);
        return Refusal is { } refusal ? refusal
            : await runs.FindAsync(id, default) is { } run ? runs.Replace(Becomes?.Invoke(run) ?? run)
            : Problem.NotFound($"there is no run {id}");
    }
}
