using System.Globalization;
using Bascule.Core;
using Bascule.Core.Forges;
using Bascule.Core.Reconcile;
using Bascule.Core.Work;
using Bascule.Server.Connections;
using Bascule.Server.Events;
using Bascule.Server.Work;
using Bascule.Server.Workflows;

namespace Bascule.Server.Schedules;

/// <summary>
/// Begins the schedules of a repository that was connected: those in the files at the tips of its default branch and of the branches that environments
/// take. Later pushes begin, change and end them.
/// </summary>
internal sealed class ScheduleBeginHandler(
    RepositoryLookup lookup,
    IReconcileStore refs,
    EnvironmentConnections environments,
    WorkflowSource workflows,
    BranchSchedules schedules
) : IWorkHandler
{
    public const string BeginKind = "schedule.begin";

    /// <summary>Of one repository; the rest begin with their next push.</summary>
    private const int MostBranches = 100;
    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(1);

    public string Kind => BeginKind;

    public static Change Of(RepositoryKey repository, DateTimeOffset now) =>
        new AddWork(
            new NewWork($"schedule.begin:{repository}", BeginKind, repository.ToString(), now, Once: true)
            {
                Share = repository.ToString(),
            }
        );

    public async Task<WorkResult> HandleAsync(WorkItem item, CancellationToken cancellationToken)
    {
        var opened = await lookup.OpenAsync(Parse(item.Subject), cancellationToken);
        if (opened.Failed(out var unopened))
            return unopened.IsTransient ? Retry(item, unopened) : WorkResult.Finished();
        var branches = await ListAsync(opened.Value, cancellationToken);
        if (branches.Count == 0)
            return WorkResult.Finished();
        var repository = opened.Value;
        var fetched = await repository.Mirror.FetchAsync(
            repository.Access,
            [.. branches.Select(branch => branch.Ref)],
            cancellationToken
        );
        if (fetched.Failed(out var problem))
            return Retry(item, problem);
        var changes = new List<Change>();
        foreach (var branch in branches)
        {
            var file = await workflows.ReadAsync(repository.Mirror, branch.Tip!.Value, cancellationToken);
            if (file.Failed(out var unread) && unread.IsTransient)
                return Retry(item, unread);
            // A file that nobody understands is refused, and shown, with the next push.
            if (unread is null)
                changes.AddRange(
                    await schedules.FollowAsync(repository.Key, branch.Ref, file.Value, cancellationToken)
                );
        }
        return WorkResult.Finished(changes);
    }

    private async Task<IReadOnlyList<KnownRef>> ListAsync(
        OpenRepository repository,
        CancellationToken cancellationToken
    )
    {
        var known = await refs.ListRefsAsync(repository.Key, cancellationToken);
        return
        [
            .. known
                .Where(seen => seen is { Ref.IsBranch: true, Tip: not null })
                .Where(seen => IsDefault(repository, seen) || IsTaken(repository, seen))
                .OrderByDescending(seen => IsDefault(repository, seen))
                .Take(MostBranches),
        ];
    }

    private static bool IsDefault(OpenRepository repository, KnownRef seen) =>
        seen.Ref.ShortName == repository.Repository.DefaultBranch;

    private bool IsTaken(OpenRepository repository, KnownRef seen) =>
        environments.All.Any(environment =>
            environment.Rule.Repositories.Any(pattern =>
                pattern.IsMatch(repository.Connection.Name, repository.Repository.FullName)
            ) && environment.Rule.Branches.Any(glob => glob.IsMatch(seen.Ref.ShortName))
        );

    private static WorkResult Retry(WorkItem item, Problem problem) =>
        WorkResult.Retry(BackOff.For(problem, item.Attempt, FirstWait), problem);

    private static RepositoryKey Parse(string subject)
    {
        var slash = subject.IndexOf('/', StringComparison.Ordinal);
        var id = long.Parse(subject.AsSpan(slash + 1), CultureInfo.InvariantCulture);
        return new RepositoryKey(subject[..slash], id);
    }
}
