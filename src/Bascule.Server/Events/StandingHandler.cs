using System.Globalization;
using Bascule.Core;
using Bascule.Core.Forges;
using Bascule.Core.Work;
using Bascule.Server.Work;

namespace Bascule.Server.Events;

/// <summary>
/// Asks the forge whether a pull request that is open for Bascule still is: no hook may have told of its end. Only its end is learnt so; what it is made of
/// comes from signed hooks alone.
/// </summary>
internal sealed class StandingHandler(
    RepositoryLookup lookup,
    IRepositoryStore repositories,
    PullRequestEnd end,
    TimeProvider time
) : IWorkHandler
{
    public const string StandingKind = "look.pull_request";

    /// <summary>Looks for the push of a merge that has not been seen yet: about 25 seconds in all.</summary>
    private const int MaxLooks = 8;
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(150);

    public string Kind => StandingKind;

    /// <summary>In the pull request's own lane, after whatever came before.</summary>
    public static Change At(RepositoryKey repository, long number, DateTimeOffset now) =>
        new AddWork(
            new NewWork(
                EventWork.LaneOf(repository, RefName.PullRequestHead(number)),
                StandingKind,
                string.Create(CultureInfo.InvariantCulture, $"{repository} {number}"),
                now,
                Once: true
            )
            {
                Share = repository.ToString(),
            }
        );

    public async Task<WorkResult> HandleAsync(WorkItem item, CancellationToken cancellationToken)
    {
        var (repository, number) = Parse(item.Subject);
        var known = await repositories.FindPullRequestAsync(repository, number, cancellationToken);
        if (known is not { State: PullRequestState.Open })
            return WorkResult.Finished();
        var opened = await lookup.OpenAsync(repository, cancellationToken);
        if (opened.Failed(out var unopened))
            return After(item, unopened);
        if (opened.Value.Forge is not IPullRequests forge)
            return WorkResult.Finished();
        var asked = await forge.FindPullRequestAsync(opened.Value.Repository, number, cancellationToken);
        if (asked.Failed(out var unanswered))
            return After(item, unanswered);
        if (asked.Value.State == PullRequestState.Open)
            return WorkResult.Finished();
        var ended = known with
        {
            State = asked.Value.State,
            MergeCommit = asked.Value.MergeCommit,
            UpdatedAt = time.GetUtcNow(),
        };
        var changes = await end.ToChangesAsync(ended, item.Attempt >= MaxLooks, cancellationToken);
        return changes.Failed(out var unfound)
            ? WorkResult.Retry(BackOff.After(item.Attempt, FirstWait), unfound)
            : WorkResult.Finished(changes.Value);
    }

    /// <summary>What an operator has to mend is asked again with the next sweep.</summary>
    private static WorkResult After(WorkItem item, Problem problem) =>
        problem.IsTransient
            ? WorkResult.Retry(BackOff.For(problem, item.Attempt, FirstWait), problem)
            : WorkResult.Finished();

    private static (RepositoryKey Repository, long Number) Parse(string subject)
    {
        var space = subject.IndexOf(' ', StringComparison.Ordinal);
        var slash = subject.IndexOf('/', StringComparison.Ordinal);
        var id = long.Parse(subject[(slash + 1)..space], CultureInfo.InvariantCulture);
        var number = long.Parse(subject.AsSpan(space + 1), CultureInfo.InvariantCulture);
        return (new RepositoryKey(subject[..slash], id), number);
    }
}
