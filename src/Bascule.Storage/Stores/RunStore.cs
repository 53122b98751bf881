using Bascule.Core.Forges;
using Bascule.Core.Runs;
using Bascule.Storage.Changes;
using Dapper;

namespace Bascule.Storage.Stores;

internal sealed class RunStore(IReaders readers) : IRunStore
{
    private const string Select = "SELECT * FROM run";

    public async Task<Run?> FindAsync(RunId id, CancellationToken cancellationToken) =>
        (
            await readers.FindAsync<RunRow>($"{Select} WHERE id = @Id", new { Id = id.ToString() }, cancellationToken)
        )?.ToRun();

    public async Task<Run?> FindByKeyAsync(IdempotencyKey key, CancellationToken cancellationToken) =>
        (
            await readers.FindAsync<RunRow>(
                $"{Select} WHERE idempotency_key = @Key",
                new { Key = key.ToString() },
                cancellationToken
            )
        )?.ToRun();

    public async Task<IReadOnlyList<Run>> FindByPrefixAsync(
        string prefix,
        int limit,
        CancellationToken cancellationToken
    )
    {
        // Ids are digits and lower-case letters: '~' sorts behind all of them. Unlike LIKE, a range uses the index and has no wildcards.
        var rows = await readers.ListAsync<RunRow>(
            $"{Select} WHERE id >= @Prefix AND id < @Prefix || '~' ORDER BY seq DESC LIMIT @Limit",
            new { Prefix = prefix, Limit = limit },
            cancellationToken
        );
        return [.. rows.Select(row => row.ToRun())];
    }

    public async Task<IReadOnlyList<Run>> ListAsync(RunFilter filter, CancellationToken cancellationToken)
    {
        var query = RunQuery.From(filter);
        var parameters = new DynamicParameters(query);
        var conditions = query.Conditions(parameters);
        var rows = await readers.ListAsync<RunRow>($"{Select} {conditions}", parameters, cancellationToken);
        return [.. rows.Select(row => row.ToRun())];
    }

    public async Task<IReadOnlyList<TimelineEntry>> ReadTimelineAsync(RunId id, CancellationToken cancellationToken)
    {
        var rows = await readers.ListAsync<TimelineRow>(
            "SELECT at, step, text FROM run_timeline WHERE run = @Run ORDER BY seq",
            new { Run = id.ToString() },
            cancellationToken
        );
        return [.. rows.Select(row => new TimelineEntry(Times.Read(row.At), row.Step, row.Text))];
    }

    public async Task<IReadOnlyList<Metric>> ReadMetricsAsync(RunId id, CancellationToken cancellationToken)
    {
        var rows = await readers.ListAsync<MetricRow>(
            "SELECT name, value FROM run_metric WHERE run = @Run ORDER BY place",
            new { Run = id.ToString() },
            cancellationToken
        );
        return [.. rows.Select(row => new Metric(row.Name, row.Value ?? double.NaN))];
    }

    public async Task<IReadOnlyList<ModelVersion>> ReadModelsAsync(RunId id, CancellationToken cancellationToken)
    {
        var rows = await readers.ListAsync<ModelRow>(
            "SELECT name, version, page, sha256 FROM run_model WHERE run = @Run ORDER BY place",
            new { Run = id.ToString() },
            cancellationToken
        );
        return
        [
            .. rows.Select(row => new ModelVersion(row.Name, row.Version, Stored.Address(row.Page))
            {
                Sha256 = row.Sha256,
            }),
        ];
    }

    public Task<string?> ReadLogAsync(RunId id, CancellationToken cancellationToken) =>
        readers.FindAsync<string>(
            "SELECT log FROM run_log WHERE run = @Run",
            new { Run = id.ToString() },
            cancellationToken
        );

    public Task<byte[]?> ReadJournalAsync(RunId id, CancellationToken cancellationToken) =>
        readers.FindAsync<byte[]>(
            "SELECT sealed FROM run_journal WHERE run = @Run",
            new { Run = id.ToString() },
            cancellationToken
        );

    public async Task<Run?> FindLastSuccessAsync(
        RepositoryKey repository,
        string workflow,
        RefName branch,
        CancellationToken cancellationToken
    ) =>
        (
            await readers.FindAsync<RunRow>(
                $"""
                {Select} WHERE forge_uid = @ForgeUid AND repository_id = @Id AND workflow = @Workflow AND ref = @Ref
                  AND state = 'Succeeded' AND pull_request IS NULL AND reproduces IS NULL AND promotes IS NULL
                ORDER BY seq DESC LIMIT 1
                """,
                new
                {
                    repository.ForgeUid,
                    repository.Id,
                    Workflow = workflow,
                    Ref = branch.ToString(),
                },
                cancellationToken
            )
        )?.ToRun();

    private sealed record TimelineRow(long At, string Step, string Text);

    private sealed record ModelRow(string Name, string Version, string? Page, string? Sha256);

    private sealed record MetricRow
    {
        public required string Name { get; init; }
        public double? Value { get; init; }
    }
}
