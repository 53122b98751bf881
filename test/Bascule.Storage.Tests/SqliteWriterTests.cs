using System.Text;
using Bascule.Core;
using Bascule.Core.Work;
using Bascule.Storage.Sqlite.Writing;
using Bascule.Storage.Stores;
using Bascule.Storage.Writing;
using Bascule.Testing.Storage;
using Microsoft.Data.Sqlite;

namespace Bascule.Storage.Tests;

public sealed class SqliteWriterTests : IAsyncLifetime
{
    private static readonly NewWork Some = new("lane", "kind", "subject", Sample.Noon);
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
    public async Task ARefusedRequestTakesNothingOfItsNeighboursWithIt()
    {
        using var gate = new Gate(_storage.Writer);
        var good = Enumerable.Range(0, 5).Select(_ => AppendAsync("good")).ToList();
        var stale = new Core.Forges.RecordRefUpdate(Sample.Update(9, null, null));
        var refused = _storage.Work.ApplyAsync([new AddWork(Some), stale], None);
        good.Add(AppendAsync("good"));
        gate.Open();
        (await refused).Problem!.Code.ShouldBe(ProblemCode.Conflict);
        (await Task.WhenAll(good)).Select(answer => answer.Value).ShouldBe([0, 1, 2, 3, 4, 5]);
        (await _storage.Work.ReadNextDueAsync([], None)).ShouldBeNull();
    }

    [Fact]
    public async Task ARequestThatThrowsFailsAlone()
    {
        using var gate = new Gate(_storage.Writer);
        var before = AppendAsync("before");
        var broken = _storage.Writer.WriteAsync<long>(
            session => session.Execute("INSERT INTO nowhere VALUES (1)", null),
            None
        );
        var after = AppendAsync("after");
        gate.Open();
        await Should.ThrowAsync<SqliteException>(() => broken);
        ((await before).Value, (await after).Value).ShouldBe((0, 1));
    }

    [Fact]
    public async Task RequestsThatWaitTogetherShareOneTransaction()
    {
        using var gate = new Gate(_storage.Writer);
        var requests = Enumerable.Range(0, 10).Select(_ => AppendAndCountCommittedAsync()).ToList();
        gate.Open();
        (await Task.WhenAll(requests)).ShouldAllBe(committed => committed == 0);
    }

    [Fact]
    [Trait("Threat", "T12")]
    public async Task NobodyIsAnsweredBeforeTheCommit()
    {
        using var gate = new Gate(_storage.Writer);
        var first = AppendAsync("first");
        using var second = new Gate(_storage.Writer);
        gate.Open();
        second.Reached.Wait();
        first.IsCompleted.ShouldBeFalse();
        (await _storage.Audit.ReadAsync(0, 10, None)).ShouldBeEmpty();
        second.Open();
        (await first).Value.ShouldBe(0);
    }

    [Fact]
    public async Task AQueuedRequestCanBeCanceled()
    {
        using var cancel = new CancellationTokenSource();
        using var gate = new Gate(_storage.Writer);
        var canceled = _storage.Audit.AppendAsync("canceled"u8.ToArray(), cancel.Token);
        var kept = AppendAsync("kept");
        await cancel.CancelAsync();
        gate.Open();
        await Should.ThrowAsync<OperationCanceledException>(() => canceled);
        (await kept).Value.ShouldBe(0);
    }

    [Fact]
    public async Task ClosingWritesWhatWasAskedForBefore()
    {
        var appends = Enumerable.Range(0, 1000).Select(_ => AppendAsync("entry")).ToList();
        await _storage.DisposeAsync();
        var answers = await Task.WhenAll(appends);
        _storage = await _file.OpenSqliteAsync();
        var stored = await _storage.Audit.ReadAsync(0, 2000, None);
        stored.Count.ShouldBe(answers.Count(answer => answer.Problem is null));
        stored.Count.ShouldBeGreaterThanOrEqualTo(256);
    }

    [Fact]
    [Trait("Threat", "T116")]
    public async Task OnAFullDiskNothingIsAcknowledgedAndWritingGoesOnLater()
    {
        await LimitPagesAsync(1);
        using var gate = new Gate(_storage.Writer);
        var large = new byte[60_000];
        var audit = Enumerable.Range(0, 10).Select(_ => _storage.Audit.AppendAsync(large, None)).ToList();
        var delivery = _storage.Deliveries.AppendAsync(
            Sample.Delivery("d-1", body: new string(' ', 60_000)),
            Some,
            None
        );
        gate.Open();
        (await Task.WhenAll(audit)).ShouldAllBe(answer => answer.Problem!.Code == ProblemCode.Unavailable);
        (await Should.ThrowAsync<StorageException>(() => delivery)).Message.ShouldContain(
            "the disk is full; free space"
        );
        await LimitPagesAsync(1_000_000);
        (await AppendAsync("later")).Value.ShouldBe(0);
    }

    [Fact]
    public async Task AuditEntriesCannotBeChangedInTheFile()
    {
        await AppendAsync("entry");
        string[] attempts =
        [
            "UPDATE audit_entry SET entry = x'00'",
            "DELETE FROM audit_entry",
            "INSERT OR REPLACE INTO audit_entry (idx, entry) VALUES (0, x'00')",
            "INSERT INTO audit_entry (idx, entry) VALUES (2, x'00')",
        ];
        foreach (var attempt in attempts)
        {
            var write = () => _storage.Writer.WriteAsync<long>(session => session.Execute(attempt, null), None);
            (await Should.ThrowAsync<SqliteException>(write)).Message.ShouldContain("audit entries");
        }
        Encoding.UTF8.GetString((await _storage.Audit.ReadAsync(0, 9, None))[0].Entry.Span).ShouldBe("entry");
    }

    private Task<Result<long>> AppendAsync(string text) =>
        _storage.Audit.AppendAsync(Encoding.UTF8.GetBytes(text), None);

    private Task<Result<long>> LimitPagesAsync(int pages) =>
        _storage.Writer.WriteAsync<long>(session => session.Find<long>($"PRAGMA max_page_count = {pages}", null), None);

    /// <summary>Adds an environment and answers how many others see while its own transaction is still open.</summary>
    private async Task<long> AppendAndCountCommittedAsync() =>
        (await _storage.Writer.WriteAsync<long>(AppendAndCountCommitted, None)).Value;

    private Result<long> AppendAndCountCommitted(WriteSession session)
    {
        session.Execute(
            "INSERT INTO environment (name, uid, created_at) VALUES (@Uid, @Uid, 0)",
            new { Uid = Guid.NewGuid().ToString() }
        );
        return _storage.Readers.FindAsync<long>("SELECT count(*) FROM environment", parameters: null, None).Result;
    }

    /// <summary>Holds the writer inside a request, so that what is asked for meanwhile queues up behind it.</summary>
    private sealed class Gate : IDisposable
    {
        private readonly ManualResetEventSlim _open = new();

        public Gate(SqliteWriter writer)
        {
            _ = writer.WriteAsync<long>(Hold, None);
        }

        public ManualResetEventSlim Reached { get; } = new();

        public void Open() => _open.Set();

        public void Dispose()
        {
            _open.Set();
            _open.Dispose();
            Reached.Dispose();
        }

        private Result<long> Hold(WriteSession session)
        {
            Reached.Set();
            _open.Wait();
            return 0;
        }
    }
}
