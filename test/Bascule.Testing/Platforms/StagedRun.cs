using System.Collections.Concurrent;
using Bascule.Core;
using Bascule.Core.Audit;
using Bascule.Core.Identity;
using Bascule.Core.Platforms;
using Bascule.Core.Runs;

namespace Bascule.Testing.Platforms;

/// <summary>One run, kept as the server keeps it, and what was said and written down about it.</summary>
public sealed class StagedRun(PlatformStage stage, Run run, StagedCode code)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly MemoryJournal _journal = new();
    private Run _run = run;

    public RecordingAudit Audit { get; } = new();

    public ConcurrentQueue<string> Said { get; } = [];

    public string Mark => $"{_run.Id}.seal";

    public string? PlatformId => _run.PlatformRunId;

    /// <summary>What the server answers right before the call that launches.</summary>
    public Problem? Withdrawn { get; set; }

    /// <summary>Of the run, 64 hex digits.</summary>
    public string Key => _run.Key.Hex;

    /// <summary>A plan for which nobody may be asked.</summary>
    public PlanRequest Planned =>
        new(
            _run.Workflow,
            code.Task,
            _run.Environment,
            stage.Environment,
            _run.RepositoryName,
            _run.Commit,
            code.Tree.Content,
            code.Tree
        );

    public StartedRun Started => StartedWith(Audit);

    public Task<Result<PlatformRun>> StartAsync(IPlatform platform, IRunIdentity? identity = null) =>
        StartAsync(platform, Audit, identity);

    /// <summary>Planned before, unless it is already.</summary>
    public async Task<Result<PlatformRun>> StartAsync(
        IPlatform platform,
        ICallAudit audit,
        IRunIdentity? identity = null
    )
    {
        if (_run.Plan is null)
        {
            var access = new PlanAccess(stage.Planner, Audit);
            var asked = Planned with { Access = access, Deployed = stage.Deployed };
            var plan = await platform.PlanAsync(asked, CancellationToken.None);
            if (plan.Failed(out var unplanned))
                return unplanned;
            _run = _run with { Plan = plan.Value.Json };
        }
        var request = new StartRequest(
            _run,
            Mark,
            code.Task,
            stage.Environment,
            code.Tree,
            identity ?? stage.Identity,
            audit,
            Said.Enqueue
        )
        {
            Launching = _ => Task.FromResult(Withdrawn is { } withdrawn ? withdrawn : Result.Done),
            MoveDeployRef = _ => Task.FromResult(stage.MoveDeployRef(_run)),
            Journal = _journal,
        };
        var started = await platform.StartAsync(request, CancellationToken.None);
        if (started.Problem is { } problem)
            Said.Enqueue(problem.Message);
        else
            _run = _run with { PlatformRunId = started.Value.Id, StartedAt = _run.CreatedAt };
        return started;
    }

    public Task<Result<Observation>> LookAsync(IPlatform platform) => LookAsync(platform, Audit);

    public async Task<Result<Observation>> LookAsync(IPlatform platform, ICallAudit audit)
    {
        await stage.PassAsync();
        var seen = await platform.ObserveAsync(StartedWith(audit), CancellationToken.None);
        if (seen.Problem is { } problem)
            Said.Enqueue(problem.Message);
        else
            _run = _run with { PlatformPage = seen.Value.Page ?? _run.PlatformPage };
        if (seen is { Problem: null, Value.State: PlatformRunState.Succeeded })
            stage.Deployed = _run.Plan;
        return seen;
    }

    public Task<Result<Done>> CancelAsync(IPlatform platform)
    {
        _run = _run with { CancelRequested = true };
        return platform.CancelAsync(Started, CancellationToken.None);
    }

    /// <summary>Until it runs, or stands still because the platform is in trouble.</summary>
    public async Task BeginAsync(IPlatform platform)
    {
        var deadline = DateTime.UtcNow + Patience;
        while (await LookAsync(platform) is { Problem: null, Value: var seen })
            if (seen.State == PlatformRunState.Running)
                return;
            else if (seen.IsTerminal || DateTime.UtcNow > deadline)
                throw new TimeoutException($"the run does not begin: {seen}");
    }

    /// <summary>Asks until the run is as wanted.</summary>
    public async Task<Observation> WatchAsync(IPlatform platform, Func<Observation, bool> wanted)
    {
        var deadline = DateTime.UtcNow + Patience;
        while (true)
        {
            var seen = await LookAsync(platform);
            if (seen.Problem is null && wanted(seen.Value))
                return seen.Value;
            if (seen.Problem is { IsTransient: false } || DateTime.UtcNow > deadline)
                throw new TimeoutException(
                    $"the run is not as wanted: {seen.Problem?.Message ?? seen.Value.ToString()}"
                );
        }
    }

    public Task<Observation> WatchToEndAsync(IPlatform platform) => WatchAsync(platform, seen => seen.IsTerminal);

    private StartedRun StartedWith(ICallAudit audit) =>
        new(_run, Mark, code.Task, stage.Environment, stage.Identity, audit)
        {
            MoveDeployRef = _ => Task.FromResult(stage.MoveDeployRef(_run)),
            Journal = _journal,
        };

    private sealed class MemoryJournal : IRunJournal
    {
        private string? _text;

        public Task<Result<string?>> ReadAsync(CancellationToken cancellationToken) =>
            Task.FromResult(Result.Of(_text));

        public Task<Result<Done>> WriteAsync(string text, CancellationToken cancellationToken)
        {
            _text = text;
            return Task.FromResult(Result.Done);
        }
    }
}
