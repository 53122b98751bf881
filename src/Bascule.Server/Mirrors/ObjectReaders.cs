using System.Collections.Concurrent;
using Bascule.Connectors.Git;

namespace Bascule.Server.Mirrors;

/// <summary>The readers of one mirror: at most a few, started when needed, kept while they are in use now and then.</summary>
internal sealed class ObjectReaders(string mirror, GitCommand git, MirrorOptions options, TimeProvider time)
    : IAsyncDisposable
{
    private const int Most = 2;
    private static readonly string[] Arguments = ["cat-file", "--batch-command"];
    private readonly SemaphoreSlim _places = new(Most, Most);
    private readonly ConcurrentStack<ObjectReader> _idle = new();

    /// <summary>
    /// Asks a reader; asks a new one when the old one turns out to have ended. <paramref name="ask"/> may run twice.
    /// </summary>
    public async Task<T> UseAsync<T>(
        Func<ObjectReader, CancellationToken, Task<T>> ask,
        CancellationToken cancellationToken
    )
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(options.ReadTimeout);
        await _places.WaitAsync(limit.Token);
        try
        {
            if (_idle.TryPop(out var used))
            {
                try
                {
                    return await AskAsync(used, ask, limit.Token);
                }
                catch (ReaderEndedException) when (!limit.IsCancellationRequested)
                {
                    // It may have died of age; a new one tells.
                }
            }
            return await AskAsync(Open(), ask, limit.Token);
        }
        finally
        {
            _places.Release();
        }
    }

    /// <summary>Ends readers that nobody has used for a while.</summary>
    public async Task SweepAsync()
    {
        var kept = new List<ObjectReader>();
        while (_idle.TryPop(out var reader))
        {
            if (time.GetElapsedTime(reader.LastUsed) < options.ReaderIdle)
                kept.Add(reader);
            else
                await reader.DisposeAsync();
        }
        foreach (var reader in kept)
            _idle.Push(reader);
    }

    /// <summary>Ends the idle ones: they hold files of a mirror that is about to go.</summary>
    public async Task CloseAsync()
    {
        while (_idle.TryPop(out var reader))
            await reader.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        _places.Dispose();
    }

    private async Task<T> AskAsync<T>(
        ObjectReader reader,
        Func<ObjectReader, CancellationToken, Task<T>> ask,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await ask(reader, cancellationToken);
        }
        catch (IOException) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        finally
        {
            reader.LastUsed = time.GetTimestamp();
            if (reader.IsClean)
                _idle.Push(reader);
            else
                await reader.DisposeAsync();
        }
    }

    private ObjectReader Open() =>
        new(git.Start(new GitCall(mirror, Arguments) { Timeout = Timeout.InfiniteTimeSpan }));
}
