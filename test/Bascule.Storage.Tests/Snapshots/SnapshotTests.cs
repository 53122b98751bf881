using System.IO.Compression;
using Bascule.Core;
using Bascule.Core.Audit;
using Bascule.Core.Runs;
using Bascule.Core.Work;
using Bascule.Storage.Snapshots;
using Bascule.Testing.Storage;
using Dapper;
using Microsoft.Data.Sqlite;
using Npgsql;
using Kept = Bascule.Storage.Snapshots.Snapshots;

namespace Bascule.Storage.Tests.Snapshots;

public sealed class SnapshotTests : IAsyncDisposable
{
    private readonly TemporarySqlite _sqlite = new();
    private readonly TemporarySqlite _other = new();
    private readonly TemporaryPostgres _postgres = new();
    private readonly Kept _snapshots = new(TimeProvider.System, "1.2.3");
    private readonly string _folder = Directory.CreateTempSubdirectory("bascule-snapshots-").FullName;

    private static CancellationToken None => CancellationToken.None;

    private string File(string name) => Path.Combine(_folder, name);

    public async ValueTask DisposeAsync()
    {
        await _sqlite.DisposeAsync();
        await _other.DisposeAsync();
        await _postgres.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task BothDatabasesHaveTheSameTablesColumnsAndReferences()
    {
        var (sqlite, postgres) = (await SqliteTablesAsync(), await PostgresTablesAsync());

        postgres.Select(Describe).ShouldBe(sqlite.Select(Describe));
        sqlite.Count.ShouldBeGreaterThan(15);
    }

    /// <summary>A table that somebody adds is in the snapshot, or stands in the list of those that are not with the reason.</summary>
    [Fact]
    public async Task EveryTableIsInTheSnapshot()
    {
        await (await _sqlite.OpenSqliteAsync()).DisposeAsync();
        var backup = (await _snapshots.BackUpAsync(Sqlite, File("b"), None)).Value.Manifest;

        var all = Query<string>("SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'sqlite_sequence'");

        backup
            .Tables.Select(table => table.Name)
            .Concat(["git_pass", "link_proof", "schema_version", "session"])
            .Order()
            .ShouldBe(all.Order());
        TableSchema.Apart.ShouldBe(
            ["schema_version", "shard", "replica", "session", "git_pass", "link_proof"],
            ignoreOrder: true
        );
    }

    [Fact]
    public async Task EveryRowOfEveryTableGoesToPostgresAndBackByteForByte()
    {
        await (await _sqlite.OpenSqliteAsync()).DisposeAsync();
        await FullDatabase.FillAsync(_sqlite.Path, await PostgresTablesAsync());
        var taken = (await _snapshots.BackUpAsync(Sqlite, File("1"), None)).Value.Manifest;
        taken.Tables.ShouldAllBe(table => table.Rows >= 1);

        await CopyAsync(File("1"), new PostgresPlace(await _postgres.AddressAsync()));
        await BackUpAsync(new PostgresPlace(await _postgres.AddressAsync()), File("2"));
        await CopyAsync(File("2"), new SqlitePlace(_other.Path));
        await BackUpAsync(new SqlitePlace(_other.Path), File("3"));

        Lines(File("2")).ShouldBe(Lines(File("1")));
        Lines(File("3")).ShouldBe(Lines(File("1")));
    }

    [Fact]
    public async Task NumbersAreNeverGivenOutASecondTime()
    {
        await (await _sqlite.OpenSqliteAsync()).DisposeAsync();
        await FullDatabase.FillAsync(_sqlite.Path, await PostgresTablesAsync());
        await _snapshots.BackUpAsync(Sqlite, File("1"), None);
        var address = await _postgres.AddressAsync();
        await CopyAsync(File("1"), new PostgresPlace(address));
        await CopyAsync(File("1"), new SqlitePlace(_other.Path));

        const string add =
            "INSERT INTO work (lane, shard, share, kind, subject, attempt, revision, crashes, due_at) VALUES ('l', 0, '', 'k', 's', 0, 0, 0, 0) RETURNING id";
        await using var postgres = new NpgsqlConnection(address);
        (await postgres.ExecuteScalarAsync<long>(add)).ShouldBe(3); // 2 was the last one, and is gone
        await using var sqlite = new SqliteConnection($"Data Source={_other.Path};Pooling=False");
        (await sqlite.ExecuteScalarAsync<long>(add)).ShouldBe(3);
    }

    [Fact]
    public async Task AMovedInstallationGoesOnWhereItWas()
    {
        var run = await LiveAsync();
        (await _snapshots.ExportAsync(Sqlite, File("e"), None)).Problem.ShouldBeNull();
        var place = new PostgresPlace(await _postgres.AddressAsync());

        var imported = await _snapshots.ImportAsync(place, File("e"), None);

        imported.Problem.ShouldBeNull();
        await using var moved = await _postgres.OpenPostgresAsync();
        (await moved.Runs.FindAsync(run.Id, None)).ShouldBe(run);
        (await moved.Installation.ReadEpochAsync(None)).ShouldBe(1);
        (await moved.Installation.ReadHoldAsync(None)).ShouldBeNull();
        (await TypesAsync(moved)).ShouldBe(["server.started", AuditTypes.InstallationImported]);
        (await moved.Work.ReadDueAsync(Sample.Noon, [], 10, None)).ShouldHaveSingleItem().Subject.ShouldBe("d-1");
    }

    [Fact]
    [Trait("Threat", "T146")]
    public async Task WhatWasMovedAwayIsHeldWhereItWas()
    {
        await LiveAsync();
        await _snapshots.ExportAsync(Sqlite, File("e"), None);

        await using var left = await _sqlite.OpenSqliteAsync();

        (await left.Installation.ReadHoldAsync(None)).ShouldNotBeNull().Because.ShouldContain("moved away");
    }

    [Fact]
    [Trait("Threat", "T146")]
    public async Task ARestoredInstallationIsOfTheNextEpochAndHeldAndSaysSoFirst()
    {
        await LiveAsync();
        await _snapshots.BackUpAsync(Sqlite, File("b"), None);

        (await _snapshots.RestoreAsync(new SqlitePlace(_other.Path), File("b"), None)).Problem.ShouldBeNull();

        await using var restored = await _other.OpenSqliteAsync();
        (await restored.Installation.ReadEpochAsync(None)).ShouldBe(2);
        (await restored.Installation.ReadHoldAsync(None)).ShouldNotBeNull().Because.ShouldContain("restored");
        var last = (await restored.Audit.ReadAsync(1, 10, None)).ShouldHaveSingleItem();
        var facts = System.Text.Json.Nodes.JsonNode.Parse(last.Entry.Span)!["facts"]!;
        ((long)facts["former_epoch"]!, (long)facts["epoch"]!, (long)facts["last_entry"]!).ShouldBe((1, 2, 0));
        (await restored.Installation.ReleaseAsync(None)).Problem.ShouldBeNull();
        (await restored.Installation.ReadHoldAsync(None)).ShouldBeNull();
        (await restored.Installation.ReleaseAsync(None)).Problem!.Code.ShouldBe(ProblemCode.Conflict);
    }

    [Fact]
    public async Task ABackupOfOneMomentIsTakenWhileOthersWrite()
    {
        await using var storage = await _sqlite.OpenSqliteAsync();
        using var stop = new CancellationTokenSource();
        var writing = WriteUntilAsync(storage, stop.Token);

        var backups = new List<SnapshotManifest>();
        for (var i = 0; i < 5; i++)
            backups.Add((await _snapshots.BackUpAsync(Sqlite, File($"{i}"), None)).Value.Manifest);
        await stop.CancelAsync();
        await writing;

        backups.ShouldAllBe(backup =>
            backup.Tables.Single(table => table.Name == "work").Rows
            == backup.Tables.Single(table => table.Name == "delivery").Rows
        );
        (await _snapshots.RestoreAsync(new SqlitePlace(_other.Path), File("4"), None)).Problem.ShouldBeNull();
    }

    [Fact]
    public async Task AServedInstallationIsNotMoved()
    {
        await using var sqlite = await _sqlite.OpenSqliteAsync();
        await using var postgres = await _postgres.OpenPostgresAsync();

        var fromSqlite = await _snapshots.ExportAsync(Sqlite, File("1"), None);
        var fromPostgres = await _snapshots.ExportAsync(
            new PostgresPlace(await _postgres.AddressAsync()),
            File("2"),
            None
        );

        fromSqlite.Problem!.Message.ShouldContain("already served by another process");
        fromPostgres.Problem!.Message.ShouldContain("stop every replica first");
        Directory.EnumerateFiles(_folder).ShouldBeEmpty();
    }

    [Fact]
    public async Task NothingIsWrittenOverAnInstallation()
    {
        await LiveAsync();
        await _snapshots.BackUpAsync(Sqlite, File("b"), None);
        var used = await _postgres.OpenPostgresAsync();
        await used.Installation.BindMasterKeyAsync("theirs", None);
        await used.DisposeAsync();

        var overItself = await _snapshots.RestoreAsync(Sqlite, File("b"), None);
        var overOther = await _snapshots.RestoreAsync(
            new PostgresPlace(await _postgres.AddressAsync()),
            File("b"),
            None
        );

        (overItself.Problem!.Code, overOther.Problem!.Code).ShouldBe((ProblemCode.Conflict, ProblemCode.Conflict));
        overOther.Problem.Message.ShouldContain("createdb");
        await using var still = await _sqlite.OpenSqliteAsync();
        (await still.Installation.ReadHoldAsync(None)).ShouldBeNull();
    }

    [Fact]
    public async Task ABackupIsNotImportedAndAnExportNotRestored()
    {
        await LiveAsync();
        await _snapshots.BackUpAsync(Sqlite, File("b"), None);
        await _snapshots.ExportAsync(Sqlite, File("e"), None);
        var empty = new SqlitePlace(_other.Path);

        (await _snapshots.ImportAsync(empty, File("b"), None)).Problem!.Message.ShouldContain("bascule restore");
        (await _snapshots.RestoreAsync(empty, File("e"), None)).Problem!.Message.ShouldContain("bascule import");
        System.IO.File.Exists(_other.Path).ShouldBeFalse();
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(0.99)]
    public async Task ACutFileIsRefusedAndLeavesTheDatabaseEmpty(double kept)
    {
        await LiveAsync();
        await _snapshots.BackUpAsync(Sqlite, File("b"), None);
        var bytes = await System.IO.File.ReadAllBytesAsync(File("b"));
        await System.IO.File.WriteAllBytesAsync(File("cut"), bytes[..(int)(bytes.Length * kept)]);

        var refused = await _snapshots.RestoreAsync(new SqlitePlace(_other.Path), File("cut"), None);

        refused.Problem!.Code.ShouldBe(ProblemCode.Invalid);
        (await _snapshots.RestoreAsync(new SqlitePlace(_other.Path), File("b"), None)).Problem.ShouldBeNull();
    }

    [Fact]
    public async Task AChangedRowIsRefused()
    {
        await LiveAsync();
        await _snapshots.BackUpAsync(Sqlite, File("b"), None);
        Rewrite(File("b"), File("changed"), text => text.Replace("ml/churn", "ml/other", StringComparison.Ordinal));

        var refused = await _snapshots.RestoreAsync(new SqlitePlace(_other.Path), File("changed"), None);

        refused.Problem!.Message.ShouldContain("its digest is not that of what is in it");
    }

    [Fact]
    [Trait("Threat", "T150")]
    public async Task ASnapshotOfAnotherSchemaIsRefusedAndNamesTheProgram()
    {
        await LiveAsync();
        await _snapshots.BackUpAsync(Sqlite, File("b"), None);
        var schema = $"\"schema\":{MigrationScripts.For("Sqlite").Count}";
        Rewrite(File("b"), File("old"), text => text.Replace(schema, "\"schema\":1", StringComparison.Ordinal));

        var refused = await _snapshots.RestoreAsync(new SqlitePlace(_other.Path), File("old"), None);

        refused.Problem!.Message.ShouldContain("read it with Bascule 1.2.3");
    }

    [Fact]
    public async Task OnlyItsOwnerMayReadTheFileAndNoneIsOverwritten()
    {
        await LiveAsync();
        await _snapshots.BackUpAsync(Sqlite, File("b"), None);

        System.IO.File.GetUnixFileMode(File("b")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        (await _snapshots.BackUpAsync(Sqlite, File("b"), None)).Problem!.Code.ShouldBe(ProblemCode.Conflict);
        Directory.EnumerateFiles(_folder).ShouldHaveSingleItem();
    }

    private SqlitePlace Sqlite => new(_sqlite.Path);

    /// <summary>An installation with a run, a delivery that waits and an audit entry; closed again.</summary>
    private async Task<Run> LiveAsync()
    {
        await using var storage = await _sqlite.OpenSqliteAsync();
        await storage.Installation.BindMasterKeyAsync("check", None);
        await storage.Audit.AppendAsync(new AuditEntry("server.started", "bascule").ToCanonical(Sample.Noon), None);
        await storage.Deliveries.AppendAsync(
            Sample.Delivery("d-1"),
            new NewWork("lane", "event.ref", "d-1", Sample.Noon),
            None
        );
        var run = Sample.Run("key");
        (await storage.Work.ApplyAsync([new AddRun(run)], None)).Problem.ShouldBeNull();
        return (await storage.Runs.FindAsync(run.Id, None))!;
    }

    private static async Task WriteUntilAsync(SqliteStorage storage, CancellationToken stop)
    {
        for (var i = 0; !stop.IsCancellationRequested; i++)
            await storage.Deliveries.AppendAsync(
                Sample.Delivery($"d-{i}", $"id-{i}", $"[{i}]"),
                new NewWork($"d-{i}", "event.ref", $"d-{i}", Sample.Noon),
                None
            );
    }

    /// <summary>As an import does, without what import and restore add themselves.</summary>
    private static async Task CopyAsync(string file, SnapshotPlace place)
    {
        await using var stream = System.IO.File.OpenRead(file);
        await using var reader = await SnapshotReader.OpenAsync(stream, None);
        await using var database = await place.HoldAsync(TimeProvider.System, None);
        await SnapshotLoader.LoadAsync(database, reader, None);
        await database.Transaction.CommitAsync();
    }

    private async Task BackUpAsync(SnapshotPlace place, string file) =>
        (await _snapshots.BackUpAsync(place, file, None)).Problem.ShouldBeNull();

    private static async Task<IReadOnlyList<string>> TypesAsync(PostgresStorage storage) =>
        [
            .. (await storage.Audit.ReadAsync(0, 100, None)).Select(entry =>
                (string)System.Text.Json.Nodes.JsonNode.Parse(entry.Entry.Span)!["type"]!
            ),
        ];

    private async Task<IReadOnlyList<TableSchema>> SqliteTablesAsync()
    {
        await using var database = SqliteSnapshotDatabase.Hold(_sqlite.Path, TimeProvider.System);
        return TableSchema.Sort(await database.ReadTablesAsync(None));
    }

    /// <summary>Of a database of its own: the test's is to be unused.</summary>
    private static async Task<IReadOnlyList<TableSchema>> PostgresTablesAsync()
    {
        var postgres = await PostgresServer.SharedAsync();
        var address = postgres.AddressOf(await postgres.CreateDatabaseAsync());
        await using var database = await PostgresSnapshotDatabase.HoldAsync(address, TimeProvider.System, None);
        return TableSchema.Sort(await database.ReadTablesAsync(None));
    }

    private static string Describe(TableSchema table) =>
        $"{table.Name}({string.Join(", ", table.Columns.Select(Describe))}) by {string.Join(", ", table.Key)} after {string.Join(", ", table.References.Order())}";

    /// <summary>SQLite has no truth values.</summary>
    private static string Describe(ColumnSchema column) =>
        $"{column.Name} {(column.Kind == ColumnKind.Boolean ? ColumnKind.Integer : column.Kind)}";

    private List<T> Query<T>(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={_sqlite.Path};Pooling=False");
        return connection.Query<T>(sql).AsList();
    }

    /// <summary>All but the manifest, which says when it was made.</summary>
    private static string[] Lines(string file) => Unpack(file).Split('\n')[1..];

    private static string Unpack(string file)
    {
        using var reader = new StreamReader(new GZipStream(System.IO.File.OpenRead(file), CompressionMode.Decompress));
        return reader.ReadToEnd();
    }

    private static void Rewrite(string from, string to, Func<string, string> change)
    {
        using var writer = new StreamWriter(new GZipStream(System.IO.File.Create(to), CompressionLevel.Fastest));
        writer.Write(change(Unpack(from)));
    }
}
