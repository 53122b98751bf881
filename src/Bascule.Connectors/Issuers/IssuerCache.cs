using System.Diagnostics.CodeAnalysis;
using Bascule.Core;
using Bascule.Core.Identity.Tokens;

namespace Bascule.Connectors.Issuers;

/// <summary>
/// What one issuer published, kept fresh: one call at a time, never two within the pause, whatever tokens ask for (THREATS T34); known keys while the issuer is
/// silent, until the limit (THREATS T35).
/// </summary>
internal sealed class IssuerCache(IssuerClient client, IssuerOptions options, TimeProvider time, Action<string>? detail)
    : IDisposable
{
    private readonly Lock _gate = new();
    private readonly UnknownKeys _unknown = new(options.Times.UnknownKey, time);
    private Held? _held;
    private long? _askedAt;
    private Problem? _failure;
    private Task<Result<IssuerSnapshot>>? _flight;
    private string _told = "";

    private IssuerTimes Times => options.Times;

    public async Task<Result<TokenKey>> FindKeyAsync(
        string? keyId,
        TokenAlgorithm algorithm,
        CancellationToken cancellationToken
    )
    {
        var read = await ReadAsync(cancellationToken);
        if (read.Failed(out var problem))
            return problem;
        if (read.Value.Keys.Find(keyId, algorithm) is { } key)
            return key;
        if (keyId is null)
            return Refuse("the token names no key, and not exactly one that the issuer publishes fits");
        if (read.Value.Keys.Has(keyId))
            return Refuse($"the key that the token names is not for {algorithm}");
        return await AskForAsync(keyId, algorithm, cancellationToken);
    }

    /// <summary>What is known, when it is fresh enough; otherwise after asking.</summary>
    public async Task<Result<IssuerSnapshot>> ReadAsync(CancellationToken cancellationToken)
    {
        Held? held;
        Task<Result<IssuerSnapshot>>? flight;
        lock (_gate)
        {
            held = _held;
            if (held is not null && AgeOf(held) < Times.Refresh)
                return held.Snapshot;
            _ = JoinsFlight(out flight);
        }
        var usable = held is not null && AgeOf(held) < Times.OutageLimit ? held.Snapshot : null;
        if (usable is not null && (flight is null || AgeOf(held!) < 2 * Times.Refresh))
            return usable;
        if (flight is null)
            return Silent();
        var fetched = await flight.WaitAsync(cancellationToken);
        return fetched.Failed(out _) && usable is not null ? usable : fetched;
    }

    public void Dispose() => client.Dispose();

    /// <summary>A name that is not among the known keys may be that of a new one.</summary>
    private async Task<Result<TokenKey>> AskForAsync(
        string keyId,
        TokenAlgorithm algorithm,
        CancellationToken cancellationToken
    )
    {
        if (_unknown.Has(keyId))
            return Unknown();
        Task<Result<IssuerSnapshot>>? flight;
        lock (_gate)
            if (!JoinsFlight(out flight))
                return Unknown();
        var fetched = await flight.WaitAsync(cancellationToken);
        if (fetched.Failed(out var problem))
            return problem;
        if (fetched.Value.Keys.Find(keyId, algorithm) is { } key)
            return key;
        _unknown.Add(keyId);
        return Unknown();
    }

    /// <summary>The call that is under way, or a new one; none when the last one was too short a time ago. Under the lock.</summary>
    private bool JoinsFlight([NotNullWhen(true)] out Task<Result<IssuerSnapshot>>? flight)
    {
        if (_flight is null && (_askedAt is not { } asked || time.GetElapsedTime(asked) >= Times.Pause))
        {
            _askedAt = time.GetTimestamp();
            _flight = Task.Run(FetchAsync);
        }
        flight = _flight;
        return flight is not null;
    }

    private async Task<Result<IssuerSnapshot>> FetchAsync()
    {
        var started = time.GetTimestamp();
        Result<IssuerSnapshot> fetched = Problem.Unavailable($"{options.Subject}: its keys could not be read");
        try
        {
            fetched = await client.FetchAsync(CancellationToken.None);
            Tell(fetched);
            return fetched;
        }
        finally
        {
            lock (_gate)
            {
                _flight = null;
                if (fetched.Failed(out _failure))
                    _askedAt = time.GetTimestamp(); // a call that took long is not followed by another at once
                else
                    _held = new Held(fetched.Value, started);
            }
        }
    }

    /// <summary>Once for each change, not at every refresh.</summary>
    private void Tell(Result<IssuerSnapshot> fetched)
    {
        var news = fetched.Failed(out var problem) ? problem.Message : Skipped(fetched.Value.Keys);
        if (news.Length > 0 && news != _told)
            detail?.Invoke(news);
        _told = news;
    }

    private string Skipped(TokenKeySet keys) =>
        string.Join("\n", keys.Skipped.Select(why => $"{options.Subject}: a published key is not used: {why}"));

    private TimeSpan AgeOf(Held held) => time.GetElapsedTime(held.FetchedAt);

    private Problem Silent()
    {
        lock (_gate)
            return Problem.Unavailable(
                _failure?.Message ?? $"{options.Subject}: its keys are not known yet; try again",
                Times.Pause
            );
    }

    private Problem Unknown() =>
        Problem.Unauthenticated(
            $"{options.Subject}: it publishes no key of the name that the token has; if it changed its keys just now, try again in {Times.Pause.TotalSeconds:0} seconds"
        );

    private Problem Refuse(string why) => Problem.Unauthenticated($"{options.Subject}: {why}");

    private sealed record Held(IssuerSnapshot Snapshot, long FetchedAt);
}
