using Bascule.Core.Forges;
using Bascule.Core.Runs;
using Bascule.Core.Work;
using Bascule.Server.Connections;
using Bascule.Server.Reports;

namespace Bascule.Server.Reconcile;

/// <summary>
/// Has the statuses of branch heads read again when nothing calls for it: no webhook tells of a status that somebody else wrote in our name (THREATS T135).
/// The report's own handler reads, writes down and puts right.
/// </summary>
internal sealed class StatusLooks(IRunStore runs, TimeProvider time)
{
    private const int NewestRuns = 200;
    private const int MostHeads = 5;

    /// <summary>One row for each head whose newest run has ended, as far as the budget goes. A run that goes on is reported anyway.</summary>
    public async Task<IReadOnlyList<Change>> AskAsync(
        ConnectedForge forge,
        RepositoryKey repository,
        RequestBudget budget,
        CancellationToken cancellationToken
    )
    {
        if (forge.Forge is not ICommitStatuses)
            return [];
        var newest = await runs.ListAsync(
            new RunFilter(repository, Limit: NewestRuns) { WithoutReproductions = true },
            cancellationToken
        );
        var heads = newest
            .Where(run => run.Ref.IsBranch)
            .GroupBy(run => run.Ref)
            .Select(branch => branch.First())
            .Where(run => run.IsFinal)
            .DistinctBy(run => run.Commit)
            .Take(MostHeads);
        var now = time.GetUtcNow();
        return [.. heads.TakeWhile(_ => budget.TryTake()).Select(run => ReportWork.Status(run, now))];
    }
}
