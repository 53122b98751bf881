using Bascule.Core.Runs;
using Bascule.Testing.Storage;

namespace Bascule.Storage.Tests;

/// <summary>Large tables are read through an index: what SQLite plans, not how long it takes on this machine.</summary>
public sealed class ScaleTests : IAsyncLifetime
{
    private readonly TemporarySqlite _file = new();
    private SqliteStorage _storage = null!;

    private static CancellationToken None => CancellationToken.None;

    public async Task InitializeAsync() => _storage = await _file.OpenSqliteAsync();

    public async Task DisposeAsync()
    {
        await _storage.DisposeAsync();
        await _file.DisposeAsync();
    }

    [Fact]
    public async Task OfAHundredThousandRowsInAThousandLanesTheHeadsAreRead()
    {
        await WriteAsync(
            """
            WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 99999)
            INSERT INTO work (lane, shard, share, kind, subject, attempt, revision, crashes, due_at)
            SELECT 'lane ' || (i % 1000), 0, '', 'kind', i, 0, 0, 0, i FROM n
            """
        );
        var due = await _storage.Work.ReadDueAsync(DateTimeOffset.FromUnixTimeSeconds(1000), [], 256, None);
        due.Select(item => item.Subject).ShouldBe(Enumerable.Range(0, 256).Select(i => $"{i}"));
    }

    [Theory]
    [InlineData("SELECT id, lane FROM work WHERE due_at <= 5 ORDER BY due_at, id LIMIT 9", "work_due")]
    [InlineData("SELECT min(id) FROM work WHERE lane = 'x'", "work_by_lane")]
    [InlineData("SELECT max(id) FROM work WHERE subject = 'x' AND lane = 'y' AND kind = 'z'", "work_by_subject")]
    [InlineData("SELECT * FROM run WHERE state = 'Queued' ORDER BY seq DESC LIMIT 50", "run_by_state")]
    [InlineData("SELECT * FROM run WHERE workflow = 'churn' ORDER BY seq DESC LIMIT 50", "run_by_workflow")]
    [InlineData("SELECT * FROM run WHERE commit_id = 'a' ORDER BY seq DESC LIMIT 50", "run_by_commit")]
    [InlineData("SELECT * FROM run WHERE forge_uid = 'f' AND repository_id = 7 ORDER BY seq DESC LIMIT 50", "run_by_")]
    [InlineData("SELECT * FROM run ORDER BY seq DESC LIMIT 50", "SCAN run")]
    public async Task AnIndexAnswersInOrder(string query, string index)
    {
        var plan = await PlanAsync(query);
        plan.ShouldContain(index);
        plan.ShouldNotContain("TEMP B-TREE");
    }

    [Fact]
    public async Task ThePageOfAHundredThousandRunsIsTheNewest()
    {
        await _storage.Work.ApplyAsync([new AddRun(Sample.Run("first"))], None);
        await WriteAsync(
            """
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)
            INSERT INTO run (id, revision, forge_uid, repository_id, forge, repository_name, workflow, run_trigger, ref, commit_id,
                             commit_subject, ordinal, idempotency_key, state, start_begun, cancel_requested, created_at)
            SELECT 'r' || i, 0, forge_uid, repository_id, forge, repository_name, workflow, run_trigger, ref, commit_id,
                   '', 0, 'k' || i, state, 0, 0, created_at FROM n, run WHERE idempotency_key = 'first'
            """
        );
        var runs = await _storage.Runs.ListAsync(
            new RunFilter(Sample.Repository, State: RunState.Queued, Limit: 2),
            None
        );
        runs.Select(run => run.Id.Text).ShouldBe(["r100000", "r99999"]);
    }

    private Task<Core.Result<long>> WriteAsync(string sql) =>
        _storage.Writer.WriteAsync<long>(session => session.Execute(sql, null), None);

    private async Task<string> PlanAsync(string query)
    {
        var steps = await _storage.Readers.ListAsync<PlanRow>($"EXPLAIN QUERY PLAN {query}", parameters: null, None);
        return string.Join('\n', steps.Select(step => step.Detail));
    }

    private sealed record PlanRow
    {
        public required string Detail { get; init; }
    }
}
