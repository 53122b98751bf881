using Bascule.Connectors.Platforms.AzureML.Planning;
using Bascule.Connectors.Platforms.AzureML.Service;
using Bascule.Connectors.ResourceManager;
using Bascule.Core;

namespace Bascule.Connectors.Platforms.AzureML;

/// <summary>Brings the components of a pipeline's steps into the workspace, each version once.</summary>
internal sealed class AzureMlComponents(AzureMlOptions options, AzureMlClient client)
{
    /// <summary>Conflict when the version's name is taken by something else (THREATS T141).</summary>
    public async Task<Result<Done>> EnsureAsync(
        ArmSession session,
        StepComponent component,
        string repository,
        CancellationToken cancellationToken
    )
    {
        var before = await IsThereAsync(session, component, cancellationToken);
        if (before.Failed(out var problem))
            return problem;
        if (before.Value)
            return Result.Done;
        var body = component.Body(repository);
        var put = await client.PutAsync(session, component.Path, body, "azureml.components.put", cancellationToken);
        if (put.Failed(out problem) && problem.Code != ProblemCode.Conflict)
            return problem;
        // What is there is what a step would run, whoever wrote it.
        var after = await IsThereAsync(session, component, cancellationToken);
        if (after.Failed(out var other))
            return other;
        return after.Value
            ? Result.Done
            : problem
                ?? Problem.Unavailable(
                    $"{options.Subject}: {component.Path} was written and cannot be read yet; trying again"
                );
    }

    private async Task<Result<bool>> IsThereAsync(
        ArmSession session,
        StepComponent component,
        CancellationToken cancellationToken
    )
    {
        var found = await client.FindAsync(session, component.Path, cancellationToken);
        if (found.Failed(out var problem))
            return problem;
        if (found.Value is not { } there)
            return false;
        return component.IsThat(there)
            ? true
            : Problem.Conflict(
                $"{options.Subject}: {component.Path} is there and runs something else; see who wrote it, then archive the component"
            );
    }
}
