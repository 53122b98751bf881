using Bascule.Client;
using Bascule.Core;

namespace Bascule.Cli.Features.Git;

/// <summary>The tokens for git of whoever is signed in, kept beside their session until they near their end.</summary>
internal sealed class GitTokens(SavedSessions sessions, TimeProvider time)
{
    /// <param name="server">Scheme, host and port.</param>
    /// <param name="repository">Its address at that server.</param>
    public async Task<Result<SavedGitToken>> FindAsync(
        Uri server,
        string repository,
        CancellationToken cancellationToken
    )
    {
        var found = sessions.Find(server, time.GetUtcNow());
        if (found.Failed(out var nobody))
            return nobody;
        var session = found.Value;
        if (session.GitTokens?.GetValueOrDefault(repository) is { } kept && kept.IsFresh(time.GetUtcNow()))
            return kept;
        using var client = new GitTokenClient(server, session.Ca);
        var given = await client.ExchangeAsync(new Secret(session.Token), repository, scope: null, cancellationToken);
        if (given.Failed(out var refused))
            return Explain(refused, server, repository);
        var now = time.GetUtcNow();
        var token = new SavedGitToken(given.Value.Token.Reveal(), now, now + given.Value.Lifetime);
        // A token that cannot be kept is still good.
        _ = sessions.KeepToken(server, session.Token, repository, token, now);
        return token;
    }

    /// <summary>Forgets it, so that the next question gets another one. A newer one, which another git may have got meanwhile, stays.</summary>
    /// <param name="token">Null for whichever there is.</param>
    public void Forget(Uri server, string repository, string? token) => sessions.DropToken(server, repository, token);

    private static Problem Explain(Problem problem, Uri server, string repository)
    {
        var at = server.GetLeftPart(UriPartial.Authority);
        return problem.Code switch
        {
            ProblemCode.Unauthenticated => Problem.Unauthenticated(
                $"your session at {at} is over; run: bascule login --server {at}"
            ),
            ProblemCode.Denied => Problem.Denied(
                $"no trust policy gives you {repository}, or there is no such repository; whoever runs Bascule writes trust_policies"
            ),
            _ => problem,
        };
    }
}
