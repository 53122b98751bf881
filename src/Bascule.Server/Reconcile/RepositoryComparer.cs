using System.Globalization;
using Bascule.Core;
using Bascule.Core.Forges;
using Bascule.Core.Reconcile;
using Bascule.Core.Work;
using Bascule.Server.Events;

namespace Bascule.Server.Reconcile;

/// <summary>Compares the refs of one repository at the forge with those that Bascule has seen, by one listing and without fetching objects.</summary>
internal sealed class RepositoryComparer(RepositoryLookup lookup, IReconcileStore store)
{
    /// <summary>Of one comparison; more are found by the next one.</summary>
    private const int MaxMissed = 500;
    private const int MaxShown = 20;

    /// <returns>What to store: the looks that are due, and what the comparison found. A problem only where the forge is away.</returns>
    public async Task<Result<IReadOnlyList<Change>>> CompareAsync(
        DueRepository due,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var listed = await ListAsync(due.Key, cancellationToken);
        if (listed.Failed(out var problem))
            return problem.IsTransient
                ? problem
                : Result.Of<IReadOnlyList<Change>>([
                    new SaveComparison(
                        due.Last with
                        {
                            AskedAt = now,
                            Hint = due.Repository.UpdatedAt,
                            Settled = true,
                            Problem = problem.Message,
                        }
                    ),
                ]);
        var known = (await store.ListRefsAsync(due.Key, cancellationToken)).ToDictionary(seen => seen.Ref);
        var pullRequests = await store.ListPullRequestsAsync(due.Key, cancellationToken);
        var missed = Missed(listed.Value, known, pullRequests).Take(MaxMissed).ToList();
        var compared = Compared(due, listed.Value, pullRequests, now) with
        {
            Settled = missed.Count == 0 && due.Last.ComparedAt is not null && due.Last.Hint == due.Repository.UpdatedAt,
        };
        return Result.Of<IReadOnlyList<Change>>([
            .. missed.SelectMany(name => Look(due, name, known.GetValueOrDefault(name), now)),
            new SaveComparison(compared),
        ]);
    }

    private async Task<Result<IReadOnlyDictionary<RefName, CommitId>>> ListAsync(
        RepositoryKey key,
        CancellationToken cancellationToken
    )
    {
        var opened = await lookup.OpenAsync(key, cancellationToken);
        return opened.Failed(out var problem)
            ? problem
            : await opened.Value.Mirror.ListRemoteAsync(opened.Value.Access, cancellationToken);
    }

    private static IEnumerable<RefName> Missed(
        IReadOnlyDictionary<RefName, CommitId> listed,
        Dictionary<RefName, KnownRef> known,
        IReadOnlyDictionary<long, PullRequestState> pullRequests
    )
    {
        foreach (var (name, tip) in listed)
            if (IsFollowed(name, pullRequests) && known.GetValueOrDefault(name)?.Tip != tip)
                yield return name;
        foreach (var gone in known.Values.Where(seen => seen.Tip is not null && !listed.ContainsKey(seen.Ref)))
            if (gone.Ref.IsBranch || gone.Ref.IsTag)
                yield return gone.Ref;
    }

    private static bool IsFollowed(RefName name, IReadOnlyDictionary<long, PullRequestState> pullRequests) =>
        name.IsBranch
        || name.IsTag
        || (
            name.PullRequestNumber is { } number
            && pullRequests.TryGetValue(number, out var state)
            && state == PullRequestState.Open
        );

    private static IEnumerable<Change> Look(DueRepository due, RefName name, KnownRef? known, DateTimeOffset now)
    {
        var (since, kind) = MovedSince(due, known, now);
        yield return new AddMissedRef(new MissedRef(due.Key, name, since, kind, now));
        yield return LookHandler.At(due.Key, name, now);
    }

    /// <summary>The forge's time of the repository's last change, where it falls after the ref was last known to be unmoved; otherwise that.</summary>
    private static (DateTimeOffset Since, LateSince Kind) MovedSince(
        DueRepository due,
        KnownRef? known,
        DateTimeOffset now
    )
    {
        var unmoved = due.Last.ComparedAt ?? known?.At ?? now;
        if (known?.At > unmoved)
            unmoved = known.At;
        return due.Repository.UpdatedAt is { } changed && changed > unmoved && changed <= now
            ? (changed, LateSince.ForgeTime)
            : (unmoved, LateSince.LastComparison);
    }

    private static RepositoryComparison Compared(
        DueRepository due,
        IReadOnlyDictionary<RefName, CommitId> listed,
        IReadOnlyDictionary<long, PullRequestState> pullRequests,
        DateTimeOffset now
    )
    {
        var numbers = listed.Keys.Select(name => name.PullRequestNumber).OfType<long>().Order().ToList();
        var before = due.Last.ComparedAt is null ? numbers.LastOrDefault() : due.Last.PullRequestsBefore;
        var unhandled = numbers.Where(number => number > before && !pullRequests.ContainsKey(number)).ToList();
        return new RepositoryComparison(due.Key)
        {
            AskedAt = now,
            ComparedAt = now,
            Hint = due.Repository.UpdatedAt,
            PullRequestsBefore = before,
            Unhandled =
                unhandled.Count == 0
                    ? null
                    : string.Join(
                        ", ",
                        unhandled.Take(MaxShown).Select(number => number.ToString(CultureInfo.InvariantCulture))
                    ),
        };
    }
}
