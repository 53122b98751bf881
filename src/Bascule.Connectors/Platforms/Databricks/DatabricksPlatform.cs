using Bascule.Connectors.Outbound;
using Bascule.Connectors.Platforms.Databricks.Bundles;
using Bascule.Connectors.Platforms.Databricks.Content;
using Bascule.Connectors.Platforms.Sending;
using Bascule.Core;
using Bascule.Core.Audit;
using Bascule.Core.Identity;
using Bascule.Core.Platforms;
using Bascule.Core.Settings;

namespace Bascule.Connectors.Platforms.Databricks;

/// <summary>One Databricks workspace. Where a connection has the CLI, it is a <see cref="DeployingPlatform"/>.</summary>
internal class DatabricksPlatform
    : IPlatform,
        IRunResults,
        IObservesForeignRuns,
        ITellsUnpinned,
        IPromotesModels,
        IDisposable
{
    private readonly DatabricksOptions _options;
    private readonly string _issuer;
    private readonly DatabricksClient _client;
    private readonly CallPace _importPace;
    private readonly DatabricksJobs _jobs;
    private readonly TreeSearches _searches = new();
    private readonly DatabricksStart _start;
    private readonly DatabricksResults _results;
    private readonly DatabricksForeignRuns _foreign;
    private readonly BundlePlanner _bundles;
    private readonly BundleStart? _bundleStart;
    private readonly DatabricksCli? _cli;
    private readonly DatabricksAliases _aliases;

    public DatabricksPlatform(DatabricksOptions options, OutboundClient http, ConnectionHost host)
    {
        _options = options;
        _issuer = host.PublicUrl.AbsoluteUri.TrimEnd('/');
        _client = new DatabricksClient(http, new DatabricksLogin(http, options, _issuer, host.Time), host.Time);
        _importPace = new CallPace(DatabricksDefaults.ImportsPerSecond, host.Time);
        _jobs = new DatabricksJobs(_client);
        var workspace = new DatabricksWorkspace(_client, _importPace);
        var use = new FolderUse();
        _start = new DatabricksStart(
            options,
            _jobs,
            _searches,
            new ContentUpload(workspace, host.Time),
            use,
            new ContentCollection(workspace, _jobs, use, host.Time)
        );
        Planner = options.Planner is { } planner
            ? new DatabricksClient(
                http,
                new DatabricksLogin(http, options with { Client = planner }, _issuer, host.Time),
                host.Time
            )
            : null;
        _cli = options.Cli is null ? null : new DatabricksCli(options, host.Time);
        var looking = _cli is null ? null : new BundleLooking(options, _cli, _searches.Pointers);
        _bundles = new BundlePlanner(options, looking, Planner, _searches);
        _bundleStart = _cli is null
            ? null
            : new BundleStart(options, _cli, looking!, _client, _start, _searches, host.Time);
        var tracking = new DatabricksTracking(_client);
        _results = new DatabricksResults(_jobs, tracking);
        _aliases = new DatabricksAliases(_client);
        _foreign = new DatabricksForeignRuns(
            options,
            tracking,
            new DatabricksForeignJobs(options, new DatabricksJobList(_client))
        );
    }

    public string Kind => DatabricksDefaults.Kind;

    public string Name => _options.Name;

    public Uri Address => _options.Url;

    /// <summary>Calls as the principal of plans; null where plans ask nobody.</summary>
    protected DatabricksClient? Planner { get; }

    public async Task<Result<PlatformPlan>> PlanAsync(PlanRequest request, CancellationToken cancellationToken)
    {
        if (request.Task is DatabricksTask { Bundle: not null })
            return await _bundles.PlanAsync(request, cancellationToken);
        var plan = await DatabricksPlan.MakeAsync(_options, request, _searches, cancellationToken);
        return plan.Failed(out var problem) ? problem : PlanText.Of(_options, request, plan.Value);
    }

    public Result<PlanPins> ReadPins(string plan) => DatabricksPins.Read(plan);

    public Task<Result<PlatformRun>> StartAsync(StartRequest request, CancellationToken cancellationToken)
    {
        if (request.Task is not DatabricksTask { Bundle: not null })
            return _start.StartAsync(request, cancellationToken);
        return _bundleStart is null
            ? Task.FromResult<Result<PlatformRun>>(_bundles.NoCli)
            : _bundleStart.StartAsync(request, cancellationToken);
    }

    public async Task<Result<Observation>> ObserveAsync(StartedRun run, CancellationToken cancellationToken)
    {
        var session = new DatabricksSession(run.Identity, run.Audit);
        var read = await _jobs.GetAsync(session, run.PlatformRunId, cancellationToken);
        if (read.Failed(out var problem))
            return problem.Code switch
            {
                ProblemCode.NotFound => Problem.NotFound(
                    $"{_options.Subject}: run {run.PlatformRunId} is not there any more; somebody deleted it. `bascule run retry {run.Run.Id}` starts it anew"
                ),
                // A redirect or a page for people says nothing about the run, which goes on.
                ProblemCode.Invalid => problem with { Code = ProblemCode.Unavailable },
                _ => problem,
            };
        var message = RunWords.MessageOf(read.Value);
        var (log, trouble) = RunWords.IsTerminal(read.Value)
            ? await ReadLogAsync(session, read.Value, cancellationToken)
            : default;
        return new Observation(
            RunWords.StateOf(read.Value),
            trouble is null ? message : $"{message ?? "it has ended"} (its log could not be read: {trouble})",
            log,
            RunWords.PageOf(read.Value, _options.Url)
        );
    }

    public async Task<Result<Done>> CancelAsync(StartedRun run, CancellationToken cancellationToken)
    {
        var session = new DatabricksSession(run.Identity, run.Audit);
        var canceled = await run.Audit.CallAsync(
            "databricks.runs.cancel",
            run.PlatformRunId,
            null,
            stop => _jobs.CancelAsync(session, run.PlatformRunId, stop),
            cancellationToken
        );
        if (!canceled.Failed(out var problem) || problem.Code == ProblemCode.NotFound)
            return Result.Done;
        if (problem.Code is not (ProblemCode.Invalid or ProblemCode.Conflict))
            return problem;
        var now = await _jobs.GetAsync(session, run.PlatformRunId, cancellationToken);
        return now.Problem is null && RunWords.IsTerminal(now.Value) ? Result.Done : problem;
    }

    public async Task<Result<RunResults>> ReadResultsAsync(StartedRun run, CancellationToken cancellationToken)
    {
        var task = (DatabricksTask)run.Task;
        var environment = (DatabricksEnvironment)run.Environment;
        var model = task.Model is { } name
            ? ModelName.Resolve(name, environment, run.Run.Environment ?? "")
            : Result.Of("");
        return model.Failed(out var problem)
            ? problem
            : await _results.ReadAsync(
                new DatabricksSession(run.Identity, run.Audit),
                run,
                task.Model is null ? null : model.Value,
                DatabricksPlan.ExperimentOf(task, environment, run.Run.Workflow),
                cancellationToken
            );
    }

    public bool Observes(PlatformEnvironment environment) =>
        environment is DatabricksEnvironment { Observe.IsEmpty: false };

    public async Task<Result<ForeignRuns>> ReadForeignRunsAsync(ForeignLook look, CancellationToken cancellationToken)
    {
        var environment = (DatabricksEnvironment)look.Environment;
        var models = new List<string>();
        foreach (var name in environment.Observe.Models)
        {
            var resolved = ModelName.Resolve(name, environment, look.EnvironmentName);
            if (resolved.Failed(out var problem))
                return problem;
            models.Add(resolved.Value);
        }
        return await _foreign.ReadAsync(look, environment.Observe, models, cancellationToken);
    }

    public bool SharesModels(PlatformEnvironment one, PlatformEnvironment other) =>
        DatabricksAliases.SharesModels((DatabricksEnvironment)one, (DatabricksEnvironment)other);

    public string? FaultOf(string alias) => DatabricksAliases.FaultOf(alias);

    public Task<Result<string?>> ReadAsync(PromotionCall call, CancellationToken cancellationToken) =>
        _aliases.ReadAsync(call, cancellationToken);

    public Task<Result<Done>> MoveAsync(PromotionCall call, string? version, CancellationToken cancellationToken) =>
        _aliases.MoveAsync(call, version, cancellationToken);

    public async Task<Result<string>> IdentifyAsync(IRunIdentity identity, CancellationToken cancellationToken)
    {
        var session = new DatabricksSession(identity, Audit: null);
        var me = await DatabricksIdentity.AskAsync(_client, session, cancellationToken);
        if (me.Failed(out var problem))
            return problem;
        var place = $"{me.Value} in {_options.Workspace}";
        if (_cli is null)
            return place;
        var version = await _cli.VersionAsync(cancellationToken);
        return version.Failed(out problem) ? problem : $"{place}, bundles by Databricks CLI {version.Value}";
    }

    public string FederationSetup(string issuer, string subject, string environment) =>
        FederationCommand.Setup(_options, issuer, subject, environment);

    public void Dispose()
    {
        _client.Dispose();
        Planner?.Dispose();
        _cli?.Dispose();
        _importPace.Dispose();
    }

    private async Task<(string? Log, string? Trouble)> ReadLogAsync(
        DatabricksSession session,
        JobRun run,
        CancellationToken cancellationToken
    )
    {
        // The last task, by its last attempt: where a run of several tasks stopped.
        if (run.Tasks?.OrderBy(task => task.AttemptNumber ?? 0).LastOrDefault()?.RunId is not { } taskRun)
            return default;
        var output = await _jobs.GetOutputAsync(session, taskRun, cancellationToken);
        return output.Failed(out var problem) ? (null, problem.Message) : (LogTail.Of(output.Value), null);
    }
}
