using Bascule.Core;
using Bascule.Server.Deployments;
using Microsoft.AspNetCore.Http;

namespace Bascule.Server.GitProxy.Following;

/// <summary>
/// A fetch by a token for one deploy ref: out of what was deployed, and nothing else. The forge is not asked: what was approved and deployed can be had while
/// it is down, and while the database is.
/// </summary>
internal sealed class DeployFetch(
    DeployedVersions versions,
    DeployedRepositories repositories,
    UploadPack upload,
    FetchAudit audit,
    GitProxyOptions options
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
        var found = await versions.FindAsync(asked, environment, cancellationToken);
        if (found.Failed(out var nothing))
            return nothing;
        var (admitted, deployed) = found.Value;
        var brought = await repositories.BringAsync(deployed.Place, deployed.Commit, cancellationToken);
        return brought.Failed(out var missing) ? missing : (admitted, brought.Value);
    }
}
