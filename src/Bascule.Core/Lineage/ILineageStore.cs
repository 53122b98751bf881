using Bascule.Core.Approvals;
using Bascule.Core.Forges;
using Bascule.Core.Pushes;
using Bascule.Core.Runs;

namespace Bascule.Core.Lineage;

/// <summary>
/// The questions of lineage. Each is a fixed number of statements, however much there is, and each answer is bounded. <c>within</c> is what whoever asks may
/// see, null for everything: what is outside is not there (THREATS T59).
/// </summary>
public interface ILineageStore
{
    /// <summary>Commits of runs, observed runs and ref updates whose id begins so, in order of their ids.</summary>
    Task<IReadOnlyList<CommitId>> FindCommitsAsync(
        string prefix,
        IReadOnlyList<RunReach>? within,
        int limit,
        CancellationToken cancellationToken
    );

    /// <summary>The newest runs of a commit, and how many there are.</summary>
    Task<Counted<Run>> ReadRunsAsync(
        CommitId commit,
        IReadOnlyList<RunReach>? within,
        int limit,
        CancellationToken cancellationToken
    );

    /// <summary>The observed runs of a commit, newest first, and how many there are.</summary>
    Task<Counted<ObservedRun>> ReadObservedAsync(
        CommitId commit,
        IReadOnlyList<RunReach>? within,
        int limit,
        CancellationToken cancellationToken
    );

    /// <summary>What was seen before of these runs of an environment.</summary>
    /// <param name="ids">At most a hundred.</param>
    Task<IReadOnlyList<ObservedRun>> FindObservedAsync(
        string environment,
        IReadOnlyCollection<string> ids,
        CancellationToken cancellationToken
    );

    /// <summary>Which of these runs of an environment were seen to claim a commit that nobody has.</summary>
    /// <param name="ids">At most a hundred.</param>
    Task<IReadOnlyList<UnfoundedRun>> FindUnfoundedAsync(
        string environment,
        IReadOnlyCollection<string> ids,
        CancellationToken cancellationToken
    );

    /// <summary>How many runs of each environment claim a commit that nobody has.</summary>
    Task<IReadOnlyDictionary<string, long>> CountUnfoundedAsync(CancellationToken cancellationToken);

    /// <summary>Which of these platform runs are Bascule's own, of these commits in these environments: by its records, whatever the runs say.</summary>
    /// <param name="platformRuns">At most a hundred, as the platform calls them.</param>
    /// <param name="commits">At most two thousand.</param>
    Task<IReadOnlySet<string>> FindOwnAsync(
        IReadOnlyCollection<string> environments,
        IReadOnlyCollection<string> platformRuns,
        IReadOnlyCollection<CommitId> commits,
        CancellationToken cancellationToken
    );

    /// <summary>The newest updates that made a ref lead to the commit. Those whom only some environments are open to see none.</summary>
    Task<IReadOnlyList<RefUpdate>> ReadUpdatesAsync(
        CommitId commit,
        IReadOnlyList<RunReach>? within,
        int limit,
        CancellationToken cancellationToken
    );

    /// <summary>Versions that a reference may mean, by full name or by the end of it after a dot; without a version those of exactly that name, newest first.</summary>
    Task<IReadOnlyList<ModelVersion>> FindVersionsAsync(
        ModelReference model,
        IReadOnlyList<RunReach>? within,
        int limit,
        CancellationToken cancellationToken
    );

    /// <summary>The runs that registered the version, newest first; one, as a rule.</summary>
    Task<IReadOnlyList<Run>> ReadMakersAsync(
        ModelVersion version,
        IReadOnlyList<RunReach>? within,
        int limit,
        CancellationToken cancellationToken
    );

    /// <summary>The observed runs that registered the version, newest first.</summary>
    Task<IReadOnlyList<ObservedRun>> ReadObservedMakersAsync(
        ModelVersion version,
        IReadOnlyList<RunReach>? within,
        int limit,
        CancellationToken cancellationToken
    );

    /// <summary>What hangs on these runs.</summary>
    /// <param name="runs">At most a hundred.</param>
    Task<RunFacts> ReadFactsAsync(IReadOnlyList<Run> runs, CancellationToken cancellationToken);

    /// <summary>Pushes through Bascule that led to one of these commits.</summary>
    /// <param name="commits">At most a hundred.</param>
    Task<IReadOnlyList<PushedRef>> ReadPushesAsync(
        IReadOnlyCollection<CommitId> commits,
        CancellationToken cancellationToken
    );

    /// <summary>Who these are: by pseudonym, and by account at a forge. Who is unknown is absent.</summary>
    /// <param name="uids">At most a hundred.</param>
    /// <param name="accounts">At most a hundred.</param>
    Task<IReadOnlyList<KnownPerson>> ReadPeopleAsync(
        IReadOnlyCollection<string> uids,
        IReadOnlyCollection<ForgeAccountKey> accounts,
        CancellationToken cancellationToken
    );

    /// <summary>The newest success of each workflow of each repository in each environment: what runs there now, reproductions left out. By environment, repository and workflow.</summary>
    Task<IReadOnlyList<Run>> ListDeployedAsync(
        IReadOnlyList<RunReach>? within,
        int limit,
        CancellationToken cancellationToken
    );
}

/// <param name="Total">Of all, also those that the limit left out.</param>
public sealed record Counted<T>(IReadOnlyList<T> Items, long Total);

public sealed record ForgeAccountKey(string ForgeUid, long AccountId);

/// <param name="Accounts">With what they are called there.</param>
public sealed record KnownPerson(string Uid, string Name, IReadOnlyList<(ForgeAccountKey Key, string Login)> Accounts);

/// <summary>What is stored of some runs beside their rows.</summary>
/// <param name="Approvals">Those that are not void, oldest first.</param>
/// <param name="Proofs">Whose signature or push proved the content when the run was started.</param>
public sealed record RunFacts(
    IReadOnlyList<(RunId Run, ModelVersion Model)> Models,
    IReadOnlyList<Approval> Approvals,
    IReadOnlyList<BreakGlass> BreakGlass,
    IReadOnlyList<(RunId Run, ProvenBy By)> Proofs,
    IReadOnlyList<DeliveryOrigin> Deliveries,
    IReadOnlyList<PullRequest> PullRequests
)
{
    public static readonly RunFacts None = new([], [], [], [], [], []);
}

/// <summary>A delivery without its body.</summary>
public sealed record DeliveryOrigin(string Uid, string EventName, DateTimeOffset ReceivedAt);
