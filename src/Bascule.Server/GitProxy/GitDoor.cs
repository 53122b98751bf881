using Bascule.Core;
using Bascule.Core.Exchange;
using Bascule.Core.Forges;
using Bascule.Server.Api;
using Bascule.Server.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Bascule.Server.GitProxy;

/// <summary>A request that may go on.</summary>
internal sealed record AdmittedGit(GitPass Pass, ProxiedRepository Repository);

/// <summary>
/// Decides whether a request may go on: by its path and method, its token, and the repository that its address names at the forge at this moment. The verb is
/// the path's; a query is only compared (THREATS T86).
/// </summary>
internal sealed class GitDoor(ForgeConnections forges, IGitPasses? passes = null)
{
    public async Task<Result<AdmittedGit>> AdmitAsync(HttpContext context, GitService service)
    {
        if (Address(context, service) is not { } address)
            return GitCredential.InQuery(context.Request) ?? GitAnswer.NotHere;
        var token = GitCredential.Read(context.Request);
        if (token.Failed(out var missing))
            return missing;
        var found = await FindAsync(token.Value, context.RequestAborted);
        if (found.Failed(out var unknown))
            return unknown;
        return await AdmitAsync(address, found.Value, service.Verb, context.RequestAborted);
    }

    /// <summary>Whoever has a good token: is it for this repository, which the forge is asked about now, and for this verb?</summary>
    public async Task<Result<AdmittedGit>> AdmitAsync(
        GitAddress address,
        GitPass pass,
        GitVerb verb,
        CancellationToken cancellationToken
    )
    {
        var repository = await ConfirmAsync(address, pass, cancellationToken);
        if (repository.Failed(out var absent))
            return absent;
        return pass.Verbs.Contains(verb)
            ? new AdmittedGit(pass, repository.Value)
            : Problem.Denied(
                $"trust policy '{pass.Policy}' gives this token no right to {verb.ToString().ToLowerInvariant()}; ask for that verb, or have the policy allow it"
            );
    }

    /// <summary>Unauthenticated when there is no such token.</summary>
    public async Task<Result<GitPass>> FindAsync(Secret token, CancellationToken cancellationToken) =>
        passes is null
            ? Problem.Unauthenticated("no trust policy gives out tokens here; write trust_policies in bascule.yaml")
            : await passes.FindAsync(token, cancellationToken);

    private static GitAddress? Address(HttpContext context, GitService service)
    {
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var query = target.IndexOf('?', StringComparison.Ordinal);
        var (path, rest) = query < 0 ? (target, "") : (target[..query], target[query..]);
        return context.IsLocal() || rest != service.Query ? null : GitAddress.Parse(path, service.Tail);
    }

    /// <summary>Asks the forge what the name stands for now: one that was taken over, or that only redirects, opens nothing (THREATS T40, T90).</summary>
    private async Task<Result<ProxiedRepository>> ConfirmAsync(
        GitAddress address,
        GitPass pass,
        CancellationToken cancellationToken
    )
    {
        if (forges.FindByName(address.Forge) is not { } connection || connection.Uid != pass.Repository.ForgeUid)
            return GitAnswer.NotHere;
        if (!connection.Takes($"{address.Owner}/{address.Name}"))
            return GitAnswer.NotHere;
        var found = await connection.Forge.FindRepositoryAsync(address.Owner, address.Name, cancellationToken);
        if (found.Failed(out var problem))
            return problem.Code is ProblemCode.Unavailable or ProblemCode.Limited or ProblemCode.Unauthenticated
                ? Unreachable(problem)
                : GitAnswer.NotHere;
        return IsMeant(found.Value, address, pass)
            ? new ProxiedRepository(pass.Repository, connection, found.Value)
            : GitAnswer.NotHere;
    }

    private static bool IsMeant(ForgeRepository found, GitAddress address, GitPass pass) =>
        found.Id == pass.Repository.Id && found.Owner == address.Owner && found.Name == address.Name;

    /// <summary>The same for every reason: why is for the operator (THREATS T84).</summary>
    private static Problem Unreachable(Problem problem) =>
        Problem.Unavailable(
            "the forge does not answer as it should; try again, or ask whoever runs Bascule",
            problem.RetryAfter
        );
}
