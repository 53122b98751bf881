using System.Collections.Concurrent;
using Bascule.Core;
using Bascule.Core.Audit;
using Bascule.Core.Identity;
using Bascule.Core.Platforms;
using Bascule.Core.Runs;

namespace Bascule.Testing.Platforms;

/// <summary>One run and what was said and written down about it.</summary>
public sealed class StagedRun(PlatformStage stage, Run run, StagedCode code)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public RecordingAudit Audit { get; } = new();

    public ConcurrentQueue<string> Said { get; } = [];

    public string Mark => $"{run.Id}.seal";

    public string? PlatformId { get; private set; }

    public PlanRequest Planned =>
        new(
            run.Workflow,
            code.Task,
            run.Environment,
            stage.Environment,
            run.RepositoryName,
            run.Commit,
            code.Tree.Content,
            code.Tree
        );

    public StartedRun Started =>
        new(
            run with
            {
                PlatformRunId = PlatformId,
                StartedAt = run.CreatedAt,
            },
            Mark,
            code.Task,
            stage.Environment,
            stage.Identity,
            Audit
        );

    public Task<Result<PlatformRun>> StartAsync(IPlatform platform, IRunIdentity? identity = null) =>
        StartAsync(platform, Audit, identity);

    public async Task<Result<PlatformRun>> StartAsync(
        IPlatform platform,
        ICallAudit audit,
        IRunIdentity? identity = null
    )
    {
        var request = new StartRequest(
            run,
            Mark,
            code.Task,
            stage.Environment,
            code.Tree,
            identity ?? stage.Identity,
            audit,
            Said.Enqueue
        );
        var started = await platform.StartAsync(request, CancellationToken.None);
        if (started.Problem is { } problem)
            Said.Enqueue(problem.Message);
        else
            PlatformId = started.Value.Id;
        return started;
    }

    /// <summary>Asks until the run is as wanted.</summary>
    public async Task<Observation> WatchAsync(IPlatform platform, Func<Observation, bool> wanted)
    {
        var deadline = DateTime.UtcNow + Patience;
        while (true)
        {
            var seen = await platform.ObserveAsync(Started, CancellationToken.None);
            if (seen.Problem is null && wanted(seen.Value))
                return seen.Value;
            if (seen.Problem is { IsTransient: false } || DateTime.UtcNow > deadline)
                throw new TimeoutException(
                    $"the run is not as wanted: {seen.Problem?.Message ?? seen.Value.ToString()}"
                );
            await Task.Delay(20);
        }
    }

    public Task<Observation> WatchToEndAsync(IPlatform platform) => WatchAsync(platform, seen => seen.IsTerminal);
}
