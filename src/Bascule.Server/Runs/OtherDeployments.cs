using Bascule.Core.Forges;
using Bascule.Core.Lineage;
using Bascule.Core.Platforms;
using Bascule.Core.Runs;
using Bascule.Server.Connections;
using Bascule.Server.Events;
using Bascule.Server.Workflows;

namespace Bascule.Server.Runs;

/// <summary>
/// What other repositories and workflows last deployed to platforms of one kind. Whoever may not deploy there any more has nothing there: an environment that
/// does not take the repository, a workflow that its own repository has dropped.
/// </summary>
internal sealed class OtherDeployments(
    ILineageStore lineage,
    IRepositoryStore repositories,
    ForgeConnections forges,
    EnvironmentConnections environments,
    RepositoryLookup lookup,
    WorkflowSource workflows
)
{
    private const int MostDeployed = 1000;

    /// <summary>Empty where the platform does not say what it holds.</summary>
    public async Task<IReadOnlyList<OtherDeployment>> BesideAsync(
        Run run,
        EnvironmentConnection environment,
        CancellationToken cancellationToken
    )
    {
        if (environment.Platform is not IFindsDrift)
            return [];
        var kin = environments.All.Where(one => one.Platform.Kind == environment.Platform.Kind).ToList();
        var reach = new RunReach(Repositories: null, [.. kin.Select(one => one.Name)]);
        var deployed = await lineage.ListDeployedAsync([reach], MostDeployed, cancellationToken);
        IReadOnlySet<string>? own = null;
        var others = new List<OtherDeployment>();
        foreach (var other in deployed)
        {
            if (other.Plan is not { } plan || (other.Repository == run.Repository && other.Workflow == run.Workflow))
                continue;
            if (other.Repository == run.Repository)
                own ??= await WorkflowsAsync(run, deployed, cancellationToken);
            var may =
                other.Repository == run.Repository
                    ? own!.Contains(other.Workflow)
                    : await IsTakenAsync(kin.First(one => one.Name == other.Environment), other, cancellationToken);
            if (may)
                others.Add(
                    new OtherDeployment(
                        $"{other.Forge}:{other.RepositoryName}",
                        other.Workflow,
                        other.Environment!,
                        plan
                    )
                );
        }
        return others;
    }

    /// <summary>By what the repository is called now.</summary>
    private async Task<bool> IsTakenAsync(
        EnvironmentConnection environment,
        Run other,
        CancellationToken cancellationToken
    ) =>
        forges.Find(other.Repository.ForgeUid) is { } forge
        && await repositories.FindAsync(other.Repository, cancellationToken) is { } repository
        && environment.Rule.Repositories.Any(pattern => pattern.IsMatch(forge.Name, repository.FullName));

    /// <summary>Those of the file by which the run is judged; when it cannot be read, every one that ever deployed: rather one too many.</summary>
    private async Task<IReadOnlySet<string>> WorkflowsAsync(
        Run run,
        IReadOnlyList<Run> deployed,
        CancellationToken cancellationToken
    )
    {
        var opened = await lookup.OpenAsync(run.Repository, cancellationToken);
        var read =
            opened.Failed(out _) ? null
            : (await workflows.ReadAsync(opened.Value.Mirror, run.BaseCommit ?? run.Commit, cancellationToken))
                is var file
            && file.Failed(out _)
                ? null
            : file.Value;
        return read is null
            ? deployed.Select(one => one.Workflow).ToHashSet()
            : read.Workflows.Select(workflow => workflow.Name).ToHashSet();
    }
}
