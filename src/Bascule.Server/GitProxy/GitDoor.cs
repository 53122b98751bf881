using Bascule.Core;
using Bascule.Core.Deployments;
using Bascule.Core.Exchange;
using Bascule.Core.Forges;
using Bascule.Server.Api;
using Bascule.Server.Connections;
using Bascule.Server.Deployments.Outages;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Bascule.Server.GitProxy;

/// <summary>A request that may go on.</summary>
internal sealed record AdmittedGit(GitPass Pass, ProxiedRepository Repository)
{
    /// <summary>What is deployed, when it was decided by memory; null when the database was asked.</summary>
    public Deployment? Remembered { get; init; }
}

/// <summary>
/// A request whose token is good, while the forge is being asked what its address stands for. The forge may be asked to list refs meanwhile, side by side; no
/// byte of its answer leaves, and nothing is stored, before <paramref name="Confirmed"/> has said yes (THREATS T40).
/// </summary>
/// <param name="Access">To the name as it was asked for.</param>
internal sealed record AskedGit(GitPass Pass, GitAccess Access, Task<Result<AdmittedGit>> Confirmed)
{
    /// <summary>One whose address is confirmed already.</summary>
    public static AskedGit Of(AdmittedGit admitted) =>
        new(admitted.Pass, admitted.Repository.Access, Task.FromResult<Result<AdmittedGit>>(admitted));
}

/// <summary>
/// Decides whether a request may go on: by its path and method, its token, and the repository that its address names at the forge at this moment. The verb is
/// the path's; a query is only compared (THREATS T86).
/// </summary>
internal sealed class GitDoor(
    ForgeConnections forges,
    IRepositoryStore repositories,
    IGitPasses? passes = null,
    OutageDoor? outages = null
)
{
    public async Task<Result<AskedGit>> AskAsync(HttpContext context, GitQuestion question)
    {
        if (Address(context, question) is not { } address)
            return GitCredential.InQuery(context.Request) ?? GitAnswer.NotHere;
        var token = GitCredential.Read(context.Request);
        if (token.Failed(out var missing))
            return missing;
        return question.Verb == GitVerb.Fetch && outages?.Knows(token.Value) == true
            ? await outages.AskAsync(
                () => AskWholeAsync(context, question, address, token.Value),
                () => Remember(address, token.Value),
                context.RequestAborted
            )
            : await AskAsync(context, question, address, token.Value);
    }

    private async Task<Result<AskedGit>> AskAsync(
        HttpContext context,
        GitQuestion question,
        GitAddress address,
        Secret token
    )
    {
        var found = await FindAsync(token, context.RequestAborted);
        if (found.Failed(out var unknown))
            return unknown;
        var pass = found.Value;
        if (FindForge(address, pass) is not { } connection)
            return GitAnswer.NotHere;
        return new AskedGit(
            pass,
            connection.Forge.AccessTo(Named(address, pass)),
            question.Verb == GitVerb.Fetch && pass.Refs.DeployEnvironment is not null
                ? ConfirmDeployedAsync(connection, address, pass, context.RequestAborted)
                : ConfirmAsync(connection, address, pass, question.Verb, context.RequestAborted)
        );
    }

    /// <summary>With its address confirmed, which for a deploy ref takes the database alone.</summary>
    private async Task<Result<AskedGit>> AskWholeAsync(
        HttpContext context,
        GitQuestion question,
        GitAddress address,
        Secret token
    )
    {
        var asked = await AskAsync(context, question, address, token);
        if (asked.Problem is null && asked.Value.Pass.Refs.DeployEnvironment is not null)
            await asked.Value.Confirmed;
        return asked;
    }

    /// <summary>A fetch of a deploy ref, by what is known of its token and its repository while the database is away.</summary>
    private Result<AskedGit> Remember(GitAddress address, Secret token)
    {
        var opened = outages!.Open(token);
        if (opened.Failed(out var refused))
            return refused;
        var (pass, at) = opened.Value;
        if (FindForge(address, pass) is not { } connection || at.Owner != address.Owner || at.Name != address.Name)
            return GitAnswer.NotHere;
        var known = Named(address, pass);
        return AskedGit.Of(
            new AdmittedGit(pass, new ProxiedRepository(pass.Repository, connection, known))
            {
                Remembered = at.Deployment,
            }
        );
    }

    /// <summary>Whoever has a good token: is it for this repository, which the forge is asked about now, and for this verb?</summary>
    public async Task<Result<AdmittedGit>> AdmitAsync(
        GitAddress address,
        GitPass pass,
        GitVerb verb,
        CancellationToken cancellationToken
    ) =>
        FindForge(address, pass) is { } connection
            ? await ConfirmAsync(connection, address, pass, verb, cancellationToken)
            : GitAnswer.NotHere;

    public static Problem NoRight(GitPass pass, GitVerb verb) =>
        Problem.Denied(
            $"trust policy '{pass.Policy}' gives this token no right to {verb.ToString().ToLowerInvariant()}; ask for that verb, or have the policy allow it"
        );

    /// <summary>Unauthenticated when there is no such token.</summary>
    public async Task<Result<GitPass>> FindAsync(Secret token, CancellationToken cancellationToken) =>
        passes is null
            ? Problem.Unauthenticated("no trust policy gives out tokens here; write trust_policies in bascule.yaml")
            : await passes.FindAsync(token, cancellationToken);

    private static GitAddress? Address(HttpContext context, GitQuestion question)
    {
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var query = target.IndexOf('?', StringComparison.Ordinal);
        var (path, rest) = query < 0 ? (target, "") : (target[..query], target[query..]);
        return context.IsLocal() || rest != question.Query ? null : GitAddress.Parse(path, question.Tail);
    }

    private ConnectedForge? FindForge(GitAddress address, GitPass pass) =>
        forges.FindByName(address.Forge) is { } connection
        && connection.Uid == pass.Repository.ForgeUid
        && connection.Takes($"{address.Owner}/{address.Name}")
            ? connection
            : null;

    /// <summary>Asks the forge what the name stands for now: one that was taken over, or that only redirects, opens nothing (THREATS T40, T90).</summary>
    private static async Task<Result<AdmittedGit>> ConfirmAsync(
        ConnectedForge connection,
        GitAddress address,
        GitPass pass,
        GitVerb verb,
        CancellationToken cancellationToken
    )
    {
        var found = await connection.Forge.FindRepositoryAsync(address.Owner, address.Name, cancellationToken);
        if (found.Failed(out var problem))
            return problem.Code is ProblemCode.Unavailable or ProblemCode.Limited or ProblemCode.Unauthenticated
                ? Unreachable(problem)
                : GitAnswer.NotHere;
        if (!IsMeant(found.Value, address, pass))
            return GitAnswer.NotHere;
        return pass.Verbs.Contains(verb)
            ? new AdmittedGit(pass, new ProxiedRepository(pass.Repository, connection, found.Value))
            : NoRight(pass, verb);
    }

    /// <summary>
    /// Of a deploy ref nothing is the forge's: what is handed out hangs on the token's repository alone, so the name that it was last known by is enough, and
    /// a forge that is down stops nobody.
    /// </summary>
    private async Task<Result<AdmittedGit>> ConfirmDeployedAsync(
        ConnectedForge connection,
        GitAddress address,
        GitPass pass,
        CancellationToken cancellationToken
    )
    {
        if (
            await repositories.FindAsync(pass.Repository, cancellationToken) is not { } known
            || !IsMeant(known, address, pass)
        )
            return GitAnswer.NotHere;
        return pass.Verbs.Contains(GitVerb.Fetch)
            ? new AdmittedGit(pass, new ProxiedRepository(pass.Repository, connection, known))
            : NoRight(pass, GitVerb.Fetch);
    }

    /// <summary>What the address says, before the forge has said anything.</summary>
    private static ForgeRepository Named(GitAddress address, GitPass pass) =>
        new()
        {
            Id = pass.Repository.Id,
            Owner = address.Owner,
            Name = address.Name,
            DefaultBranch = "",
        };

    private static bool IsMeant(ForgeRepository found, GitAddress address, GitPass pass) =>
        found.Id == pass.Repository.Id && found.Owner == address.Owner && found.Name == address.Name;

    /// <summary>The same for every reason: why is for the operator (THREATS T84).</summary>
    private static Problem Unreachable(Problem problem) =>
        Problem.Unavailable(
            "the forge does not answer as it should; try again, or ask whoever runs Bascule",
            problem.RetryAfter
        );
}
