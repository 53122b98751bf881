using Bascule.Core.Content;
using Bascule.Core.Forges;
using Bascule.Core.Runs;

namespace Bascule.Core.Approvals;

public interface IApprovalStore
{
    Task<ApprovalRequest?> FindAsync(RunId run, CancellationToken cancellationToken);

    /// <summary>All that were ever given for the run, void ones included, oldest first.</summary>
    Task<IReadOnlyList<Approval>> ReadAsync(RunId run, CancellationToken cancellationToken);

    Task<BreakGlass?> FindBreakGlassAsync(RunId run, CancellationToken cancellationToken);

    /// <summary>Runs with a request that have not been started and may still go, newest first.</summary>
    Task<IReadOnlyList<Run>> ListOpenAsync(RepositoryKey repository, CancellationToken cancellationToken);

    /// <summary>Runs with a request of this ref, workflow and environment, newest first; reproductions are left out.</summary>
    Task<IReadOnlyList<Run>> ListLaneAsync(
        RepositoryKey repository,
        RefName name,
        string workflow,
        string environment,
        int limit,
        CancellationToken cancellationToken
    );

    /// <summary>Runs of pull requests with this content whose approvals nobody has taken over, newest first; reproductions are left out.</summary>
    Task<IReadOnlyList<Run>> ListProposedAsync(
        RepositoryKey repository,
        string workflow,
        string environment,
        ContentId content,
        CancellationToken cancellationToken
    );
}
