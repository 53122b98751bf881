using Bascule.Core.Forges;
using Bascule.Core.Reconcile;

namespace Bascule.Storage.Stores;

internal sealed class ReconcileStore(IReaders readers) : IReconcileStore
{
    /// <summary>May have changed: another hint than then, a hint that has not stood still, or no hint at all.</summary>
    private const string MayHaveChanged = """
        (r.updated_at IS NULL OR c.hint IS NULL OR r.updated_at <> c.hint OR NOT c.settled
         OR EXISTS (SELECT 1 FROM pull_request p WHERE p.forge_uid = r.forge_uid AND p.repository_id = r.id
                    AND p.state = 'Open' AND p.from_fork))
        """;

    public async Task<ReconcileRound?> FindRoundAsync(string forgeUid, CancellationToken cancellationToken) =>
        (
            await readers.FindAsync<RoundRow>(
                $"{RoundRow.Select} WHERE forge_uid = @ForgeUid",
                new { ForgeUid = forgeUid },
                cancellationToken
            )
        )?.ToRound();

    public async Task<IReadOnlyList<DueRepository>> ListDueAsync(
        DueRepositories query,
        CancellationToken cancellationToken
    )
    {
        var rows = await readers.ListAsync<DueRow>(
            $"""
            SELECT r.forge_uid, r.id, r.owner, r.name, r.default_branch, r.private, r.administered, r.updated_at,
                   c.asked_at, c.compared_at, c.hint, c.settled, c.pull_requests_before, c.unhandled, c.problem,
                   CASE WHEN {MayHaveChanged} THEN 0 ELSE 1 END AS place
            FROM repository r JOIN reconcile_repository c ON c.forge_uid = r.forge_uid AND c.repository_id = r.id
            WHERE r.forge_uid = @ForgeUid AND c.asked_at < @Round
              AND ({MayHaveChanged} OR c.asked_at + @Sweep / 100 * (50 + r.id % 40) < @Now)
            ORDER BY place, CASE WHEN {MayHaveChanged} THEN -coalesce(r.updated_at, 0) ELSE c.asked_at END, r.id
            LIMIT @Limit
            """,
            new
            {
                query.ForgeUid,
                Round = query.RoundStartedAt.ToUnixTimeMilliseconds(),
                Now = query.Now.ToUnixTimeMilliseconds(),
                Sweep = (long)query.SweepWithin.TotalMilliseconds,
                query.Limit,
            },
            cancellationToken
        );
        return [.. rows.Select(row => row.ToDue())];
    }

    public async Task<RepositoryComparison?> FindComparisonAsync(
        RepositoryKey repository,
        CancellationToken cancellationToken
    ) =>
        (
            await readers.FindAsync<ComparisonRow>(
                """
                SELECT asked_at, compared_at, hint, settled, pull_requests_before, unhandled, problem FROM reconcile_repository
                WHERE forge_uid = @ForgeUid AND repository_id = @Id
                """,
                new { repository.ForgeUid, repository.Id },
                cancellationToken
            )
        )?.ToComparison(repository);

    public async Task<IReadOnlyList<KnownRef>> ListRefsAsync(
        RepositoryKey repository,
        CancellationToken cancellationToken
    )
    {
        var rows = await readers.ListAsync<KnownRefRow>(
            "SELECT ref, tip, generation, at FROM known_ref WHERE forge_uid = @ForgeUid AND repository_id = @Id",
            new { repository.ForgeUid, repository.Id },
            cancellationToken
        );
        return [.. rows.Select(row => row.ToRef())];
    }

    public async Task<IReadOnlyDictionary<long, PullRequestState>> ListPullRequestsAsync(
        RepositoryKey repository,
        CancellationToken cancellationToken
    )
    {
        var rows = await readers.ListAsync<StateRow>(
            "SELECT number, state FROM pull_request WHERE forge_uid = @ForgeUid AND repository_id = @Id",
            new { repository.ForgeUid, repository.Id },
            cancellationToken
        );
        return rows.ToDictionary(row => row.Number, row => Enum.Parse<PullRequestState>(row.State));
    }

    public async Task<MissedRef?> FindMissedAsync(
        RepositoryKey repository,
        RefName name,
        CancellationToken cancellationToken
    )
    {
        var row = await readers.FindAsync<MissedRow>(
            """
            SELECT since, kind, found_at FROM missed_ref
            WHERE forge_uid = @ForgeUid AND repository_id = @Id AND ref = @Ref
            """,
            new
            {
                repository.ForgeUid,
                repository.Id,
                Ref = name.ToString(),
            },
            cancellationToken
        );
        return row is null
            ? null
            : new MissedRef(
                repository,
                name,
                Times.Read(row.Since),
                Enum.Parse<LateSince>(row.Kind),
                Times.Read(row.FoundAt)
            );
    }

    public async Task<long> CountUnaskedAsync(
        string forgeUid,
        DateTimeOffset since,
        CancellationToken cancellationToken
    ) =>
        await readers.FindAsync<long>(
            """
            SELECT count(*) FROM repository r
            JOIN reconcile_repository c ON c.forge_uid = r.forge_uid AND c.repository_id = r.id
            WHERE r.forge_uid = @ForgeUid AND c.asked_at < @Since
            """,
            new { ForgeUid = forgeUid, Since = since.ToUnixTimeMilliseconds() },
            cancellationToken
        );

    private sealed record DueRow : ComparisonRow
    {
        public required string ForgeUid { get; init; }
        public long Id { get; init; }
        public required string Owner { get; init; }
        public required string Name { get; init; }
        public required string DefaultBranch { get; init; }
        public bool Private { get; init; }
        public bool Administered { get; init; }
        public long? UpdatedAt { get; init; }

        public DueRepository ToDue()
        {
            var key = new RepositoryKey(ForgeUid, Id);
            var repository = new ForgeRepository
            {
                Id = Id,
                Owner = Owner,
                Name = Name,
                DefaultBranch = DefaultBranch,
                Private = Private,
                CanAdminister = Administered,
                UpdatedAt = Times.Read(UpdatedAt),
            };
            return new DueRepository(key, repository, ToComparison(key));
        }
    }

    private record ComparisonRow
    {
        public long AskedAt { get; init; }
        public long? ComparedAt { get; init; }
        public long? Hint { get; init; }
        public bool Settled { get; init; }
        public long PullRequestsBefore { get; init; }
        public string? Unhandled { get; init; }
        public string? Problem { get; init; }

        public RepositoryComparison ToComparison(RepositoryKey key) =>
            new(key)
            {
                AskedAt = Times.Read(AskedAt),
                ComparedAt = Times.Read(ComparedAt),
                Hint = Times.Read(Hint),
                Settled = Settled,
                PullRequestsBefore = PullRequestsBefore,
                Unhandled = Unhandled,
                Problem = Problem,
            };
    }

    private sealed record StateRow
    {
        public long Number { get; init; }
        public required string State { get; init; }
    }

    private sealed record MissedRow
    {
        public long Since { get; init; }
        public required string Kind { get; init; }
        public long FoundAt { get; init; }
    }
}

internal sealed record RoundRow
{
    public const string Select =
        "SELECT forge_uid, started_at, ended_at, next_page, sweep_started_at, sweep_ended_at, requests FROM reconcile_forge";

    public required string ForgeUid { get; init; }
    public long? StartedAt { get; init; }
    public long? EndedAt { get; init; }
    public long NextPage { get; init; }
    public long? SweepStartedAt { get; init; }
    public long? SweepEndedAt { get; init; }
    public long Requests { get; init; }

    public ReconcileRound ToRound() =>
        new(ForgeUid)
        {
            StartedAt = Times.Read(StartedAt),
            EndedAt = Times.Read(EndedAt),
            NextPage = (int)NextPage,
            SweepStartedAt = Times.Read(SweepStartedAt),
            SweepEndedAt = Times.Read(SweepEndedAt),
            Requests = Requests,
        };
}
