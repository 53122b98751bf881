using Bascule.Core;
using Bascule.Core.Exchange;
using Bascule.Server.Audit;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Bascule.Server.Exchange.Delegation;

/// <summary>
/// Keeps what a policy repository adds in step with it, on each replica by itself. Whatever is wrong takes all of its policies away until it is mended (THREATS
/// T54); a forge that does not answer does so after a quarter of an hour.
/// </summary>
internal sealed partial class PolicyRepositoryWatch(
    PolicyRepository repository,
    TrustDelegation delegation,
    TrustPolicies policies,
    AuditTrail audit,
    TimeProvider time,
    ILogger<PolicyRepositoryWatch> log
) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    /// <summary>As long as this the last answer counts while none comes.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromMinutes(15);

    private DelegatedPolicies? _taken;
    private string? _fault;
    private DateTimeOffset _answered = time.GetUtcNow();

    /// <summary>Looks once, and lets count what it finds.</summary>
    internal async Task LookAsync(CancellationToken cancellationToken)
    {
        var read = await repository.ReadAsync(delegation, cancellationToken);
        if (read.Failed(out var problem))
        {
            if (problem.IsTransient && time.GetUtcNow() - _answered < Patience)
                Log.Silent(log, problem.Message);
            else
                await RefuseAsync(problem, cancellationToken);
            return;
        }
        _answered = time.GetUtcNow();
        if (_taken?.Commit != read.Value.Commit)
            await TakeAsync(read.Value, cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            do await SafelyAsync(stoppingToken);
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested) { }
    }

    private async Task SafelyAsync(CancellationToken cancellationToken)
    {
        try
        {
            await LookAsync(cancellationToken);
        }
        catch (Exception broken) when (!cancellationToken.IsCancellationRequested)
        {
            Log.Broken(log, broken);
            policies.Delegate([]);
            _taken = null;
        }
    }

    /// <summary>No entry, no policy.</summary>
    private async Task TakeAsync(DelegatedPolicies read, CancellationToken cancellationToken)
    {
        var written = await audit.WriteAsync(DelegationEntries.Taken(read), cancellationToken);
        if (written.Failed(out var unwritten))
        {
            await RefuseAsync(unwritten, cancellationToken);
            return;
        }
        policies.Delegate(read.Policies);
        (_taken, _fault) = (read, null);
        Log.Taken(log, read.Policies.Count, delegation.FullName, read.Commit.ToString());
    }

    private async Task RefuseAsync(Problem problem, CancellationToken cancellationToken)
    {
        policies.Delegate([]);
        _taken = null;
        if (_fault == problem.Message)
            return;
        _fault = problem.Message;
        Log.Refused(log, delegation.FullName, problem.Message);
        // The refusal stands whether or not it could be written down; the trail has told the operator.
        _ = await audit.WriteAsync(DelegationEntries.Refused(delegation, problem), cancellationToken);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "{Count} trust policies are taken from {Repository} at {Commit}")]
        public static partial void Taken(ILogger log, int count, string repository, string commit);

        [LoggerMessage(2, LogLevel.Error, "No trust policy of {Repository} counts: {Reason}")]
        public static partial void Refused(ILogger log, string repository, string reason);

        [LoggerMessage(3, LogLevel.Warning, "The policy repository cannot be asked just now: {Reason}")]
        public static partial void Silent(ILogger log, string reason);

        [LoggerMessage(4, LogLevel.Error, "No trust policy of the policy repository counts: reading it failed")]
        public static partial void Broken(ILogger log, Exception failure);
    }
}
