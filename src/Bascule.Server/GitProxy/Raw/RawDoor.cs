using Bascule.Core;
using Bascule.Core.Exchange;
using Bascule.Server.Api;
using Bascule.Server.Exchange;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Bascule.Server.GitProxy.Raw;

/// <summary>
/// Decides whether a file may be asked for at all. Who shows a token for git opens what that opens; who shows the token of an identity, what it would be exchanged
/// for: the trust policies decide, in the same place.
/// </summary>
internal sealed class RawDoor(GitDoor door, IdentityPasses? identities = null)
{
    public static RawAddress? AddressOf(HttpContext context)
    {
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        return context.IsLocal() || target.Contains('?', StringComparison.Ordinal) ? null : RawAddress.Parse(target);
    }

    public async Task<Result<AdmittedGit>> AdmitAsync(HttpContext context, RawAddress? address)
    {
        if (address is null)
            return GitCredential.InQuery(context.Request) ?? RawAnswer.NotHere;
        var token = GitCredential.Read(context.Request);
        if (token.Failed(out var missing))
            return missing;
        var found = await FindAsync(context, address.Repository, token.Value);
        if (found.Failed(out var unknown))
            return Outward(unknown);
        var admitted = await door.AdmitAsync(address.Repository, found.Value, GitVerb.Fetch, context.RequestAborted);
        return admitted.Failed(out var refused) ? Outward(refused) : admitted;
    }

    private Task<Result<GitPass>> FindAsync(HttpContext context, GitAddress repository, Secret token) =>
        identities is not null && IdentityPasses.Takes(token)
            ? identities.FindAsync(
                token,
                new RepositoryAddress(repository.Forge, repository.Owner, repository.Name),
                TokenEndpoints.SourceOf(context),
                context.RequestAborted
            )
            : door.FindAsync(token, context.RequestAborted);

    /// <summary>One text for everything that is not there.</summary>
    private static Problem Outward(Problem problem) =>
        problem.Code == ProblemCode.NotFound ? RawAnswer.NotHere : problem;
}
