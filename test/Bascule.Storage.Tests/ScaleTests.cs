using Bascule.Core.Lineage;
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

    [Theory]
    [InlineData("SELECT DISTINCT commit_id FROM run WHERE commit_id >= 'abc' AND commit_id < 'abcg'", "run_by_commit")]
    [InlineData(
        "SELECT after_tip FROM ref_update WHERE after_tip >= 'abc' AND after_tip < 'abcg'",
        "ref_update_by_tip"
    )]
    [InlineData("SELECT * FROM ref_update WHERE after_tip = 'abc'", "ref_update_by_tip")]
    [InlineData("SELECT * FROM pushed_ref WHERE head IN ('a', 'b')", "pushed_ref_by_commit")]
    [InlineData("SELECT * FROM observed_run WHERE commit_id = 'abc'", "observed_run_by_commit")]
    [InlineData(
        "SELECT name FROM run_model WHERE version = '7' AND (name = 'a' OR substr(name, 2) = '.a')",
        "run_model_by_version"
    )]
    [InlineData(
        "SELECT max(seq) FROM run WHERE state = 'Succeeded' AND environment IS NOT NULL GROUP BY environment, forge_uid, repository_id, workflow",
        "run_deployed"
    )]
    public async Task LineageIsReadThroughAnIndex(string query, string index) =>
        (await PlanAsync(query)).ShouldContain(index);

    [Fact]
    public async Task OfACommitWithTenThousandRunsTheNewestAreReadAndAllAreCounted()
    {
        await _storage.Work.ApplyAsync([new AddRun(Sample.Run("first"))], None);
        await WriteAsync(
            """
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9999)
            INSERT INTO run (id, revision, forge_uid, repository_id, forge, repository_name, workflow, run_trigger, ref, commit_id,
                             commit_subject, ordinal, idempotency_key, state, start_begun, cancel_requested, created_at)
            SELECT 'r' || i, 0, forge_uid, repository_id, forge, repository_name, workflow, run_trigger, ref, commit_id,
                   '', 0, 'k' || i, state, 0, 0, created_at FROM n, run WHERE idempotency_key = 'first'
            """
        );
        var tracer = new LineageTracer(_storage.Lineage, _storage.Runs);

        var graph = (await tracer.TraceAsync("aaaaaaa", new LineageReader(null, false), 25, None)).Value;

        graph.Nodes.Count(node => node.Kind == LineageKind.Run).ShouldBe(25);
        graph.Omitted.ShouldHaveSingleItem().Count.ShouldBe(9975);
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
