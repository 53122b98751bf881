using Bascule.Connectors.Outbound;
using Bascule.Connectors.Platforms.AzureML.Code;
using Bascule.Connectors.Platforms.AzureML.Jobs;
using Bascule.Connectors.Platforms.AzureML.Observing;
using Bascule.Connectors.Platforms.AzureML.Planning;
using Bascule.Connectors.Platforms.AzureML.Service;
using Bascule.Connectors.Platforms.Sending;
using Bascule.Connectors.ResourceManager;
using Bascule.Core;
using Bascule.Core.Identity;
using Bascule.Core.Platforms;

namespace Bascule.Connectors.Platforms.AzureML;

/// <summary>One workspace of Azure Machine Learning.</summary>
internal sealed class AzureMlPlatform
    : IPlatform,
        IRunResults,
        IObservesForeignRuns,
        IPlansApart,
        ICountsCredentials,
        ITellsUnpinned,
        IPromotesModels,
        IDisposable
{
    private readonly AzureMlOptions _options;
    private readonly AzureMlHosts _hosts;
    private readonly AzureMlClient _client;
    private readonly AzureMlJobs _jobs;
    private readonly TreeSearches _searches = new();
    private readonly CodeUpload _upload;
    private readonly AzureMlStart _start;
    private readonly AzureMlResults _results;
    private readonly AzureMlLogs _logs;
    private readonly AzureMlStages _stages;
    private readonly AzureMlForeignRuns _foreign;

    public AzureMlPlatform(AzureMlOptions options, TimeProvider time, Action<string>? detail)
    {
        _options = options;
        _hosts = new AzureMlHosts(options, time, detail);
        var login = new ArmLogin(options.Azure, time, detail);
        _client = new AzureMlClient(
            options,
            new ArmClient(options.Azure, AzureMlDefaults.ApiVersion, Http(options, time, detail), login, time)
        );
        _jobs = new AzureMlJobs(options, _client);
        _upload = new CodeUpload(options, _client, new BlobUpload(_hosts, time));
        _start = new AzureMlStart(options, _jobs, _upload, new AzureMlComponents(options, _client), _searches);
        var tracking = new AzureMlTracking(options, _hosts, login, time);
        _results = new AzureMlResults(_jobs, _client, tracking);
        _stages = new AzureMlStages(options, _client);
        _foreign = new AzureMlForeignRuns(_jobs, _client, tracking);
        _logs = new AzureMlLogs(options, _hosts, tracking);
    }

    public string Kind => AzureMlDefaults.Kind;

    public string Name => _options.Name;

    public Uri Address => new(_options.Azure.Url, _options.WorkspaceId);

    public string? Account => (_options.Azure.Account as ArmAccount.Federation)?.Client;

    public int MostCredentials => ArmSetup.MostCredentials;

    public async Task<Result<PlatformPlan>> PlanAsync(PlanRequest request, CancellationToken cancellationToken)
    {
        var job = await AzureMlPlan.JobAsync(request, cancellationToken);
        if (job.Failed(out var problem))
            return problem;
        var pins = await PinsAsync(request, job.Value, cancellationToken);
        if (pins.Failed(out problem))
            return problem;
        var plan = await AzureMlPlan.MakeAsync(_options, request, job.Value, pins.Value, _searches, cancellationToken);
        return plan.Failed(out problem) ? problem : PlanText.Of(_options, request, plan.Value);
    }

    public Result<PlanPins> ReadPins(string plan) => AzureMlPins.Read(plan);

    public Task<Result<PlatformRun>> StartAsync(StartRequest request, CancellationToken cancellationToken) =>
        _start.StartAsync(request, cancellationToken);

    public async Task<Result<Observation>> ObserveAsync(StartedRun run, CancellationToken cancellationToken)
    {
        var session = new ArmSession(run.Identity, run.Audit);
        var found = await _jobs.FindAsync(session, run.PlatformRunId, run.Mark, cancellationToken);
        if (found.Failed(out var problem))
            // A redirect or a page for people says nothing about the job, which goes on.
            return problem.Code == ProblemCode.Invalid ? problem with { Code = ProblemCode.Unavailable } : problem;
        if (found.Value is not { } job)
            return Problem.NotFound(
                $"{_options.Subject}: job {run.PlatformRunId} is not there any more; somebody deleted it. `bascule run retry {run.Run.Id}` starts it anew"
            );
        var (log, trouble) = job.IsTerminal ? await ReadLogAsync(session, run, cancellationToken) : default;
        var words = job.State == PlatformRunState.Failed && LastLine(log) is { } last ? last : job.Words;
        return new Observation(
            job.State,
            trouble is null ? words : $"{words ?? "it has ended"} (its log could not be read: {trouble})",
            log,
            _jobs.PageOf(run.PlatformRunId)
        );
    }

    public Task<Result<Done>> CancelAsync(StartedRun run, CancellationToken cancellationToken) =>
        _jobs.CancelAsync(new ArmSession(run.Identity, run.Audit), run.PlatformRunId, run.Mark, cancellationToken);

    public Task<Result<RunResults>> ReadResultsAsync(StartedRun run, CancellationToken cancellationToken) =>
        _results.ReadAsync(
            new ArmSession(run.Identity, run.Audit),
            run,
            ((AzureMlTask)run.Task).Model,
            cancellationToken
        );

    public bool Observes(PlatformEnvironment environment) =>
        environment is AzureMlEnvironment { Observe.IsEmpty: false };

    public Task<Result<ForeignRuns>> ReadForeignRunsAsync(ForeignLook look, CancellationToken cancellationToken) =>
        _foreign.ReadAsync(look, ((AzureMlEnvironment)look.Environment).Observe, cancellationToken);

    /// <summary>Models are the workspace's, and a platform is one workspace.</summary>
    public bool SharesModels(PlatformEnvironment one, PlatformEnvironment other) => true;

    public string? FaultOf(string alias) => AzureMlStages.FaultOf(alias);

    public Task<Result<string?>> ReadAsync(PromotionCall call, CancellationToken cancellationToken) =>
        _stages.ReadAsync(call, cancellationToken);

    public Task<Result<Done>> MoveAsync(PromotionCall call, string? version, CancellationToken cancellationToken) =>
        _stages.MoveAsync(call, version, cancellationToken);

    public async Task<Result<string>> IdentifyAsync(IRunIdentity identity, CancellationToken cancellationToken)
    {
        var session = new ArmSession(identity, Audit: null);
        var workspace = await _client.WorkspaceAsync(session, cancellationToken);
        if (workspace.Failed(out var problem))
            return problem;
        var role = await _client.ProveRoleAsync(session, cancellationToken);
        return role.Failed(out problem)
            ? problem
            : $"{Who((_options.Azure.Account as ArmAccount.Federation)?.Client)}, which may act on the jobs of workspace {_options.Workspace}";
    }

    public string FederationSetup(string issuer, string subject, string environment) =>
        AzureMlSetup.Runner(_options, issuer, subject, environment);

    public async Task<Result<string>> IdentifyPlannerAsync(IRunIdentity planner, CancellationToken cancellationToken)
    {
        if (!MayAsk)
            return "nobody: plans ask the workspace nothing, and inputs need a version";
        var session = new ArmSession(planner, Audit: null) { IsPlanning = true };
        var workspace = await _client.WorkspaceAsync(session, cancellationToken);
        return workspace.Failed(out var problem)
            ? problem
            : $"{Who((_options.Azure.Account as ArmAccount.Federation)?.Planner)}, which reads workspace {_options.Workspace}";
    }

    public string PlannerSetup(string issuer, string subject, string environment) =>
        AzureMlSetup.Planner(_options, issuer, subject, environment);

    public void Dispose()
    {
        _client.Dispose();
        _hosts.Dispose();
        _upload.Dispose();
    }

    private async Task<(string? Log, string? Trouble)> ReadLogAsync(
        ArmSession session,
        StartedRun run,
        CancellationToken cancellationToken
    )
    {
        var place = await _client.TrackingPlaceAsync(session, cancellationToken);
        if (place.Failed(out var problem))
            return (null, problem.Message);
        var read = await _logs.ReadEndAsync(session, place.Value, run, cancellationToken);
        return read.Failed(out problem) ? (null, problem.Message) : (read.Value, null);
    }

    /// <summary>What a program said last, which is mostly why it failed; null when it said nothing.</summary>
    private static string? LastLine(string? log) =>
        log?.Split('\n').LastOrDefault(line => !string.IsNullOrWhiteSpace(line)) is { } line
            ? $"the job failed: {StatusProblem.Clean(line.Trim())}"
            : null;

    /// <summary>Whether plans may look anything up.</summary>
    private bool MayAsk => _options.Azure.Account is not ArmAccount.Federation { Planner: null };

    private async Task<Result<DataPins>> PinsAsync(
        PlanRequest request,
        JobDescription job,
        CancellationToken cancellationToken
    )
    {
        if (request.Repeats is { } repeated)
            return DataPins.Of(repeated);
        if (request.Access is not { } access || !job.Inputs.Values.Any(input => input.Asset is { IsLatest: true }))
            return DataPins.None;
        if (!MayAsk)
            return Problem.Invalid(
                "an input asks for the newest version of an asset, and nobody may look it up for a plan; write azureml:NAME:VERSION, or have an operator name login.federation.planner"
            );
        var session = new ArmSession(access.Identity, access.Audit) { IsPlanning = true };
        return await DataPins.AskAsync(_client, session, job, cancellationToken);
    }

    private static string Who(string? client) => client is null ? "the machine's identity" : $"application {client}";

    private static OutboundClient Http(AzureMlOptions options, TimeProvider time, Action<string>? detail) =>
        new(
            new OutboundOptions
            {
                Subject = options.Subject,
                Url = options.Azure.Url,
                CaFile = options.Azure.CaFile,
                Time = time,
                Timeout = TimeSpan.FromSeconds(100),
                MaxAnswerBytes = AzureMlDefaults.MaxAnswer,
                Detail = detail,
            }
        );
}
