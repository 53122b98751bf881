using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Bascule.Connectors.Git;
using Bascule.Core;
using Bascule.Core.Exchange;
using Bascule.Core.Forges;
using Bascule.Server.Mirrors;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Bascule.Server.GitProxy.Views;

/// <summary>
/// The views of this process, one for each repository and list of patterns: another list is another view, so that a policy that shows less shows nothing of what
/// an older one did. Caches: those that nobody used for longest give way.
/// </summary>
internal sealed partial class Views(
    GitProxyOptions options,
    MirrorOptions mirrors,
    ForgeListing listing,
    TimeProvider time,
    ILogger<Views> log
) : BackgroundService, IAsyncDisposable
{
    private static readonly TimeSpan SweepEvery = TimeSpan.FromMinutes(1);
    private readonly ConcurrentDictionary<string, Lazy<View>> _open = new(StringComparer.Ordinal);
    private readonly FetchRelay _relay = new(new RelayForward(mirrors));
    private readonly GitCommand _git = new(mirrors.Running);
    private int _isOver;

    public Result<View> Find(RepositoryKey key, RefPatterns patterns)
    {
        var found = MirrorFolder.Of(Path.Join(options.ViewFolder, NameOf(patterns)), key);
        if (found.Failed(out var problem))
            return problem;
        var folder = found.Value;
        var opening = new Lazy<View>(() => Open(key, patterns, folder));
        return _open.GetOrAdd(folder.Path, opening).Value;
    }

    /// <summary>What the token of a request may see, kept from being removed until it is disposed.</summary>
    /// <param name="refresh">False: as it was left, where there is one; true: as the forge's refs are now.</param>
    public async Task<Result<OpenView>> OpenAsync(AskedGit asked, bool refresh, CancellationToken cancellationToken)
    {
        var found = Find(asked.Pass.Repository, asked.Pass.Refs);
        if (found.Failed(out var problem))
            return (await asked.Confirmed).Problem ?? problem;
        var view = found.Value;
        var use = view.Use();
        try
        {
            var refreshed =
                refresh || !view.IsBuilt ? await view.RefreshAsync(asked, cancellationToken) : await AsItIsAsync(asked);
            if (!refreshed.Failed(out var failed))
                return new OpenView(view, refreshed.Value, use);
            use.Dispose();
            return failed;
        }
        catch
        {
            use.Dispose();
            throw;
        }
    }

    private static async Task<Result<IReadOnlyDictionary<RefName, CommitId>>> AsItIsAsync(AskedGit asked) =>
        (await asked.Confirmed).Failed(out var refused)
            ? refused
            : Result.Of<IReadOnlyDictionary<RefName, CommitId>>(new Dictionary<RefName, CommitId>());

    /// <summary>The container knows it under two names, and ends it twice.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isOver, 1) != 0)
            return;
        foreach (var view in _open.Values.Where(opening => opening.IsValueCreated))
            view.Value.Dispose();
        await _relay.DisposeAsync();
        Dispose();
    }

    /// <summary>Removes views that nobody uses until all of them fit.</summary>
    internal async Task KeepQuotaAsync()
    {
        var kept = Read().OrderBy(view => view.UsedAt).ToList();
        var excess = kept.Sum(view => view.Bytes) - options.MaxViewBytes;
        foreach (var (path, bytes, usedAt) in kept)
        {
            if (excess <= 0 || usedAt > time.GetUtcNow() - options.ViewInUse)
                return;
            if (await RemoveAsync(path))
                excess -= bytes;
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(SweepEvery, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                await TryKeepQuotaAsync();
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested) { }
    }

    /// <summary>Each pattern with its length before it: no two lists have one name (THREATS T41).</summary>
    private static string NameOf(RefPatterns patterns)
    {
        var text = string.Concat(patterns.Patterns.Select(pattern => $"{pattern.ToString().Length}:{pattern}"));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..32];
    }

    private View Open(RepositoryKey key, RefPatterns patterns, MirrorFolder folder)
    {
        var fetch = new MirrorFetch(key, folder, _git, _relay, mirrors, log);
        return new View(folder, patterns, listing, fetch, _git, mirrors, time, log);
    }

    private IEnumerable<(string Path, long Bytes, DateTimeOffset UsedAt)> Read()
    {
        if (!Directory.Exists(options.ViewFolder))
            yield break;
        foreach (var root in Directory.EnumerateDirectories(options.ViewFolder))
        foreach (var kept in MirrorQuota.Read(root))
            if (MirrorFolder.Of(root, kept.Key) is { Problem: null, Value: var folder })
                yield return (folder.Path, kept.Bytes, kept.UsedAt);
    }

    /// <summary>One that this process has not opened is in nobody's use: the folder is this process's alone.</summary>
    private async Task<bool> RemoveAsync(string path)
    {
        if (_open.TryGetValue(path, out var opening))
            return await opening.Value.RemoveAsync();
        Directory.Delete(path, recursive: true);
        return true;
    }

    private async Task TryKeepQuotaAsync()
    {
        try
        {
            await KeepQuotaAsync();
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            Log.NotSwept(log, problem);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(11, LogLevel.Warning, "A view could not be removed")]
        public static partial void NotSwept(ILogger log, Exception problem);
    }
}
