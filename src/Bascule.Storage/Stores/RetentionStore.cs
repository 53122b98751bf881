using Bascule.Core.Retention;

namespace Bascule.Storage.Stores;

internal sealed class RetentionStore(IReaders readers) : IRetentionStore
{
    /// <summary>
    /// Rows come in order of time, so the first one that is young enough ends the search: what is to stay is not looked at, however much it is.
    /// </summary>
    public const string OldDeliveries = """
        SELECT seq FROM delivery
        WHERE seq < coalesce((SELECT young.seq FROM delivery AS young WHERE young.received_at >= @Before ORDER BY young.seq LIMIT 1), 9223372036854775807)
          AND NOT EXISTS (SELECT 1 FROM work WHERE work.subject = delivery.uid)
          AND NOT EXISTS (SELECT 1 FROM quarantine WHERE quarantine.subject = delivery.uid)
        ORDER BY seq LIMIT @Limit
        """;

    /// <summary>
    /// Not the runs of the newest ten moves of a deploy ref, or of an alias of a model: with their journals they are what a rollback goes by, however seldom somebody
    /// deploys.
    /// </summary>
    public const string OldRuns = """
        SELECT seq FROM run
        WHERE seq < coalesce((SELECT young.seq FROM run AS young WHERE young.created_at >= @Before ORDER BY young.seq LIMIT 1), 9223372036854775807)
          AND coalesce(finished_at, created_at) < @Before
          AND (state IN ('Succeeded', 'Failed', 'Canceled', 'Superseded', 'Refused') OR (state = 'Planned' AND (environment IS NULL OR on_merge)))
          AND NOT EXISTS (SELECT 1 FROM work WHERE work.subject = run.id)
          AND NOT EXISTS (SELECT 1 FROM quarantine WHERE quarantine.subject = run.id)
          AND NOT (promotes IS NULL AND state = 'Succeeded' AND pull_request IS NULL AND seq = (
            SELECT max(last.seq) FROM run AS last
            WHERE last.forge_uid = run.forge_uid AND last.repository_id = run.repository_id AND last.workflow = run.workflow AND last.ref = run.ref
              AND last.state = 'Succeeded' AND last.pull_request IS NULL AND last.reproduces IS NULL AND last.promotes IS NULL))
          AND NOT EXISTS (
            SELECT 1 FROM deployment AS moved
            WHERE moved.run = run.id AND moved.generation > (
              SELECT max(newest.generation) - 10 FROM deployment AS newest
              WHERE newest.forge_uid = moved.forge_uid AND newest.repository_id = moved.repository_id AND newest.environment = moved.environment))
          AND NOT EXISTS (
            SELECT 1 FROM promotion AS moved
            WHERE moved.run = run.id AND moved.generation > (
              SELECT max(newest.generation) - 10 FROM promotion AS newest
              WHERE newest.environment = moved.environment AND newest.model = moved.model AND newest.alias = moved.alias))
        ORDER BY seq LIMIT @Limit
        """;

    public const string OldTokenUses =
        "SELECT digest FROM used_token WHERE expires_at < @Before ORDER BY expires_at LIMIT @Limit";

    public Task<int> CountDeliveriesAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken) =>
        CountAsync<long>(OldDeliveries, before, limit, cancellationToken);

    public Task<int> CountRunsAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken) =>
        CountAsync<long>(OldRuns, before, limit, cancellationToken);

    public Task<int> CountTokenUsesAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken) =>
        CountAsync<string>(OldTokenUses, before, limit, cancellationToken);

    private async Task<int> CountAsync<T>(
        string old,
        DateTimeOffset before,
        int limit,
        CancellationToken cancellationToken
    ) =>
        (
            await readers.ListAsync<T>(
                old,
                new { Before = before.ToUnixTimeMilliseconds(), Limit = limit },
                cancellationToken
            )
        ).Count;
}
