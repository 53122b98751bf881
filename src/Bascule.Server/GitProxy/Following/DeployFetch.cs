using Bascule.Core;
using Bascule.Core.Deployments;
using Bascule.Server.Deployments;
using Bascule.Server.Deployments.Outages;
using Microsoft.AspNetCore.Http;

namespace Bascule.Server.GitProxy;

/// <summary>
/// A fetch by a token for one deploy ref: out of what was deployed, and nothing else. The forge is not asked: what was approved and deployed can be had while
/// it is down, and while the database is.
/// </summary>
internal sealed class DeployFetch(
    IDeploymentStore deployments,
    DeployedRepositories repositories,
    UploadPack upload,
    FetchAudit audit,
    GitProxyOptions options,
    OutageDoor? outages = null
)
{
    public async Task<Problem?> AdvertiseAsync(HttpContext context, AskedGit asked, string environment)
    {
        var opened = await OpenAsync(asked, environment, context.RequestAborted);
        if (opened.Failed(out var problem))
            return problem;
        var (admitted, repository) = opened.Value;
        var protocol = GitProtocol.Of(context.Request);
        audit.Listed(admitted);
        context.Response.ContentType = "application/x-git-upload-pack-advertisement";
        if (GitProtocol.IsTwo(protocol))
            await context.Response.Body.WriteAsync(
                await upload.ReadCapabilitiesAsync(repository.Path, protocol, context.RequestAborted),
                context.RequestAborted
            );
        else
            await upload.AdvertiseOldAsync(context, repository.Path, protocol);
        return null;
    }

    public async Task<Problem?> ServeAsync(HttpContext context, AskedGit asked, string environment)
    {
        var isTwo = GitProtocol.IsTwo(GitProtocol.Of(context.Request));
        var read = await UploadPackRequest.ReadAsync(context.Request, isTwo, options);
        var opened = await OpenAsync(asked, environment, context.RequestAborted);
        if (opened.Failed(out var problem))
            return problem;
        if (read.Failed(out var unread))
            return unread;
        var (admitted, repository) = opened.Value;
        var (question, body) = read.Value;
        await upload.ServeAsync(context, admitted, repository.Path, question, body, FetchSource.Deployed);
        return null;
    }

    private async Task<Result<(AdmittedGit, DeployedRepository)>> OpenAsync(
        AskedGit asked,
        string environment,
        CancellationToken cancellationToken
    )
    {
        var confirmed = await asked.Confirmed;
        if (confirmed.Failed(out var refused))
            return refused;
        var place = new DeployPlace(asked.Pass.Repository, environment);
        var found = await FindAsync(confirmed.Value, place, cancellationToken);
        if (found.Failed(out var nothing))
            return nothing;
        var (admitted, deployed) = found.Value;
        var brought = await repositories.BringAsync(place, deployed.Commit, cancellationToken);
        return brought.Failed(out var missing) ? missing : (admitted, brought.Value);
    }

    /// <summary>What is deployed; while the database is away, what was when it last said so.</summary>
    private async Task<Result<(AdmittedGit, Deployment)>> FindAsync(
        AdmittedGit admitted,
        DeployPlace place,
        CancellationToken cancellationToken
    )
    {
        if (admitted.Remembered is { } known)
            return (admitted, known);
        if (outages?.IsGood(admitted.Pass) != true)
            return await ReadAsync(admitted, place, cancellationToken);
        return await outages.AskAsync(
            () => ReadAsync(admitted, place, cancellationToken),
            () => Remember(admitted),
            cancellationToken
        );
    }

    private async Task<Result<(AdmittedGit, Deployment)>> ReadAsync(
        AdmittedGit admitted,
        DeployPlace place,
        CancellationToken cancellationToken
    ) =>
        await deployments.FindAsync(place, cancellationToken) is { } deployed
            ? (admitted, deployed)
            : Problem.NotFound(
                $"nothing has been deployed to environment '{place.Environment}' from this repository yet"
            );

    private Result<(AdmittedGit, Deployment)> Remember(AdmittedGit admitted)
    {
        var opened = outages!.Open(admitted.Pass);
        if (opened.Failed(out var refused))
            return refused;
        var at = opened.Value.Ref.Deployment;
        return (admitted with { Remembered = at }, at);
    }
}
