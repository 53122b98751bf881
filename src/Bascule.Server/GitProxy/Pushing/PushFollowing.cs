using Bascule.Core.Forges;
using Bascule.Core.Pushes;
using Bascule.Core.Runs;
using Bascule.Server.Reports;

namespace Bascule.Server.GitProxy.Pushing;

/// <summary>
/// Tells whoever pushed what comes of it, while git still waits: what is planned, and, where they asked to wait, each turn until the last run has ended. It reads
/// what is stored and keeps nothing: runs go on whether or not somebody listens.
/// </summary>
internal sealed class PushFollowing(
    PushedHeads heads,
    IRunStore runs,
    RunReports reports,
    PushRunText text,
    PushLimits limits,
    TimeProvider time
)
{
    private const int MostRuns = 100;
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(250);

    /// <summary>So long before their token ends, which cuts them off (THREATS T91), those who wait are told that it does.</summary>
    private static readonly TimeSpan LastWord = TimeSpan.FromSeconds(3);

    public async Task FollowAsync(
        PushReply reply,
        PushUnderWay push,
        IReadOnlyList<RefCommand> moved,
        CancellationToken cancellationToken
    )
    {
        if (!reply.IsHeard)
            return;
        var key = push.Repository.Key;
        var followed = await heads.ListAsync(key, moved, cancellationToken);
        if (followed.Count == 0)
            return;
        var telling = new PushTelling(reply, text, reports);
        var planned = await UntilAsync(
            () => heads.ArePlannedAsync(key, followed, cancellationToken),
            limits.Planning,
            reply,
            cancellationToken
        );
        await telling.TellAsync(await ListAsync(key, followed, cancellationToken), cancellationToken);
        foreach (var line in Missing(planned, telling, followed))
            await reply.SayAsync(line, cancellationToken);
        if (push.Wish.Waits && await WaitAsync(telling, push, followed, reply, cancellationToken) is { } bad)
            await reply.FailAsync($"Bascule: the push is through, {bad}", cancellationToken);
    }

    private IEnumerable<string> Missing(bool planned, PushTelling telling, IReadOnlyList<PushedHead> followed) =>
        planned
            ? telling.IsEmpty
                ? ["Bascule: no workflow asks for a run"]
                : []
            : followed
                .Select(head => head.Commit)
                .Distinct()
                .Select(commit => $"Bascule: not planned yet; runs of {commit.Short} will be at {text.RunsOf(commit)}");

    /// <summary>Null when every run has ended as it should.</summary>
    private async Task<string?> WaitAsync(
        PushTelling telling,
        PushUnderWay push,
        IReadOnlyList<PushedHead> followed,
        PushReply reply,
        CancellationToken cancellationToken
    )
    {
        var key = push.Repository.Key;
        var isOver = await UntilAsync(
            async () =>
            {
                // Asked first: what is planned after the list was read would be missed.
                var planned = await heads.ArePlannedAsync(key, followed, cancellationToken);
                await telling.TellAsync(await ListAsync(key, followed, cancellationToken), cancellationToken);
                return planned && telling.IsOver;
            },
            Patience(push),
            reply,
            cancellationToken
        );
        if (!isOver)
            return "its runs go on, and waiting for them ends here; see the addresses above";
        return telling.Bad is { Count: > 0 } bad ? $"and not every run ended well: {string.Join(", ", bad)}" : null;
    }

    private TimeSpan Patience(PushUnderWay push)
    {
        var lasts = push.Pass.ExpiresAt - LastWord - time.GetUtcNow();
        TimeSpan[] most = [push.Wish.AtMost ?? limits.Waiting, limits.Waiting, lasts];
        return most.Min();
    }

    /// <summary>Whether it came true within this time.</summary>
    private async Task<bool> UntilAsync(
        Func<Task<bool>> isTrue,
        TimeSpan patience,
        PushReply reply,
        CancellationToken cancellationToken
    )
    {
        var began = time.GetTimestamp();
        for (var spoken = began; !await isTrue(); )
        {
            if (time.GetElapsedTime(began) >= patience)
                return false;
            if (time.GetElapsedTime(spoken) >= limits.Silence)
            {
                await reply.StayAsync(cancellationToken);
                spoken = time.GetTimestamp();
            }
            await Task.Delay(Look, time, cancellationToken);
        }
        return true;
    }

    /// <summary>The newest of each kind, oldest first.</summary>
    private async Task<IReadOnlyList<Run>> ListAsync(
        RepositoryKey key,
        IReadOnlyList<PushedHead> followed,
        CancellationToken cancellationToken
    )
    {
        var found = new List<Run>();
        foreach (var commit in followed.Select(head => head.Commit).Distinct())
            found.AddRange(
                await runs.ListAsync(
                    new RunFilter(key, Commit: commit, Limit: MostRuns) { WithoutReproductions = true },
                    cancellationToken
                )
            );
        return
        [
            .. found
                .Where(run => followed.Contains(new PushedHead(run.Ref, run.Commit)))
                .GroupBy(run => (run.Ref, run.Workflow, run.Environment, run.OnMerge))
                .Select(same => same.First())
                .Reverse(),
        ];
    }
}
