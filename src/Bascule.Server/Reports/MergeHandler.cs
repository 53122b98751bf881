using Bascule.Core.Forges;
using Bascule.Core.Runs;
using Bascule.Core.Work;

namespace Bascule.Server.Reports;

/// <summary>When a branch's run belongs to the merge of a pull request, that pull request's comment tells how it ended.</summary>
internal sealed class MergeHandler(IRunStore runs, IRepositoryStore repositories, TimeProvider time) : IWorkHandler
{
    public string Kind => ReportWork.MergeKind;

    public async Task<WorkResult> HandleAsync(WorkItem item, CancellationToken cancellationToken)
    {
        if (await runs.FindAsync(new RunId(item.Subject), cancellationToken) is not { } run)
            return WorkResult.Finished();
        var merged = await repositories.FindMergedAsAsync(run.Repository, run.Commit, cancellationToken);
        return merged is null
            ? WorkResult.Finished()
            : WorkResult.Finished(ReportWork.Comment(run.Repository, merged.Number, time.GetUtcNow()));
    }
}
