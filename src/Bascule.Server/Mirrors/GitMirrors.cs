using System.Collections.Concurrent;
using Bascule.Connectors.Git;
using Bascule.Core;
using Bascule.Core.Content;
using Bascule.Core.Forges;
using Microsoft.Extensions.Logging;

namespace Bascule.Server.Mirrors;

/// <summary>All mirrors of this process, each opened once.</summary>
internal sealed partial class GitMirrors : IMirrors, IAsyncDisposable
{
    private static readonly TimeSpan SweepEvery = TimeSpan.FromSeconds(30);
    private readonly ConcurrentDictionary<RepositoryKey, Lazy<Result<IMirror>>> _open = new();
    private readonly CancellationTokenSource _ending = new();
    private readonly MirrorOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<GitMirrors> _logger;
    private readonly GitCommand _git;
    private readonly GitVersion _version;
    private readonly FetchRelay _relay;
    private readonly Task _sweeping;

    public GitMirrors(MirrorOptions options, TimeProvider time, ILogger<GitMirrors> logger)
    {
        (_options, _time, _logger) = (options, time, logger);
        _git = new GitCommand(options.Running);
        _version = new GitVersion(_git);
        _relay = new FetchRelay(new RelayForward(options));
        _sweeping = SweepAsync();
    }

    /// <summary>Whoever opens a mirror is about to use it: it is not emptied for a while.</summary>
    public async Task<Result<IMirror>> OpenAsync(RepositoryKey key, CancellationToken cancellationToken)
    {
        var opened = await FindAsync(key, cancellationToken);
        if (opened.Problem is null)
            ((GitMirror)opened.Value).Touch();
        return opened;
    }

    private async Task<Result<IMirror>> FindAsync(RepositoryKey key, CancellationToken cancellationToken)
    {
        if (await _version.CheckAsync(cancellationToken) is { } tooOld)
            return tooOld;
        var opening = _open.GetOrAdd(key, asked => new Lazy<Result<IMirror>>(() => Open(asked)));
        try
        {
            var opened = opening.Value;
            if (opened.Problem is not null)
                _open.TryRemove(KeyValuePair.Create(key, opening));
            return opened;
        }
        catch
        {
            _open.TryRemove(KeyValuePair.Create(key, opening));
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _sweeping;
        foreach (var mirror in Mirrors())
            await mirror.DisposeAsync();
        await _relay.DisposeAsync();
        _ending.Dispose();
    }

    private Result<IMirror> Open(RepositoryKey key)
    {
        var found = MirrorFolder.Of(_options.Folder, key);
        if (found.Failed(out var problem))
            return problem;
        var folder = found.Value;
        folder.Prepare();
        var readers = new ObjectReaders(folder.Path, _git, _options, _time);
        var fetch = new MirrorFetch(key, folder, _git, _relay, _options, _logger);
        var reads = new MirrorReads(folder, _git, _options);
        var signatures = new MirrorSignatures(folder, _git, _options);
        return new GitMirror(key, folder, fetch, reads, signatures, readers, _options, _time, _logger);
    }

    private IEnumerable<GitMirror> Mirrors() =>
        _open
            .Values.Where(opening => opening is { IsValueCreated: true, Value.Problem: null })
            .Select(opening => (GitMirror)opening.Value.Value);

    private async Task SweepAsync()
    {
        using var timer = new PeriodicTimer(SweepEvery, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(_ending.Token))
            {
                foreach (var mirror in Mirrors())
                    await SweepAsync(mirror);
                await KeepQuotaAsync();
            }
        }
        catch (OperationCanceledException)
        {
            // The process ends.
        }
    }

    /// <summary>Empties mirrors that nobody uses until all of them fit.</summary>
    internal async Task KeepQuotaAsync()
    {
        try
        {
            var unusedSince = _time.GetUtcNow() - _options.InUse;
            var mirrors = MirrorQuota.Read(_options.Folder);
            foreach (var mirror in MirrorQuota.Choose(mirrors, _options.MaxBytes, unusedSince))
            {
                var opened = await FindAsync(mirror.Key, _ending.Token);
                if (opened.Problem is null)
                    await ((GitMirror)opened.Value).EvictAsync(unusedSince, _ending.Token);
            }
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            Log.NotSwept(_logger, problem);
        }
    }

    private async Task SweepAsync(GitMirror mirror)
    {
        try
        {
            await mirror.SweepAsync(_ending.Token);
        }
        catch (IOException problem)
        {
            Log.NotSwept(_logger, problem);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(3, LogLevel.Warning, "A mirror could not be tidied")]
        public static partial void NotSwept(ILogger logger, Exception problem);
    }
}
