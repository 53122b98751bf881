using System.Collections.Concurrent;
using System.Net;
using Bascule.Core;
using Bascule.Core.Exchange;
using Bascule.Server.Deployments.Outages;
using Bascule.Server.Exchange;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Bascule.Server.GitProxy;

/// <summary>
/// Every request under way, and whose token lets it go on. What was revoked, or has expired, is cut within a second (THREATS T45, T91). Also where it is
/// counted how many there are of one holder and from one address.
/// </summary>
internal sealed partial class GitStreams(
    GitProxyOptions options,
    TimeProvider time,
    ILogger<GitStreams> log,
    IGitPasses? passes = null,
    OutageDoor? outages = null
) : BackgroundService
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private readonly ConcurrentDictionary<GitStream, byte> _open = new();
    private readonly ConcurrentDictionary<string, int> _counts = new(StringComparer.Ordinal);
    private readonly Allowance? _holders = options.MostPerMinuteOfHolder is { } most ? new(most, time) : null;
    private readonly Allowance? _addresses = options.MostPerMinuteOfAddress is { } most ? new(most, time) : null;

    /// <summary>How many are under way.</summary>
    internal int Count => _open.Count;

    /// <summary>Limited when the holder, or the address, has as many under way as may be, or has begun as many in this minute. To be disposed when the request has ended.</summary>
    public Result<GitStream> Open(HttpContext context, GitPass pass)
    {
        var holder = "holder:" + pass.Holder.Uid;
        var address = "address:" + (context.Connection.RemoteIpAddress ?? IPAddress.None);
        if (WaitOf(_holders, holder) is { } wait)
            return TooOften(context, "identity_requests_per_minute", wait);
        if (WaitOf(_addresses, address) is { } pause)
            return TooOften(context, "address_requests_per_minute", pause);
        if (!Take(holder, options.MaxPerHolder))
            return TooMany(context, "identity_requests", options.MaxPerHolder);
        if (!Take(address, options.MaxPerAddress))
        {
            Give(holder);
            return TooMany(context, "address_requests", options.MaxPerAddress);
        }
        _holders?.Take(holder);
        _addresses?.Take(address);
        var stream = new GitStream(
            context,
            pass,
            ended =>
            {
                if (!_open.TryRemove(ended, out _))
                    return;
                Give(holder);
                Give(address);
            }
        );
        _open[stream] = 0;
        return stream;
    }

    /// <summary>Looks at every token once.</summary>
    internal async Task LookAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        foreach (var group in _open.Keys.GroupBy(stream => stream.Pass.Uid, StringComparer.Ordinal))
            if (group.First().Pass.ExpiresAt <= now || !await IsGoodAsync(group.First().Pass, cancellationToken))
                foreach (var stream in group)
                    stream.Cut();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.LookAgain, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                await LookAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested) { }
    }

    /// <summary>When it cannot be told, it is not; but who follows a deploy ref may go on while the database is away.</summary>
    private async Task<bool> IsGoodAsync(GitPass pass, CancellationToken cancellationToken)
    {
        if (outages?.IsGoodWithoutAsking(pass) == true)
            return true;
        try
        {
            return passes is not null
                && await passes.IsGoodAsync(pass, cancellationToken).WaitAsync(Patience, cancellationToken);
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            if (outages?.IsGood(pass) == true)
            {
                outages.NoteAway();
                return true;
            }
            Log.Unknown(log, pass.Uid, failure);
            return false;
        }
    }

    private bool Take(string whose, int most)
    {
        if (_counts.AddOrUpdate(whose, 1, (_, count) => count + 1) <= most)
            return true;
        Give(whose);
        return false;
    }

    private void Give(string whose)
    {
        var left = _counts.AddOrUpdate(whose, 0, (_, count) => count - 1);
        if (left <= 0)
            _counts.TryRemove(KeyValuePair.Create(whose, left));
    }

    private static TimeSpan? WaitOf(Allowance? allowance, string whose) => allowance?.WaitOf(whose);

    private static Problem TooMany(HttpContext context, string limit, int most)
    {
        MetLimit.Note(context, limit);
        return Problem.Limited(
            $"{most} requests are under way already, and no more may be at once; wait for one to end, or have git.limits.{limit} raised",
            TimeSpan.FromSeconds(5)
        );
    }

    private static Problem TooOften(HttpContext context, string limit, TimeSpan wait)
    {
        MetLimit.Note(context, limit);
        return Problem.Limited($"too many requests in a minute; wait, or have git.limits.{limit} raised", wait);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Whether token {Token} is still good cannot be told: its streams are cut")]
        public static partial void Unknown(ILogger log, string token, Exception failure);
    }
}

/// <summary>One request under way.</summary>
internal sealed class GitStream(HttpContext context, GitPass pass, Action<GitStream> end) : IDisposable
{
    public GitPass Pass => pass;

    /// <summary>Whether the token ended before the request did.</summary>
    public bool IsCut { get; private set; }

    public void Cut()
    {
        IsCut = true;
        context.Abort();
    }

    public void Dispose() => end(this);
}
