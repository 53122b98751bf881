using Bascule.Core;
using Bascule.Core.Audit;
using Bascule.Core.Identity;
using Bascule.Core.Platforms;
using Bascule.Core.Runs;
using Bascule.Server.Tests.Workflows;

namespace Bascule.Server.Tests.World;

/// <summary>A platform in memory. One idempotency key is one run, however often it is started; what it answers is set from outside.</summary>
internal sealed class FakePlatform
    : IPlatform,
        IRunResults,
        IObservesForeignRuns,
        IFindsDrift,
        ITellsUnpinned,
        IPromotesModels
{
    private readonly Dictionary<IdempotencyKey, PlatformRun> _started = [];

    public string Kind => "lab";
    public string Name => "lab-1";
    public Uri? Address => new("https://lab.example.com");

    public List<string> Calls { get; } = [];

    /// <summary>Answered to the next starts, one each; then starts work.</summary>
    public Queue<Problem> StartProblems { get; } = [];

    /// <summary>Called once while content is on its way and the run is not.</summary>
    public Func<Task>? WhileUploading { get; set; }

    /// <summary>Called once while the run itself is on its way.</summary>
    public Func<Task>? WhileLaunching { get; set; }
    public Result<Observation> Observation { get; set; } = new Observation(PlatformRunState.Running, null, null, null);
    public Result<RunResults> Results { get; set; } = RunResults.None;
    public Result<Done> Cancelled { get; set; } = Result.Done;
    public Problem? PlanProblem { get; set; }

    /// <summary>Something else in the plan, as when the settings have changed.</summary>
    public string? PlanNote { get; set; }
    public string Target { get; set; } = "model:churn";
    public bool HoldsAlone { get; set; }

    /// <summary>Of which its plans register a version, as it says.</summary>
    public string? Model { get; set; }

    public Result<PlanPins> ReadPins(string plan) => new PlanPins(["the weather in the lab"], Model);

    /// <summary>The plans that had to come out again.</summary>
    public List<string> Repeated { get; } = [];

    public int RunCount => _started.Count;

    /// <summary>What it tells of runs that others started; null: nobody asks it.</summary>
    public Func<ForeignLook, Result<ForeignRuns>>? Foreign { get; set; }

    /// <summary>What it tells of changes that others made.</summary>
    public Func<DriftRequest, Result<IReadOnlyList<Difference>>> Drift { get; set; } =
        _ => Result.Of<IReadOnlyList<Difference>>([]);

    /// <summary>Called once while a comparison goes on.</summary>
    public Func<Task>? WhileComparing { get; set; }

    public async Task<Result<IReadOnlyList<Difference>>> CompareAsync(
        DriftRequest request,
        CancellationToken cancellationToken
    )
    {
        Calls.Add("compare");
        await MeanwhileAsync(WhileComparing);
        WhileComparing = null;
        return Drift(request);
    }

    /// <summary>Which version each alias leads to, by model and alias.</summary>
    public Dictionary<(string Model, string Alias), string> Aliases { get; } = [];

    /// <summary>Answered to the next moves of an alias, one each; then moves work.</summary>
    public Queue<Problem> MoveProblems { get; } = [];

    /// <summary>Called once after an alias was moved, before anybody is told.</summary>
    public Action? AfterMove { get; set; }

    public bool SharesModels(PlatformEnvironment one, PlatformEnvironment other) => true;

    public string? FaultOf(string alias) => alias == "latest" ? "means a version" : null;

    public Task<Result<string?>> ReadAsync(PromotionCall call, CancellationToken cancellationToken) =>
        Task.FromResult(Result.Of(Aliases.GetValueOrDefault((call.Model, call.Alias))));

    public Task<Result<Done>> MoveAsync(PromotionCall call, string? version, CancellationToken cancellationToken) =>
        call.Audit.CallAsync(
            "lab.aliases.move",
            $"{call.Model}@{call.Alias}",
            details: null,
            _ => Task.FromResult(Move(call, version)),
            cancellationToken
        );

    private Result<Done> Move(PromotionCall call, string? version)
    {
        Calls.Add($"move {call.Alias} to {version ?? "none"}");
        var key = (call.Model, call.Alias);
        if (version is null)
            Aliases.Remove(key);
        else
            Aliases[key] = version;
        AfterMove?.Invoke();
        AfterMove = null;
        return MoveProblems.TryDequeue(out var problem) ? problem : Result.Done;
    }

    public bool Observes(PlatformEnvironment environment) => Foreign is not null;

    public Task<Result<ForeignRuns>> ReadForeignRunsAsync(ForeignLook look, CancellationToken cancellationToken) =>
        Task.FromResult(Foreign!(look));

    public Task<Result<PlatformPlan>> PlanAsync(PlanRequest request, CancellationToken cancellationToken) =>
        Task.FromResult(Plan(request));

    private Result<PlatformPlan> Plan(PlanRequest request)
    {
        if (request.Repeats is { } repeated)
            Repeated.Add(repeated);
        if (PlanProblem is { } problem)
            return problem;
        var run = ((NamedTask)request.Task).Run;
        var note = PlanNote is null ? "" : $$""","note":"{{PlanNote}}""" + "\"";
        return new PlatformPlan($$"""{"content":"{{request.Content}}"{{note}},"run":"{{run}}"}""", Target, [], [])
        {
            HoldsAlone = HoldsAlone,
        };
    }

    public async Task<Result<PlatformRun>> StartAsync(StartRequest request, CancellationToken cancellationToken)
    {
        Calls.Add("start");
        await MeanwhileAsync(WhileUploading);
        WhileUploading = null;
        if (StartProblems.TryDequeue(out var problem))
            return problem;
        request.Progress("uploaded 1 file");
        if ((await request.Launching(cancellationToken)).Failed(out var withdrawn))
            return withdrawn;
        await MeanwhileAsync(WhileLaunching);
        WhileLaunching = null;
        if (!_started.TryGetValue(request.Run.Key, out var run))
            _started[request.Run.Key] = run = new PlatformRun($"p-{_started.Count + 1}", new Uri("https://lab/run/1"));
        return run;
    }

    private static Task MeanwhileAsync(Func<Task>? act) => act?.Invoke() ?? Task.CompletedTask;

    public Task<Result<Observation>> ObserveAsync(StartedRun run, CancellationToken cancellationToken)
    {
        Calls.Add($"observe {run.PlatformRunId}");
        return Task.FromResult(Observation);
    }

    public Task<Result<Done>> CancelAsync(StartedRun run, CancellationToken cancellationToken)
    {
        return run.Audit.CallAsync(
            "lab.runs.cancel",
            run.PlatformRunId,
            details: null,
            _ =>
            {
                Calls.Add($"cancel {run.PlatformRunId}");
                return Task.FromResult(Cancelled);
            },
            cancellationToken
        );
    }

    public Task<Result<string>> IdentifyAsync(IRunIdentity identity, CancellationToken cancellationToken) =>
        Task.FromResult<Result<string>>("lab user");

    public string FederationSetup(string issuer, string subject, string environment) => $"trust {issuer} for {subject}";

    public Task<Result<RunResults>> ReadResultsAsync(StartedRun run, CancellationToken cancellationToken) =>
        Task.FromResult(Results);
}

internal sealed record LabEnvironment : PlatformEnvironment;
