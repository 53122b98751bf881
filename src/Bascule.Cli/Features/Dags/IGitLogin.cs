using Bascule.Cli.Features.Git;
using Bascule.Core;

namespace Bascule.Cli.Features.Dags;

/// <summary>Where the token comes from that git shows.</summary>
internal interface IGitLogin : IAsyncDisposable
{
    /// <summary>Null where none is to be shown. The same one as long as it lasts.</summary>
    Task<Result<Secret?>> FindAsync(CancellationToken cancellationToken);

    /// <summary>After the server did not take it: the next question gets another one.</summary>
    void Forget();
}

/// <summary>For a repository on this machine, and for one that everybody may read.</summary>
internal sealed class NoLogin : IGitLogin
{
    public Task<Result<Secret?>> FindAsync(CancellationToken cancellationToken) =>
        Task.FromResult(Result.Of<Secret?>(null));

    public void Forget() { }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

/// <summary>Of whoever signed in with <c>bascule login</c>.</summary>
internal sealed class SessionLogin(GitTokens tokens, Uri server, string repository) : IGitLogin
{
    public async Task<Result<Secret?>> FindAsync(CancellationToken cancellationToken)
    {
        var found = await tokens.FindAsync(server, repository, cancellationToken);
        return found.Failed(out var problem) ? problem : new Secret(found.Value.Token);
    }

    public void Forget() => tokens.Forget(server, repository, token: null);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

/// <summary>A token that the platform projects, exchanged for one that is good for fetching this repository; ended with the command.</summary>
internal sealed class WorkloadLogin(IAskpassSource source, TimeProvider time) : IGitLogin
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private (Secret Token, DateTimeOffset Until)? _kept;

    public async Task<Result<Secret?>> FindAsync(CancellationToken cancellationToken)
    {
        if (_kept is { } kept && time.GetUtcNow() < kept.Until)
            return kept.Token;
        var made = await source.MakeAsync();
        if (made.Failed(out var problem))
            return problem;
        // Half its time, so that a fetch that begins with it is not cut.
        _kept = (made.Value.Token, time.GetUtcNow() + (made.Value.Lifetime / 2));
        return made.Value.Token;
    }

    public void Forget() => _kept = null;

    public async ValueTask DisposeAsync()
    {
        if (_kept is not { } kept)
            return;
        using var limit = new CancellationTokenSource(Patience);
        try
        {
            await source.EndAsync(kept.Token, limit.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            // It ends within minutes anyway.
        }
    }
}
