using Bascule.Client;
using Bascule.Core;

namespace Bascule.Cli.Features.Git;

/// <summary>
/// A token for each question: none is given out twice, and the next one ends the one before (THREATS T94). git-sync waits for a second and asks again later, so a
/// token that came too late for who asked is kept for the next question.
/// </summary>
internal sealed class AskpassTokens(IAskpassSource source, TimeProvider time) : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private readonly SemaphoreSlim _turn = new(1);
    private Secret? _given;
    private (Secret Token, DateTimeOffset Until)? _spare;
    private Task _ending = Task.CompletedTask;

    /// <param name="gone">Cancelled when whoever asks has gone.</param>
    public async Task<Result<Secret>> TakeAsync(CancellationToken gone)
    {
        await _turn.WaitAsync(gone);
        try
        {
            var found = await FindAsync();
            if (found.Failed(out var refused))
                return refused;
            _spare = found.Value;
            gone.ThrowIfCancellationRequested();
            _spare = null;
            await _ending;
            _ending = EndAsync(_given);
            _given = found.Value.Token;
            return _given;
        }
        finally
        {
            _turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _ending;
        await EndAsync(_given);
        await EndAsync(_spare?.Token);
        _turn.Dispose();
    }

    /// <summary>Good for half its time at least, so that a clone that begins with it is not cut.</summary>
    private async Task<Result<(Secret Token, DateTimeOffset Until)>> FindAsync()
    {
        if (_spare is { } spare && time.GetUtcNow() < spare.Until)
            return spare;
        var made = await source.MakeAsync();
        return made.Failed(out var refused)
            ? refused
            : (made.Value.Token, time.GetUtcNow() + (made.Value.Lifetime / 2));
    }

    /// <summary>Nobody waits for it. Where it fails, the token ends by itself.</summary>
    private async Task EndAsync(Secret? former)
    {
        if (former is null)
            return;
        using var limit = new CancellationTokenSource(Patience);
        try
        {
            await source.EndAsync(former, limit.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            // It ends within minutes anyway.
        }
    }
}

/// <summary>Where the tokens for one repository come from.</summary>
internal interface IAskpassSource
{
    Task<Result<GivenGitToken>> MakeAsync();

    Task EndAsync(Secret token, CancellationToken cancellationToken);
}
