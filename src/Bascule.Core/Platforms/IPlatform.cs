using Bascule.Core.Audit;
using Bascule.Core.Content;
using Bascule.Core.Forges;
using Bascule.Core.Identity;
using Bascule.Core.Runs;

namespace Bascule.Core.Platforms;

/// <summary>
/// One connection to a system that runs code. Safe to use from many tasks at once.
/// Every call answers Unavailable or Limited when trying again may help; anything else is final for this attempt and its message is shown to people.
/// What only some can do is a role of its own: <see cref="IRunResults"/>.
/// </summary>
public interface IPlatform
{
    string Kind { get; }

    /// <summary>The name in the server's configuration.</summary>
    string Name { get; }

    /// <summary>Where it runs what it is sent: who the builder is, in provenance. Null when it has no address to tell.</summary>
    Uri? Address => null;

    /// <summary>
    /// Says what would be sent, and sends nothing. Where the commit is compared with what the platform holds, that is read by <see cref="PlanRequest.Access"/>;
    /// else nobody is called. The same request gives the same plan as long as what is compared stays the same. It may take seconds where what the tree holds is
    /// checked; what is wrong with that is a problem that names file and line.
    /// Placeholders such as <c>{{run}}</c> stay in it. The commit stands in the member <c>commit</c> alone, elsewhere as <c>{{commit}}</c>: an approval goes on
    /// from a pull request to its merge when nothing else differs.
    /// </summary>
    Task<Result<PlatformPlan>> PlanAsync(PlanRequest request, CancellationToken cancellationToken);

    /// <summary>
    /// Brings the exact tree there and starts it. Safe to call again after a crash at any point: the idempotency key makes it one run.
    /// </summary>
    Task<Result<PlatformRun>> StartAsync(StartRequest request, CancellationToken cancellationToken);

    /// <summary>Asks how the run is. NotFound when somebody deleted it there.</summary>
    Task<Result<Observation>> ObserveAsync(StartedRun run, CancellationToken cancellationToken);

    /// <summary>Asks the platform to stop the run; done also when it has ended already.</summary>
    Task<Result<Done>> CancelAsync(StartedRun run, CancellationToken cancellationToken);

    /// <summary>Proves that the login works, for <c>doctor</c>: who we are there.</summary>
    Task<Result<string>> IdentifyAsync(IRunIdentity identity, CancellationToken cancellationToken);

    /// <summary>The exact commands by which an administrator lets this subject log in, for <c>connect</c>.</summary>
    string FederationSetup(string issuer, string subject, string environment);
}

/// <summary>The role of a platform that keeps metrics and models.</summary>
public interface IRunResults
{
    /// <summary>
    /// What a finished run left behind, and only this run: candidates that merely claim to be it are left out and named in the warnings (THREATS T134).
    /// </summary>
    Task<Result<RunResults>> ReadResultsAsync(StartedRun run, CancellationToken cancellationToken);
}

/// <summary>What a workflow asks of a platform; each connector has its own.</summary>
public abstract record PlatformTask;

/// <summary>What an environment brings to a platform; each connector has its own.</summary>
public abstract record PlatformEnvironment
{
    /// <summary>The folder of a workflow's root that a deployment there consists of; empty for all of it.</summary>
    public virtual string DeployedFolder => "";
}

/// <param name="EnvironmentName">Null for a plan only; then <paramref name="Environment"/> is null too.</param>
public sealed record PlanRequest(
    string Workflow,
    PlatformTask Task,
    string? EnvironmentName,
    PlatformEnvironment? Environment,
    string RepositoryName,
    CommitId Commit,
    ContentId Content,
    IContentTree Tree
)
{
    /// <summary>By whom the platform may be asked what it holds; null for a plan only.</summary>
    public PlanAccess? Access { get; init; }

    /// <summary>The plan of the run that last succeeded for this repository and workflow in the environment; null when none has.</summary>
    public string? Deployed { get; init; }

    /// <summary>
    /// The plan that has to come out again, of a reproduction: what it fixed by looking, such as the newest version of an input, is taken from it and not looked up
    /// anew. Null for every other run.
    /// </summary>
    public string? Repeats { get; init; }

    /// <summary>What other repositories and workflows last deployed to platforms of the kind: a plan that takes some of it is refused (THREATS T141).</summary>
    public IReadOnlyList<OtherDeployment> Others { get; init; } = [];
}

/// <summary>Leave to read what a platform holds.</summary>
/// <param name="Audit">Where a login that this needs is written down.</param>
public sealed record PlanAccess(IRunIdentity Identity, ICallAudit Audit);

/// <param name="Json">Canonical JSON (RFC 8785), without tokens.</param>
/// <param name="Target">What only so many runs of an environment may change at a time, e.g. <c>model:main.churn.classifier</c>.</param>
/// <param name="Summary">A few lines for people, plain text.</param>
/// <param name="Warnings">E.g. LFS pointers without their bytes, oversized files.</param>
public sealed record PlatformPlan(
    string Json,
    string Target,
    IReadOnlyList<string> Summary,
    IReadOnlyList<string> Warnings
)
{
    /// <summary>No other run may change the target meanwhile, whatever <c>max_running</c> says: deployments. Training shares.</summary>
    public bool HoldsAlone { get; init; }
}

/// <param name="Mark">What <c>{{run}}</c> becomes: the run's id with Bascule's seal, so that a forged tag is recognised.</param>
/// <param name="Progress">Told each step in words for the run's timeline; never waits.</param>
public sealed record StartRequest(
    Run Run,
    string Mark,
    PlatformTask Task,
    PlatformEnvironment Environment,
    IContentTree Tree,
    IRunIdentity Identity,
    ICallAudit Audit,
    Action<string> Progress
)
{
    /// <summary>
    /// Called right before the call that launches: until then a cancel ends the run at once, from then on a run may exist there. When it fails, nothing
    /// is launched and its problem is the answer.
    /// </summary>
    public Func<CancellationToken, Task<Result<Done>>> Launching { get; init; } =
        _ => System.Threading.Tasks.Task.FromResult(Result.Done);

    /// <summary>
    /// For a platform that pulls: moves the environment's deploy ref to the run's commit, after <see cref="Launching"/>. Safe to call again: it says when the ref
    /// moved, by Bascule's clock, the same however often. Denied for a commit that was rolled back.
    /// </summary>
    public Func<CancellationToken, Task<Result<DateTimeOffset>>> MoveDeployRef { get; init; } =
        _ =>
            System.Threading.Tasks.Task.FromResult<Result<DateTimeOffset>>(
                Problem.Invalid("this platform follows no deploy ref")
            );

    /// <summary>For a platform that changes many things one after the other, or must know later what it did.</summary>
    public IRunJournal Journal { get; init; } = NoJournal.Instance;

    /// <summary>Where the repository is cloned from, without a login; null where nobody says.</summary>
    public Uri? RepositoryUrl { get; init; }
}

/// <param name="Id">The platform's own id of its run.</param>
public sealed record PlatformRun(string Id, Uri? Page);

/// <summary>A run that the platform has, and what is needed to ask about it.</summary>
public sealed record StartedRun(
    Run Run,
    string Mark,
    PlatformTask Task,
    PlatformEnvironment Environment,
    IRunIdentity Identity,
    ICallAudit Audit
)
{
    /// <summary>What <see cref="StartRequest.Journal"/> was given.</summary>
    public IRunJournal Journal { get; init; } = NoJournal.Instance;

    /// <summary>
    /// For a platform that is written to: moves the environment's deploy ref to the run's commit, once all of it is there. As
    /// <see cref="StartRequest.MoveDeployRef"/>; Denied also while a rollback waits for this run to end: then nothing of it may stay.
    /// </summary>
    public Func<CancellationToken, Task<Result<DateTimeOffset>>> MoveDeployRef { get; init; } =
        _ =>
            System.Threading.Tasks.Task.FromResult<Result<DateTimeOffset>>(
                Problem.Invalid("this platform follows no deploy ref")
            );

    public string PlatformRunId =>
        Run.PlatformRunId ?? throw new InvalidOperationException($"run {Run.Id} has not been started");
}

public enum PlatformRunState
{
    Waiting,
    Running,
    Succeeded,
    Failed,
    Canceled,
}

/// <param name="Message">One sentence for people, from the platform; control characters are removed where it is shown.</param>
/// <param name="LogTail">The end of the log, at most 64 KiB; null when the platform has none yet.</param>
public sealed record Observation(PlatformRunState State, string? Message, string? LogTail, Uri? Page)
{
    public bool IsTerminal =>
        State is PlatformRunState.Succeeded or PlatformRunState.Failed or PlatformRunState.Canceled;
}

public sealed record RunResults(
    IReadOnlyList<Metric> Metrics,
    IReadOnlyList<ModelVersion> Models,
    IReadOnlyList<string> Warnings
)
{
    /// <summary>Of a run that has none.</summary>
    public static RunResults None { get; } = new([], [], []);
}
