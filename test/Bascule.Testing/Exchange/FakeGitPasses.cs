using System.Collections.Concurrent;
using Bascule.Core;
using Bascule.Core.Exchange;
using Bascule.Core.Forges;
using Bascule.Core.Identity;
using Bascule.Core.People;
using Bascule.Core.Settings;

namespace Bascule.Testing.Exchange;

/// <summary>Tokens for git in memory.</summary>
public sealed class FakeGitPasses : IGitPasses
{
    private readonly ConcurrentDictionary<string, GitPass> _passes = new(StringComparer.Ordinal);
    private int _count;

    /// <summary>A token for everything in a repository, for an hour.</summary>
    public string Give(RepositoryKey repository, params GitVerb[] verbs) => Give(repository, "refs/**", verbs);

    /// <param name="refs">Patterns between commas.</param>
    public string Give(RepositoryKey repository, string refs, params GitVerb[] verbs)
    {
        var number = Interlocked.Increment(ref _count);
        var holder = new Actor(ActorType.Human, $"p-{number}")
        {
            Subject = new Subject("https://id.example.com", $"{number}"),
        };
        return Give(
            new GitPass(
                $"gt-{number}",
                holder,
                repository,
                verbs.ToHashSet(),
                new RefPatterns([.. refs.Split(',').Select(Glob.Parse)]),
                "training",
                DateTimeOffset.UtcNow.AddHours(1)
            )
        );
    }

    public string Give(GitPass pass)
    {
        var token = $"bgt_{Guid.NewGuid():N}";
        _passes[token] = pass;
        return token;
    }

    public GitPass this[string token] => _passes[token];

    public void Revoke(string token) => _passes.TryRemove(token, out _);

    public Task<Result<GitPass>> FindAsync(Secret token, CancellationToken cancellationToken) =>
        Task.FromResult<Result<GitPass>>(
            _passes.TryGetValue(token.Reveal(), out var pass) && pass.ExpiresAt > DateTimeOffset.UtcNow
                ? pass
                : Problem.Unauthenticated("this token is not good, or not good any more; get a new one")
        );

    public Task<bool> IsGoodAsync(GitPass pass, CancellationToken cancellationToken) =>
        Task.FromResult(_passes.Values.Any(one => one.Uid == pass.Uid) && pass.ExpiresAt > DateTimeOffset.UtcNow);
}
