using Bascule.Connectors.Outbound;
using Bascule.Connectors.Platforms.ApiManagement;
using Bascule.Connectors.Platforms.ApiManagement.Service;
using Bascule.Core;
using Bascule.Core.Platforms;
using Bascule.Core.Runs;
using Bascule.Testing.Platforms;
using Bascule.Testing.Storage;

namespace Bascule.Connectors.Tests.Platforms.ApiManagement;

/// <summary>One run of the platform, with the journal that the server would keep.</summary>
internal sealed class ApimDeployment(ApimStage stage) : IAsyncDisposable, IRunJournal
{
    private readonly List<ApimPlatform> _platforms = [];
    private string? _journal;

    public ApimEnvironment Environment { get; set; } = new();

    public MemoryTree Tree { get; set; } = new();

    public Run Run { get; set; } = Sample.Run(RunId.New().Text + RunId.New().Text);

    /// <summary>The plan that was deployed last.</summary>
    public string? Deployed { get; set; }

    /// <summary>What others deployed last.</summary>
    public IReadOnlyList<OtherDeployment> Others { get; set; } = [];

    public List<string> Said { get; } = [];

    /// <summary>Set to see what becomes of a start that is withdrawn at the last moment.</summary>
    public Problem? Withdrawn { get; set; }

    /// <summary>What is answered to a run that would move its deploy ref.</summary>
    public Result<DateTimeOffset> Moved { get; set; } = Sample.Noon;

    /// <summary>How often it would.</summary>
    public int Moves { get; private set; }

    /// <summary>What happens when the journal is written.</summary>
    public Action? Writing { get; set; }

    /// <summary>As a process opens it at its start.</summary>
    public ApimPlatform Connect()
    {
        var options = stage.Options;
        var http = new OutboundClient(
            new OutboundOptions
            {
                Subject = options.Subject,
                Url = options.Azure.Url,
                CaFile = options.Azure.CaFile,
                Time = stage.Time,
                Timeout = TimeSpan.FromSeconds(100),
                MaxAnswerBytes = ApimDefaults.MaxAnswer,
            }
        );
        var platform = new ApimPlatform(options, http, stage.Time, detail: null);
        _platforms.Add(platform);
        return platform;
    }

    public Task<Result<PlatformPlan>> PlanAsync(bool hasAccess = true) =>
        Connect()
            .PlanAsync(
                new PlanRequest(
                    "deploy",
                    new ApimTask(),
                    "prod",
                    Environment,
                    "web/apis",
                    Run.Commit,
                    Tree.Content,
                    Tree
                )
                {
                    Access = hasAccess ? new PlanAccess(stage.Session.Identity, stage.Audit) : null,
                    Deployed = Deployed,
                    Others = Others,
                },
                default
            );

    /// <summary>What is not as this run deployed it.</summary>
    public Task<Result<IReadOnlyList<Difference>>> FindDriftAsync() =>
        Connect()
            .CompareAsync(
                new DriftRequest(
                    new ApimTask(),
                    "prod",
                    Environment,
                    Tree,
                    Run.Plan,
                    new PlanAccess(stage.Session.Identity, stage.Audit)
                )
                {
                    Others = Others,
                },
                default
            );

    public async Task<Result<PlatformRun>> StartAsync()
    {
        if (Run.Plan is null)
        {
            var plan = await PlanAsync();
            plan.Problem.ShouldBeNull();
            Run = Run with { Plan = plan.Value.Json };
        }
        var started = await Connect()
            .StartAsync(
                new StartRequest(
                    Run,
                    "mark",
                    new ApimTask(),
                    Environment,
                    Tree,
                    stage.Session.Identity,
                    stage.Audit,
                    Said.Add
                )
                {
                    Launching = LaunchAsync,
                    Journal = this,
                },
                default
            );
        if (started.Problem is null)
            Run = Run with { PlatformRunId = started.Value.Id };
        return started;
    }

    public Task<Result<Observation>> LookAsync() => Connect().ObserveAsync(Started(), default);

    /// <summary>As a rollback: takes back what these have written.</summary>
    /// <param name="earlier">The newest first.</param>
    public async Task<Result<PlatformRun>> TakeBackAsync(params IReadOnlyList<ApimDeployment> earlier)
    {
        Run = Run with { RollsBack = [.. earlier.Select(one => one.Run.Id)] };
        var started = await Connect()
            .TakeBackAsync(new TakeBackRequest(Started(), earlier, Said.Add) { Launching = LaunchAsync }, default);
        if (started.Problem is null)
            Run = Run with { PlatformRunId = started.Value.Id };
        return started;
    }

    public async Task<Observation> RollBackAsync(params IReadOnlyList<ApimDeployment> earlier)
    {
        (await TakeBackAsync(earlier)).Problem.ShouldBeNull();
        return await WatchAsync();
    }

    public async Task<Observation> RunAsync()
    {
        (await StartAsync()).Problem.ShouldBeNull();
        return await WatchAsync();
    }

    public async Task<Observation> WatchAsync()
    {
        var last = "";
        for (var look = 0; look < 50; look++)
        {
            var seen = await LookAsync();
            if (seen is { Problem: null, Value: { IsTerminal: true } end })
                return end;
            last = seen.Problem?.Message ?? seen.Value.Message;
        }
        throw new InvalidOperationException($"it does not end: {last}");
    }

    public Task<Result<string?>> ReadAsync(CancellationToken cancellationToken) =>
        Task.FromResult(Bascule.Core.Result.Of(_journal));

    public Task<Result<Done>> WriteAsync(string text, CancellationToken cancellationToken)
    {
        Writing?.Invoke();
        _journal = text;
        return Task.FromResult(Bascule.Core.Result.Done);
    }

    private Task<Result<Done>> LaunchAsync(CancellationToken cancellationToken) =>
        Task.FromResult(Withdrawn is { } problem ? problem : Bascule.Core.Result.Done);

    private StartedRun Started() =>
        new(Run, "mark", new ApimTask(), Environment, stage.Session.Identity, stage.Audit)
        {
            Journal = this,
            MoveDeployRef = _ =>
            {
                Moves++;
                return Task.FromResult(Moved);
            },
        };

    public ValueTask DisposeAsync()
    {
        foreach (var platform in _platforms)
            platform.Dispose();
        return ValueTask.CompletedTask;
    }
}
