using System.Globalization;
using Bascule.Connectors.Outbound;
using Bascule.Connectors.Platforms.ApiManagement.Applying;
using Bascule.Connectors.Platforms.ApiManagement.Comparing;
using Bascule.Connectors.Platforms.ApiManagement.Planning;
using Bascule.Connectors.Platforms.ApiManagement.Service;
using Bascule.Connectors.Platforms.ApiManagement.TakingBack;
using Bascule.Connectors.ResourceManager;
using Bascule.Core;
using Bascule.Core.Identity;
using Bascule.Core.Platforms;

namespace Bascule.Connectors.Platforms.ApiManagement;

/// <summary>
/// One API Management service. A run brings the service to what the commit says: what it will write is put into its journal first, each look goes on for a
/// stretch, and a step that fails takes everything back. A rollback takes back what whole runs wrote.
/// </summary>
internal sealed class ApimPlatform : IPlatform, IComparesPlans, ICountsCredentials, ITakesBack, IFindsDrift, IDisposable
{
    /// <summary>What the platform's id of such a run begins with.</summary>
    private const string IdStart = "publish-";

    private const string BackIdStart = "take-back-";

    /// <summary>Of the run's key: enough to tell runs apart, and short enough for a description.</summary>
    private const int OwnerDigits = 16;

    /// <summary>How long one look goes on: other runs of the process have their turn, and a cancel is seen.</summary>
    private static readonly TimeSpan Stretch = TimeSpan.FromSeconds(20);

    private readonly ApimOptions _options;
    private readonly ApimClient _client;
    private readonly ApimPlanner _planner;
    private readonly TimeProvider _time;

    public ApimPlatform(ApimOptions options, OutboundClient http, TimeProvider time, Action<string>? detail)
    {
        (_options, _time) = (options, time);
        var login = new ArmLogin(options.Azure, time, detail);
        _client = new ApimClient(options, new ArmClient(options.Azure, ApimDefaults.ApiVersion, http, login, time));
        _planner = new ApimPlanner(options, _client);
    }

    public string Kind => ApimDefaults.Kind;

    public string Name => _options.Name;

    public Uri Address => new(_options.Azure.Url, _options.ServiceId);

    public string? Account => (_options.Azure.Account as ArmAccount.Federation)?.Client;

    public int MostCredentials => ArmSetup.MostCredentials;

    public Task<Result<PlatformPlan>> PlanAsync(PlanRequest request, CancellationToken cancellationToken) =>
        _planner.PlanAsync(request, cancellationToken);

    public Task<Result<IReadOnlyList<Difference>>> CompareAsync(
        DriftRequest request,
        CancellationToken cancellationToken
    ) => new ApimDrift(_options, _planner).CompareAsync(request, cancellationToken);

    public async Task<Result<PlatformRun>> StartAsync(StartRequest request, CancellationToken cancellationToken)
    {
        var written = await request.Journal.ReadAsync(cancellationToken);
        if (written.Failed(out var problem))
            return problem;
        if (written.Value is null)
        {
            var begun = await BeginAsync(request, cancellationToken);
            if (begun.Failed(out problem))
                return problem;
        }
        else if ((await request.Launching(cancellationToken)).Failed(out problem))
            return problem;
        return new PlatformRun(IdStart + Owner(request.Run.Key.Hex), Page: null);
    }

    public async Task<Result<PlatformRun>> TakeBackAsync(TakeBackRequest request, CancellationToken cancellationToken)
    {
        var run = request.Run;
        var written = await run.Journal.ReadAsync(cancellationToken);
        if (written.Failed(out var problem))
            return problem;
        var begun = written.Value is null
            ? await BeginBackAsync(request, cancellationToken)
            : await request.Launching(cancellationToken);
        return begun.Failed(out problem) ? problem : new PlatformRun(BackIdStart + Owner(run.Run.Key.Hex), Page: null);
    }

    public async Task<Result<Observation>> ObserveAsync(StartedRun run, CancellationToken cancellationToken)
    {
        if (run.Run.IsRollback)
            return await new BackRunner(_client, _time).LookAsync(run, Stretch, cancellationToken);
        var written = await run.Journal.ReadAsync(cancellationToken);
        if (written.Failed(out var problem))
            return problem;
        var read = ApplyJournal.Read(written.Value);
        if (read.Failed(out problem))
            return problem;
        var journal = read.Value;
        if (run.Run.CancelRequested && journal is { IsEnded: false, Undoing: null })
        {
            journal = journal.Undo("canceled");
            if ((await run.Journal.WriteAsync(journal.ToText(), cancellationToken)).Failed(out problem))
                return problem;
        }
        var runner = new ApplyRunner(_client, _time, (one, stop) => run.Journal.WriteAsync(one.ToText(), stop));
        var gone = await runner.GoOnAsync(new ArmSession(run.Identity, run.Audit), journal, Stretch, cancellationToken);
        if (gone.Failed(out problem))
            return problem;
        return gone.Value is { IsEnded: true, Undoing: null }
            ? await DeployedAsync(run, gone.Value, cancellationToken)
            : Observed(gone.Value);
    }

    /// <summary>The next look takes back what was written; there is nothing to stop in between.</summary>
    public Task<Result<Done>> CancelAsync(StartedRun run, CancellationToken cancellationToken) =>
        Task.FromResult(Result.Done);

    public Task<Result<string>> IdentifyAsync(IRunIdentity identity, CancellationToken cancellationToken) =>
        _client.IdentifyAsync(new ArmSession(identity, Audit: null), cancellationToken);

    public string FederationSetup(string issuer, string subject, string environment) =>
        ApimSetup.Publisher(_options, issuer, subject, environment);

    public Task<Result<string>> IdentifyPlannerAsync(IRunIdentity planner, CancellationToken cancellationToken) =>
        _client.IdentifyAsync(new ArmSession(planner, Audit: null) { IsPlanning = true }, cancellationToken);

    public string PlannerSetup(string issuer, string subject, string environment) =>
        ApimSetup.Planner(_options, issuer, subject, environment);

    public void Dispose() => _client.Dispose();

    /// <summary>
    /// Compares anew: what is written is what was planned, or nothing. From the journal on, the run goes on from there, whatever the service looks like.
    /// </summary>
    private async Task<Result<Done>> BeginAsync(StartRequest request, CancellationToken cancellationToken)
    {
        var environment = (ApimEnvironment)request.Environment;
        var read = await _planner.ReadAsync(request.Tree, environment, cancellationToken);
        if (read.Failed(out var problem))
            return problem;
        var compared = await _planner.CompareAsync(
            read.Value.Source,
            PlannedChanges.Deletions(request.Run.Plan),
            new ArmSession(request.Identity, request.Audit),
            cancellationToken
        );
        if (compared.Failed(out problem))
            return problem;
        if (!PlannedChanges.AreThese(request.Run.Plan, compared.Value.Changes))
            return Problem.Conflict(
                "the service has changed since the plan was made, and nothing was written; push again or `bascule run retry` for a plan of what it is now"
            );
        var owner = Owner(request.Run.Key.Hex);
        var steps = new ApplySteps(
            compared.Value.Changes,
            compared.Value.Live,
            document => RevisionMark.Of(owner, request.Run.Commit.ToString(), document)
        ).InOrder();
        if ((await request.Launching(cancellationToken)).Failed(out var withdrawn))
            return withdrawn;
        var journal = new ApplyJournal(owner, steps) { Service = _options.ServiceId };
        var noted = await request.Journal.WriteAsync(journal.ToText(), cancellationToken);
        request.Progress(string.Create(CultureInfo.InvariantCulture, $"{steps.Count} writes to make"));
        return noted;
    }

    /// <summary>Reads before it begins: with a journal missing, nothing is taken back at all.</summary>
    private async Task<Result<Done>> BeginBackAsync(TakeBackRequest request, CancellationToken cancellationToken)
    {
        var earlier = new List<string?>();
        foreach (var journal in request.Earlier)
        {
            var read = await journal.ReadAsync(cancellationToken);
            if (read.Failed(out var problem))
                return problem;
            earlier.Add(read.Value);
        }
        var back = BackJournal.From(earlier, _options.ServiceId);
        if (back.Failed(out var unfit))
            return unfit;
        if ((await request.Launching(cancellationToken)).Failed(out var withdrawn))
            return withdrawn;
        request.Progress(string.Create(CultureInfo.InvariantCulture, $"{back.Value.All} writes to take back"));
        return await request.Run.Journal.WriteAsync(back.Value.ToText(), cancellationToken);
    }

    /// <summary>Only what may stay is deployed: of a commit that was rolled back meanwhile everything is taken back (THREATS T138).</summary>
    private static async Task<Result<Observation>> DeployedAsync(
        StartedRun run,
        ApplyJournal journal,
        CancellationToken cancellationToken
    )
    {
        var moved = await run.MoveDeployRef(cancellationToken);
        if (!moved.Failed(out var problem))
            return Observed(journal);
        // Something else moved the ref in this moment: asked again, it is told where it is.
        if (problem.Code == ProblemCode.Conflict)
            return Problem.Unavailable(problem.Message);
        if (problem.IsTransient)
            return problem;
        var back = journal.Undo(problem.Message);
        var noted = await run.Journal.WriteAsync(back.ToText(), cancellationToken);
        return noted.Failed(out var unwritten) ? unwritten : Observed(back);
    }

    private static Observation Observed(ApplyJournal journal)
    {
        var all = journal.Steps.Count;
        if (!journal.IsEnded)
            return new Observation(
                PlatformRunState.Running,
                journal.Undoing is null
                    ? string.Create(CultureInfo.InvariantCulture, $"{journal.At} of {all} writes are made")
                    : $"taking everything back: {journal.Undoing}",
                null,
                null
            );
        if (journal.Undoing is not { } because)
            return new Observation(
                PlatformRunState.Succeeded,
                all == 0 ? "the service was as the commit wants it" : null,
                Log(journal),
                null
            );
        var back =
            journal.Left.Count == 0
                ? "everything is as it was"
                : $"not everything could be taken back: {string.Join("; ", journal.Left)}";
        var state = because == "canceled" ? PlatformRunState.Canceled : PlatformRunState.Failed;
        return new Observation(state, $"{because}; {back}", Log(journal), null);
    }

    private static string Log(ApplyJournal journal) =>
        string.Join('\n', journal.Steps.Select(step => StepWords.Of(step)));

    private static string Owner(string key) => key[..OwnerDigits];
}
