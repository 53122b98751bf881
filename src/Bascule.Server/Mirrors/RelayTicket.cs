using System.Security.Cryptography;
using Bascule.Core;
using Bascule.Core.Forges;

namespace Bascule.Server.Mirrors;

/// <summary>
/// What lets one run of git through the relay: to one repository, for reading, until the run ends. Also where the relay leaves word of why it
/// did not let something through, which is surer than reading git's messages.
/// </summary>
internal sealed class RelayTicket(GitAccess access, Action<RelayTicket> close) : IDisposable
{
    private readonly CancellationTokenSource _stopped = new();
    private Problem? _refusal;
    private long _received;

    public string Word { get; } = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));

    public Uri Repository => access.Url;

    public GitAccess Access => access;

    public string HeaderForGit => $"{FetchRelay.TicketHeader}: {Word}";

    /// <summary>The first reason for which the relay refused or broke off.</summary>
    public Problem? Refusal => Volatile.Read(ref _refusal);

    /// <summary>For the operator's log; never for the caller (THREATS T84).</summary>
    public string? Detail { get; private set; }

    /// <summary>Canceled when git must end because a bound is exceeded.</summary>
    public CancellationToken Stopped => _stopped.Token;

    public void Refuse(Problem problem, string? detail = null)
    {
        if (Interlocked.CompareExchange(ref _refusal, problem, null) is null)
            Detail = detail;
    }

    public void Exceed(Problem problem)
    {
        Refuse(problem);
        _stopped.Cancel();
    }

    /// <summary>How many bytes the forge has sent in all answers so far.</summary>
    public long Count(int received) => Interlocked.Add(ref _received, received);

    public void Dispose()
    {
        close(this);
        _stopped.Dispose();
    }
}
