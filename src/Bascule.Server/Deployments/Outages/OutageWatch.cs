using Bascule.Core.Deployments;
using Bascule.Core.Exchange;
using Bascule.Core.Forges;
using Bascule.Core.People;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Bascule.Server.Deployments.Outages;

/// <summary>
/// Reads every second what would be needed were the database gone, and brings what was deployed to this replica's disk as soon as a ref has moved. Where no
/// policy shows a deploy ref it reads nothing.
/// </summary>
internal sealed partial class OutageWatch(
    OutageMemory memory,
    TrustPolicies policies,
    IGitPassStore passes,
    IPeopleStore people,
    IDeploymentStore deployments,
    DeployedRepositories repositories,
    TimeProvider time,
    ILogger<OutageWatch> log
) : BackgroundService
{
    private const int MostPasses = 5000;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>From one try to bring something to the next.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(30);

    private readonly Dictionary<DeployPlace, (CommitId Commit, long TriedAt, bool IsThere)> _brought = [];
    private bool _isAway;

    /// <summary>Once, all of it.</summary>
    internal async Task LookAsync(CancellationToken cancellationToken)
    {
        var environments = policies
            .All.Select(policy => policy.Refs.DeployEnvironment)
            .OfType<string>()
            .ToHashSet(StringComparer.Ordinal);
        if (environments.Count == 0 || memory.Limit <= TimeSpan.Zero)
            return;
        var refs = await ReadAsync(environments, cancellationToken).WaitAsync(Patience, cancellationToken);
        foreach (var one in refs)
            await BringAsync(one.Deployment, cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            do await TryAsync(stoppingToken);
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested) { }
    }

    private async Task TryAsync(CancellationToken cancellationToken)
    {
        try
        {
            await LookAsync(cancellationToken);
            if (_isAway)
                Log.Back(log);
            _isAway = false;
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            if (!_isAway)
                Log.Away(log, memory.Limit, failure);
            _isAway = true;
        }
    }

    /// <summary>At first everybody who followed in the time that an outage may last; then whoever has a token now.</summary>
    private async Task<IReadOnlyList<FollowedRef>> ReadAsync(
        HashSet<string> environments,
        CancellationToken cancellationToken
    )
    {
        var readAt = time.GetUtcNow();
        var known = memory.Now;
        var after = known is null ? readAt - memory.Limit : readAt;
        var read = await passes.ListFollowersAsync(after, MostPasses, cancellationToken);
        var holders = read.Select(pass => pass.HolderUid)
            .Concat(known?.Newest.Values.Select(held => held.Holder.Uid) ?? [])
            .ToHashSet(StringComparer.Ordinal);
        var persons = await people.ListAsync(holders, cancellationToken);
        var refs = await deployments.ListFollowedAsync(cancellationToken);
        var shown = refs.Where(one => environments.Contains(one.Deployment.Place.Environment)).ToList();
        memory.Keep(readAt, read, persons, shown);
        return shown;
    }

    private async Task BringAsync(Deployment deployed, CancellationToken cancellationToken)
    {
        var last = _brought.GetValueOrDefault(deployed.Place);
        if (last.Commit == deployed.Commit && (last.IsThere || time.GetElapsedTime(last.TriedAt) < Rest))
            return;
        var brought = await repositories.BringAsync(deployed.Place, deployed.Commit, cancellationToken);
        if (brought.Failed(out var problem))
            Log.Missing(log, deployed.Commit, deployed.Place.Environment, problem.Message);
        _brought[deployed.Place] = (deployed.Commit, time.GetTimestamp(), problem is null);
    }

    private static partial class Log
    {
        [LoggerMessage(
            1,
            LogLevel.Error,
            "The database cannot be asked: deploy refs are served as they were last known, for {Limit} at most"
        )]
        public static partial void Away(ILogger log, TimeSpan limit, Exception failure);

        [LoggerMessage(2, LogLevel.Information, "The database answers again")]
        public static partial void Back(ILogger log);

        [LoggerMessage(
            3,
            LogLevel.Warning,
            "Commit {Commit} is deployed to {Environment} and is not on this replica's disk: {Reason}"
        )]
        public static partial void Missing(ILogger log, CommitId commit, string environment, string reason);
    }
}
