using System.Text.Json.Nodes;
using Bascule.Connectors.ResourceManager;
using Bascule.Core;

namespace Bascule.Connectors.Platforms.AzureML.Service;

/// <summary>The workspace's resources.</summary>
internal sealed class AzureMlClient(AzureMlOptions options, ArmClient client) : IDisposable
{
    public void Dispose() => client.Dispose();

    /// <summary>Denied in words that say what is missing when the workspace hides itself.</summary>
    public async Task<Result<ArmResource>> WorkspaceAsync(ArmSession session, CancellationToken cancellationToken)
    {
        var found = await client.FindAsync(
            session,
            options.WorkspaceId,
            "",
            $"read workspace {options.Workspace}",
            cancellationToken
        );
        if (found.Failed(out var problem))
            return Explained(problem, session);
        return found.Value is { } workspace
            ? workspace
            : Problem.NotFound(
                $"{options.Subject}: there is no workspace '{options.Workspace}' in resource group '{options.Place.ResourceGroup}'; correct subscription, resource_group and workspace"
            );
    }

    /// <summary>Where the workspace says that it keeps MLflow runs.</summary>
    public async Task<Result<Uri>> TrackingPlaceAsync(ArmSession session, CancellationToken cancellationToken)
    {
        var workspace = await WorkspaceAsync(session, cancellationToken);
        return workspace.Failed(out var problem) ? problem : TrackingPlace.Of(workspace.Value, options.Subject);
    }

    /// <summary>Null when it is not there.</summary>
    /// <param name="path">Below the workspace.</param>
    public async Task<Result<ArmResource?>> FindAsync(
        ArmSession session,
        string path,
        CancellationToken cancellationToken
    )
    {
        var found = await client.FindAsync(session, PathOf(path), "", $"read {path}", cancellationToken);
        return found.Failed(out var problem) ? Explained(problem, session) : found;
    }

    public async Task<Result<IReadOnlyList<ArmResource>>> ListAsync(
        ArmSession session,
        string path,
        CancellationToken cancellationToken
    )
    {
        var listed = await client.ListAsync(session, PathOf(path), $"list {path}", cancellationToken);
        return listed.Failed(out var problem) ? Explained(problem, session) : listed;
    }

    public async Task<Result<Done>> PutAsync(
        ArmSession session,
        string path,
        JsonObject body,
        string operation,
        CancellationToken cancellationToken
    )
    {
        var put = await client.PutAsync(
            session,
            PathOf(path),
            body,
            ifMatch: null,
            operation,
            $"write {path}",
            cancellationToken
        );
        return put.Failed(out var problem) ? Explained(problem, session) : put;
    }

    /// <summary>Where the bytes of a new version go to.</summary>
    public async Task<Result<JsonObject>> StartUploadAsync(
        ArmSession session,
        string path,
        CancellationToken cancellationToken
    )
    {
        var asked = await client.AskAsync(
            session,
            PathOf($"{path}/startPendingUpload"),
            new JsonObject { ["pendingUploadType"] = "TemporaryBlobReference" },
            "azureml.codes.upload",
            $"begin the upload of {path}",
            cancellationToken
        );
        return asked.Failed(out var problem) ? Explained(problem, session) : asked;
    }

    public async Task<Result<Done>> CancelAsync(ArmSession session, string job, CancellationToken cancellationToken)
    {
        var canceled = await client.PostAsync(
            session,
            PathOf($"jobs/{job}/cancel"),
            "azureml.jobs.cancel",
            $"cancel job {job}",
            cancellationToken
        );
        return canceled.Failed(out var problem) ? Explained(problem, session) : canceled;
    }

    /// <summary>Whether we may do more than read. A job that nobody ever made is to be cancelled: with the role nothing happens.</summary>
    public async Task<Result<Done>> ProveRoleAsync(ArmSession session, CancellationToken cancellationToken)
    {
        var nobodys = $"jobs/bascule-doctor-{Guid.NewGuid():N}/cancel";
        var proven = await client.ProbeAsync(session, PathOf(nobodys), "prove the role", cancellationToken);
        return proven.Failed(out var problem) ? Explained(problem, session) : proven;
    }

    private string PathOf(string path) => $"{options.WorkspaceId}/{path}";

    /// <summary>A refusal for want of a right says which role has it.</summary>
    private Problem Explained(Problem problem, ArmSession session) =>
        problem.Code == ProblemCode.Denied && problem.Message.Contains("AuthorizationFailed", StringComparison.Ordinal)
            ? problem with
            {
                Message =
                    $"{problem.Message}; {(session.IsPlanning ? "whoever plans" : "Bascule")} lacks a role at workspace '{options.Workspace}': run the command that `bascule connect` prints; a new role takes some minutes to count",
            }
            : problem;
}
