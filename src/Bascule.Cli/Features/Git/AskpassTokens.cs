using Bascule.Client;
using Bascule.Core;

namespace Bascule.Cli.Features.Git;

/// <summary>
/// A token for one repository, for fetching alone, for each question: none is given out twice, and the next question ends the one before (THREATS T94). What proves
/// the workload is read anew each time, because its platform renews it.
/// </summary>
internal sealed class AskpassTokens(GitTokenClient client, string tokenFile, string repository) : IAsyncDisposable
{
    private const string Scope = "git:fetch";
    private const int MaxLength = 32 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private readonly SemaphoreSlim _turn = new(1);
    private Secret? _given;
    private Task _ending = Task.CompletedTask;

    public async Task<Result<Secret>> TakeAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            var shown = await ReadAsync(cancellationToken);
            if (shown.Failed(out var nothing))
                return nothing;
            var given = await client.ExchangeAsync(shown.Value, repository, Scope, cancellationToken);
            if (given.Failed(out var refused))
                return refused;
            await _ending;
            _ending = EndAsync(_given);
            _given = given.Value.Token;
            return given.Value.Token;
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
        _turn.Dispose();
    }

    /// <summary>git-sync waits a second for its answer, and not for this. Where it fails, the token ends by itself.</summary>
    private async Task EndAsync(Secret? former)
    {
        if (former is null)
            return;
        using var limit = new CancellationTokenSource(Patience);
        try
        {
            _ = await client.RevokeAsync(former, limit.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            // It ends within minutes anyway.
        }
    }

    private async Task<Result<Secret>> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            var text = (await File.ReadAllTextAsync(tokenFile, cancellationToken)).Trim();
            return text.Length is > 0 and <= MaxLength && text.All(letter => letter is > ' ' and < '\x7f')
                ? new Secret(text)
                : Problem.Invalid($"'{tokenFile}' holds no token");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return Problem.Unavailable($"'{tokenFile}' cannot be read: {failure.Message}");
        }
    }
}
