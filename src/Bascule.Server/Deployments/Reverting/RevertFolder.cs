using Bascule.Core;
using Bascule.Server.Connections;
using Bascule.Server.Events;
using Bascule.Server.Workflows;

namespace Bascule.Server.Deployments.Reverting;

/// <summary>Tells which folder of the repository was deployed: the workflow's root, and below it what the environment takes.</summary>
internal sealed class RevertFolder(WorkflowSource workflows, EnvironmentConnections environments)
{
    /// <summary>Empty for the whole repository. Denied when the environment is not in the settings any more.</summary>
    public async Task<Result<string>> FindAsync(
        OpenRepository repository,
        Rollback rollback,
        CancellationToken cancellationToken
    )
    {
        if (environments.Find(rollback.Environment) is not { } environment)
            return Problem.Denied($"environment '{rollback.Environment}' is not in bascule.yaml any more");
        var run = rollback.Run;
        var workflow = await workflows.ReadAsync(repository.Mirror, run.Commit, run.Workflow, cancellationToken);
        if (workflow.Failed(out var problem))
            return problem;
        string[] parts = [workflow.Value.Root, environment.Settings.DeployedFolder];
        return string.Join('/', parts.Where(part => part.Length > 0));
    }
}
