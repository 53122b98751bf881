using Bascule.Core;
using Bascule.Core.Installation;
using Bascule.Core.Work;
using Microsoft.Extensions.Logging;

namespace Bascule.Server.Holding;

/// <summary>
/// Keeps a restored installation from acting before an operator says so (THREATS T146). A hold begins before a process starts and ends once: whoever has
/// passed the gate need not look again.
/// </summary>
public sealed partial class HoldGate(
    IInstallationStore installation,
    WorkSignal signal,
    TimeProvider time,
    ILogger<HoldGate> log
)
{
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);
    private bool _open;

    /// <summary>Why nothing is done just now; null when it is.</summary>
    public async Task<Hold?> ReadAsync(CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _open))
            return null;
        var hold = await installation.ReadHoldAsync(cancellationToken);
        if (hold is null)
            Volatile.Write(ref _open, true);
        return hold;
    }

    /// <summary>Conflict, with the remedy, when this installation is held.</summary>
    public async Task<Result<Done>> PassAsync(CancellationToken cancellationToken) =>
        await ReadAsync(cancellationToken) is { } hold ? Problem.Conflict(Explain(hold)) : Result.Done;

    /// <summary>Ends when the installation is not held, or no more; another replica may be the one that is told.</summary>
    public async Task WaitUntilOpenAsync(CancellationToken cancellationToken)
    {
        for (var told = false; ; told = true)
        {
            var woken = signal.Next;
            try
            {
                if (await ReadAsync(cancellationToken) is not { } hold)
                    return;
                if (!told)
                    Log.Held(log, Explain(hold));
            }
            catch (Exception problem) when (problem is not OperationCanceledException)
            {
                Log.Unread(log, problem);
            }
            using var timer = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            await Task.WhenAny(woken, Task.Delay(Poll, time, timer.Token));
            await timer.CancelAsync();
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    public static string Explain(Hold hold) =>
        $"this installation acts on nothing: {hold.Because}. Make sure that the one it came from is stopped, look at what has happened since, then run: bascule resume";

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Held: {Explanation}")]
        public static partial void Held(ILogger log, string explanation);

        [LoggerMessage(2, LogLevel.Error, "Whether this installation may act cannot be read; trying again")]
        public static partial void Unread(ILogger log, Exception problem);
    }
}
