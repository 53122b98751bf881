using System.Text.Json.Nodes;
using Bascule.Core;
using Bascule.Core.Exchange;
using Bascule.Server.Api;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Bascule.Server.GitProxy.Lfs;

/// <summary>Decides whether a request for LFS may go on, as <see cref="GitDoor"/> does for git: by the same token, repository and verb.</summary>
internal sealed class LfsDoor(GitDoor door, LfsReads reads, LfsWrites writes, GitProxyOptions options)
{
    public static string? TargetOf(HttpContext context)
    {
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        return context.IsLocal() || target.Contains('?', StringComparison.Ordinal) ? null : target;
    }

    /// <param name="verb">Null for a question whose body says: then any verb is enough until it was read.</param>
    public async Task<Result<AdmittedGit>> AdmitAsync(HttpContext context, LfsAddress? address, GitVerb? verb)
    {
        if (address is null)
            return GitCredential.InQuery(context.Request) ?? GitAnswer.NotHere;
        var token = GitCredential.Read(context.Request);
        if (token.Failed(out var missing))
            return missing;
        var found = await door.FindAsync(token.Value, context.RequestAborted);
        if (found.Failed(out var unknown))
            return unknown;
        var pass = found.Value;
        var any = pass.Verbs.Contains(GitVerb.Fetch) ? GitVerb.Fetch : GitVerb.Push;
        return await door.AdmitAsync(address.Repository, pass, verb ?? any, context.RequestAborted);
    }

    public async Task AnswerBatchAsync(HttpContext context, AdmittedGit admitted, GitAddress address)
    {
        var offered = await OfferAsync(context, admitted, address);
        if (offered.Failed(out var problem))
            await GitAnswer.RefuseAsync(context, problem);
        else
            await LfsAnswer.WriteAsync(context, offered.Value);
    }

    private async Task<Result<IReadOnlyList<JsonObject>>> OfferAsync(
        HttpContext context,
        AdmittedGit admitted,
        GitAddress address
    )
    {
        var read = await LfsBatch.ReadAsync(context.Request, options);
        if (read.Failed(out var problem))
            return problem;
        var (verb, objects) = read.Value;
        if (!admitted.Pass.Verbs.Contains(verb))
            return GitDoor.NoRight(admitted.Pass, verb);
        return verb == GitVerb.Fetch
            ? await reads.OfferAsync(admitted, address, objects, context.RequestAborted)
            : await writes.OfferAsync(admitted, address, objects, context.RequestAborted);
    }
}
