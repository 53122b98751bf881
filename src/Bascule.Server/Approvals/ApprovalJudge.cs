using Bascule.Core;
using Bascule.Core.Approvals;
using Bascule.Core.People;
using Bascule.Core.Runs;
using Bascule.Core.Workflows;

namespace Bascule.Server.Approvals;

/// <summary>Gathers what the rules look at, so that everybody who decides or explains decides by the same.</summary>
internal sealed class ApprovalJudge(
    IApprovalStore approvals,
    IPeopleStore people,
    ContributionReader contributions,
    TimeProvider time
)
{
    public async Task<Result<ApprovalFacts>> GatherAsync(
        Run run,
        EnvironmentRule rule,
        Actor actor,
        CancellationToken cancellationToken
    )
    {
        var work = await contributions.ReadAsync(run, cancellationToken);
        if (work.Failed(out var unknown))
            return unknown;
        var person = actor.Subject is null ? null : await people.FindAsync(actor.Uid, cancellationToken);
        var links = person is null ? [] : await people.ReadLinksAsync(person.Uid, cancellationToken);
        var act = await approvals.FindBreakGlassAsync(run.Id, cancellationToken);
        return new ApprovalFacts(
            run,
            rule.Approvals!,
            actor,
            person,
            [.. links.Where(link => link.ForgeUid == run.Repository.ForgeUid).Select(link => link.AccountId)],
            work.Value,
            await approvals.ReadAsync(run.Id, cancellationToken),
            await approvals.FindAsync(run.Id, cancellationToken),
            time.GetUtcNow()
        )
        {
            ToReview = act is { ReviewedBy: null } && run.State != RunState.AwaitingApproval ? act : null,
        };
    }
}
