using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Bascule.Core;
using Bascule.Core.Exchange;
using Bascule.Core.People;
using Microsoft.AspNetCore.Http;

namespace Bascule.Server.Exchange;

/// <summary>
/// Lets the token of an identity open a repository by itself: it is exchanged on the way in, as at <c>/oauth/token</c>, and what was given is kept beside its digest
/// for as long as it is good. So there is one decision, one entry, one limit and one way to revoke, whichever way somebody comes.
/// </summary>
internal sealed class IdentityPasses(
    TokenExchange exchange,
    ExchangeLimits limits,
    GitPasses passes,
    TrustPolicies policies,
    TimeProvider time
) : IDisposable
{
    private const int MostRemembered = 10_000;
    private const char Dot = '.';
    private readonly ConcurrentDictionary<string, StoredPass> _given = new(StringComparer.Ordinal);

    /// <summary>One exchange at a time: whoever comes with the same token meanwhile finds it done.</summary>
    private readonly SemaphoreSlim[] _turns = [.. Enumerable.Range(0, 16).Select(_ => new SemaphoreSlim(1, 1))];

    /// <summary>Whether it looks like one: a JWT, or the session of the command line.</summary>
    public static bool Takes(Secret token) =>
        token.Reveal().Count(letter => letter == Dot) == 2
        || SessionToken.Read(SessionKind.CommandLine, token.Reveal()) is not null;

    /// <summary>For fetching. NotFound when no policy gives it, or there is no such repository; Unauthenticated for a token that is not good.</summary>
    /// <param name="source">The address that asks.</param>
    public async Task<Result<GitPass>> FindAsync(
        Secret token,
        RepositoryAddress repository,
        string source,
        CancellationToken cancellationToken
    )
    {
        var digest = SHA256.HashData(Encoding.UTF8.GetBytes(token.Reveal()));
        var key = $"{Convert.ToHexStringLower(digest)} {repository.Forge} {repository.FullName}";
        if (Remembered(key) is { } pass)
            return await passes.FindAsync(pass.Uid, cancellationToken);
        var turn = _turns[digest[0] % _turns.Length];
        await turn.WaitAsync(cancellationToken);
        try
        {
            return Remembered(key) is { } found
                ? await passes.FindAsync(found.Uid, cancellationToken)
                : await ExchangeAsync(key, token, repository, source, cancellationToken);
        }
        finally
        {
            turn.Release();
        }
    }

    public void Dispose() => Array.ForEach(_turns, turn => turn.Dispose());

    private async Task<Result<GitPass>> ExchangeAsync(
        string key,
        Secret token,
        RepositoryAddress repository,
        string source,
        CancellationToken cancellationToken
    )
    {
        var request = new TokenRequest(token, repository, [GitVerb.Fetch]) { EndsWithToken = true };
        var outcome = await limits.WithinAsync(
            source,
            () => exchange.ExchangeAsync(request, source, cancellationToken)
        );
        if (outcome.Given is not { } given)
            return Refused(outcome.Error!);
        // A token that is good once has been used now.
        if (!policies.All.Any(policy => policy.Name == given.Pass.Policy && policy.IsSingleUse))
            Remember(key, given.Pass);
        return await passes.FindAsync(given.Token.Text, cancellationToken);
    }

    /// <summary>Until it expires: one that was revoked is not exchanged for another.</summary>
    private StoredPass? Remembered(string key) =>
        _given.TryGetValue(key, out var pass) && time.GetUtcNow() < pass.ExpiresAt ? pass : null;

    private void Remember(string key, StoredPass pass)
    {
        if (_given.Count >= MostRemembered)
            foreach (var (name, old) in _given)
                if (old.ExpiresAt <= time.GetUtcNow())
                    _given.TryRemove(name, out _);
        if (_given.Count >= MostRemembered)
            _given.Clear();
        _given[key] = pass;
    }

    private static Problem Refused(OAuthError error) =>
        error switch
        {
            { Status: StatusCodes.Status429TooManyRequests } => Problem.Limited(error.Description, error.RetryAfter),
            { Status: StatusCodes.Status503ServiceUnavailable } => Problem.Unavailable(
                error.Description,
                error.RetryAfter
            ),
            { Code: OAuthError.NoTarget } => Problem.NotFound(error.Description),
            _ => Problem.Unauthenticated(error.Description),
        };
}
