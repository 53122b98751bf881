using Bascule.Core.Reconcile;

namespace Bascule.Storage.Stores;

internal sealed class GapReport(IReaders readers) : IGapReport
{
    private const string Hook = "delivery IS NOT NULL";
    private const string Reconciler = "delivery IS NULL";

    public async Task<IReadOnlyList<ForgeGap>> ReadAsync(DateTimeOffset since, CancellationToken cancellationToken)
    {
        var from = since.ToUnixTimeMilliseconds();
        var rounds = (await readers.ListAsync<RoundRow>(RoundRow.Select, null, cancellationToken)).ToDictionary(row =>
            row.ForgeUid
        );
        var gaps = new List<ForgeGap>();
        foreach (var state in await ReadStatesAsync(cancellationToken))
        {
            gaps.Add(
                new ForgeGap
                {
                    ForgeUid = state.ForgeUid,
                    ByHook = await ReadAsync(state.ForgeUid, Hook, from, cancellationToken),
                    ByReconciler = await ReadAsync(state.ForgeUid, Reconciler, from, cancellationToken),
                    Rewritten = await CountAsync(
                        "SELECT count(*) FROM ref_update WHERE forge_uid = @ForgeUid AND at >= @From AND move = 'Rewritten'",
                        state.ForgeUid,
                        from,
                        cancellationToken
                    ),
                    Waiting = await CountAsync(
                        "SELECT count(*) FROM missed_ref WHERE forge_uid = @ForgeUid",
                        state.ForgeUid,
                        from,
                        cancellationToken
                    ),
                    Repositories = state.Repositories,
                    NeverCompared = state.NeverCompared,
                    Unanswered = state.Unanswered,
                    WithUnhandledPullRequests = state.Unhandled,
                    OldestComparedAt = Times.Read(state.Oldest),
                    Round = rounds.TryGetValue(state.ForgeUid, out var round) ? round.ToRound() : null,
                }
            );
        }
        return gaps;
    }

    private Task<IReadOnlyList<StateRow>> ReadStatesAsync(CancellationToken cancellationToken) =>
        readers.ListAsync<StateRow>(
            """
            SELECT r.forge_uid, count(*) AS repositories, count(*) - count(c.compared_at) AS never_compared,
                   count(c.problem) AS unanswered, count(c.unhandled) AS unhandled, min(c.compared_at) AS oldest
            FROM repository r JOIN reconcile_repository c ON c.forge_uid = r.forge_uid AND c.repository_id = r.id
            GROUP BY r.forge_uid ORDER BY r.forge_uid
            """,
            null,
            cancellationToken
        );

    private async Task<SeenMoves> ReadAsync(string forge, string seen, long from, CancellationToken cancellationToken)
    {
        var where = $"FROM ref_update WHERE forge_uid = @ForgeUid AND at >= @From AND late_ms IS NOT NULL AND {seen}";
        // Sums of whole numbers are numeric in PostgreSQL: the cast makes them one type on both.
        var total = await readers.FindAsync<TotalRow>(
            $"SELECT count(*) AS count, cast(coalesce(sum(late_ms), 0) AS BIGINT) AS late, max(late_ms) AS longest {where}",
            new { ForgeUid = forge, From = from },
            cancellationToken
        );
        var counts = new List<long>();
        foreach (var bound in SeenMoves.Bounds)
        {
            counts.Add(
                await readers.FindAsync<long>(
                    $"SELECT count(*) {where} AND late_ms <= @Bound",
                    new
                    {
                        ForgeUid = forge,
                        From = from,
                        Bound = (long)(bound * 1000),
                    },
                    cancellationToken
                )
            );
        }
        return new SeenMoves
        {
            Count = total!.Count,
            Within = counts,
            TotalLate = TimeSpan.FromMilliseconds(total.Late),
            Median = await RankAsync(where, forge, from, total.Count / 2, cancellationToken),
            P95 = await RankAsync(where, forge, from, total.Count * 95 / 100, cancellationToken),
            Longest = total.Longest is { } longest ? TimeSpan.FromMilliseconds(longest) : null,
        };
    }

    private async Task<TimeSpan?> RankAsync(
        string where,
        string forge,
        long from,
        long place,
        CancellationToken cancellationToken
    )
    {
        var rows = await readers.ListAsync<long>(
            $"SELECT late_ms {where} ORDER BY late_ms LIMIT 1 OFFSET @Place",
            new
            {
                ForgeUid = forge,
                From = from,
                Place = place,
            },
            cancellationToken
        );
        return rows is [var late] ? TimeSpan.FromMilliseconds(late) : null;
    }

    private async Task<long> CountAsync(string sql, string forge, long from, CancellationToken cancellationToken) =>
        await readers.FindAsync<long>(sql, new { ForgeUid = forge, From = from }, cancellationToken);

    private sealed record StateRow
    {
        public required string ForgeUid { get; init; }
        public long Repositories { get; init; }
        public long NeverCompared { get; init; }
        public long Unanswered { get; init; }
        public long Unhandled { get; init; }
        public long? Oldest { get; init; }
    }

    private sealed record TotalRow
    {
        public long Count { get; init; }
        public long Late { get; init; }
        public long? Longest { get; init; }
    }
}
