using System.Collections.Concurrent;
using Bascule.Core;
using Bascule.Core.Approvals;
using Bascule.Core.Forges;
using Bascule.Core.People;
using Bascule.Core.Promotions;
using Bascule.Core.Pushes;
using Bascule.Core.Runs;
using Bascule.Server.Events;

namespace Bascule.Server.Approvals;

/// <summary>
/// Finds out who had a hand in what a run would run: pushers and openers from signed hooks, authors and committers as the forge tells, for every commit
/// since the last one that ran.
/// </summary>
internal sealed class ContributionReader(
    RepositoryLookup lookup,
    IRepositoryStore repositories,
    IApprovalStore approvals,
    IPromotionStore promotions,
    IPushStore pushes
)
{
    private const int MostCommits = 250;
    private const int MostCached = 10_000;
    private const int NewestRuns = 100;
    private readonly ConcurrentDictionary<(string Forge, CommitId Commit), CommitAccounts> _known = new();

    /// <summary>Unavailable when the forge cannot be asked: nobody approves then.</summary>
    public async Task<Result<Contributions>> ReadAsync(Run run, CancellationToken cancellationToken)
    {
        var opened = await lookup.OpenAsync(run.Repository, cancellationToken);
        if (opened.Failed(out var unopened))
            return unopened;
        var found = new Gathering();
        var updates = await repositories.ListUpdatesAsync(run.Repository, cancellationToken);
        var from = await FindStartAsync(opened.Value, run, updates, cancellationToken);
        if (from.Failed(out var unread))
            return unread;
        var range = await RangeAsync(opened.Value, from.Value, run, cancellationToken);
        if (range.Failed(out var unlisted))
            return unlisted;
        if (range.Value.Count > MostCommits)
            found.Unknown.Add(
                $"more than {MostCommits} commits came since the last run, too many to tell whose they are"
            );
        var pullRequest = await FindPullRequestAsync(run, cancellationToken);
        var proven = await PushesAsync(run, updates, [.. range.Value], cancellationToken);
        foreach (var push in proven.SelectMany(group => group).Where(push => push.Account is not null))
            found.Add(ContributionKind.Pusher, push.Account!, $"pushed {push.Head.Short} to {push.Ref.ShortName}");
        AddPushers(found, run, pullRequest, updates, [.. range.Value], proven);
        if (pullRequest?.Author is { } opener)
            found.Add(ContributionKind.Opener, opener, $"opened pull request {pullRequest.Number}");
        var asked = await AddAccountsAsync(opened.Value, range.Value.Take(MostCommits), found, cancellationToken);
        return asked.Failed(out var silent) ? silent : new Contributions(found.Known, found.Unknown);
    }

    /// <summary>The commit after which everything is new: where the pull request parted, or what ran last.</summary>
    private async Task<Result<CommitId?>> FindStartAsync(
        OpenRepository repository,
        Run run,
        IReadOnlyList<RefUpdate> updates,
        CancellationToken cancellationToken
    )
    {
        var promoted = await FindPromotedAsync(repository, run, cancellationToken);
        if (promoted.Failed(out var unknown) || promoted.Value is not null)
            return unknown is null ? promoted : unknown;
        if (run.BaseCommit is { } policy)
            return await repository.Mirror.FindMergeBaseAsync(policy, run.Commit, cancellationToken);
        var lane = await approvals.ListLaneAsync(
            run.Repository,
            run.Ref,
            run.Workflow,
            run.Environment!,
            NewestRuns,
            cancellationToken
        );
        var last = lane.FirstOrDefault(other => other.State == RunState.Succeeded && other.Commit != run.Commit);
        if (last is not null)
        {
            var follows = await repository.Mirror.IsAncestorAsync(last.Commit, run.Commit, cancellationToken);
            if (follows.Problem is null && follows.Value == true)
                return Result.Of<CommitId?>(last.Commit);
        }
        return Result.Of(updates.LastOrDefault(update => update.Ref == run.Ref && update.After == run.Commit)?.Before);
    }

    /// <summary>Of a promotion: the commit of what is promoted now, where this one came after it. What is new is more than what the last training brought.</summary>
    private async Task<Result<CommitId?>> FindPromotedAsync(
        OpenRepository repository,
        Run run,
        CancellationToken cancellationToken
    )
    {
        if (
            run.Promotes is not { } order
            || await promotions.FindAsync(order.In(run.Environment!), cancellationToken) is not { } now
            || now.Repository != run.Repository
            || now.Commit == run.Commit
        )
            return Result.Of<CommitId?>(null);
        var follows = await repository.Mirror.IsAncestorAsync(now.Commit, run.Commit, cancellationToken);
        return follows.Failed(out var unknown)
            ? unknown
            : Result.Of(follows.Value == true ? now.Commit : (CommitId?)null);
    }

    private static async Task<Result<IReadOnlyList<CommitId>>> RangeAsync(
        OpenRepository repository,
        CommitId? from,
        Run run,
        CancellationToken cancellationToken
    )
    {
        if (from is not { } start || start == run.Commit)
            return Result.Of<IReadOnlyList<CommitId>>([run.Commit]);
        return await repository.Mirror.ListCommitsAsync(start, run.Commit, "", MostCommits + 1, cancellationToken);
    }

    private async Task<PullRequest?> FindPullRequestAsync(Run run, CancellationToken cancellationToken) =>
        run.PullRequest is { } number
            ? await repositories.FindPullRequestAsync(run.Repository, number, cancellationToken)
            : await repositories.FindMergedAsAsync(run.Repository, run.Commit, cancellationToken);

    /// <summary>Every move of the run's own ref to a commit of the range, and of the branch that the pull request comes from.</summary>
    private static void AddPushers(
        Gathering found,
        Run run,
        PullRequest? pullRequest,
        IReadOnlyList<RefUpdate> updates,
        HashSet<CommitId> range,
        ILookup<CommitId, PushedRef> proven
    )
    {
        var branch =
            pullRequest is { FromFork: false } && RefName.TryBranch(pullRequest.HeadBranch, out var head)
                ? head
                : (RefName?)null;
        var own = updates.Where(update => update.Ref == run.Ref && Brings(update, range)).ToList();
        foreach (var update in own.Concat(updates.Where(update => update.Ref == branch && Brings(update, range))))
        {
            if (update.By is { } by)
                found.Add(ContributionKind.Pusher, by, $"pushed {update.After?.Short} to {update.Ref.ShortName}");
            else if (update.Ref == run.Ref && !IsKnown(update, proven))
                found.Unknown.Add($"nobody told who pushed {update.After?.Short} to {update.Ref.ShortName}");
        }
        if (own.Count == 0)
            found.Unknown.Add($"nobody told who pushed {run.Commit.Short} to {run.Ref.ShortName}");
    }

    /// <summary>
    /// Pushes through Bascule that brought what is in the range, by the commit that they led a ref to. The forge names Bascule's own account for them, in a hook
    /// that may be quicker than we are.
    /// </summary>
    private async Task<ILookup<CommitId, PushedRef>> PushesAsync(
        Run run,
        IReadOnlyList<RefUpdate> updates,
        HashSet<CommitId> range,
        CancellationToken cancellationToken
    )
    {
        List<PushedRef> found = [];
        foreach (var head in updates.Where(one => Brings(one, range)).Select(one => one.After!.Value).Distinct())
            found.AddRange(await pushes.ListAsync(run.Repository, head, cancellationToken));
        return found.ToLookup(push => push.Head);
    }

    /// <summary>A person is named already; what a workload pushed is nobody's push, and whose commits they are is asked all the same.</summary>
    private static bool IsKnown(RefUpdate update, ILookup<CommitId, PushedRef> proven) =>
        update.After is { } head
        && proven[head].LastOrDefault(push => push.Ref == update.Ref) is { } push
        && (push.ActorType == ActorType.Workload || push.Account is not null);

    private static bool Brings(RefUpdate update, HashSet<CommitId> range) =>
        update.After is { } after && range.Contains(after);

    private async Task<Result<Done>> AddAccountsAsync(
        OpenRepository repository,
        IEnumerable<CommitId> range,
        Gathering found,
        CancellationToken cancellationToken
    )
    {
        if (repository.Forge is not ICommitAccounts forge)
            return Result.Done;
        foreach (var commit in range)
        {
            var asked = await AskAsync(repository, forge, commit, cancellationToken);
            if (asked.Failed(out var silent))
                return silent.IsTransient
                    ? Problem.Unavailable($"it cannot be told now whose commit {commit.Short} is: {silent.Message}")
                    : silent;
            if (asked.Value.Author is { } author)
                found.Add(ContributionKind.Author, author, $"wrote commit {commit.Short}");
            if (asked.Value.Committer is { } committer)
                found.Add(ContributionKind.Committer, committer, $"committed {commit.Short}");
        }
        return Result.Done;
    }

    private async Task<Result<CommitAccounts>> AskAsync(
        OpenRepository repository,
        ICommitAccounts forge,
        CommitId commit,
        CancellationToken cancellationToken
    )
    {
        var key = (repository.Key.ForgeUid, commit);
        if (_known.TryGetValue(key, out var known))
            return known;
        var asked = await forge.FindCommitAccountsAsync(repository.Repository, commit, cancellationToken);
        if (asked.Failed(out var problem))
            return problem;
        if (_known.Count >= MostCached)
            _known.Clear();
        return _known[key] = asked.Value;
    }

    private sealed class Gathering
    {
        public List<Contribution> Known { get; } = [];
        public List<string> Unknown { get; } = [];

        public void Add(ContributionKind kind, ForgeAccount account, string what) =>
            Known.Add(new Contribution(kind, account.Id, what));
    }
}
