using System.Diagnostics;
using Bascule.Core.Identity;
using Bascule.Core.People;
using Bascule.Core.Work;
using Dapper;
using Microsoft.Data.Sqlite;

namespace Bascule.Storage.Tests;

public sealed class SqliteFileTests : IAsyncDisposable
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private readonly TemporarySqlite _file = new();

    public ValueTask DisposeAsync() => _file.DisposeAsync();

    [Theory]
    [InlineData("")]
    [InlineData("-wal")]
    [InlineData("-shm")]
    [InlineData(".lock")]
    public async Task OnlyItsOwnerMayReadTheFile(string ending)
    {
        await using var storage = await _file.OpenSqliteAsync();
        await storage.Installation.BindEnvironmentAsync("ml-prod", CancellationToken.None);
        File.GetUnixFileMode(_file.Path + ending).ShouldBe(Private);
    }

    [Fact]
    public async Task AFileThatOthersCouldReadIsMadePrivate()
    {
        await File.WriteAllTextAsync(_file.Path, "");
        File.SetUnixFileMode(_file.Path, Private | UnixFileMode.OtherRead | UnixFileMode.GroupRead);
        await using var storage = await _file.OpenSqliteAsync();
        File.GetUnixFileMode(_file.Path).ShouldBe(Private);
    }

    [Fact]
    public async Task AFileThatIsServedIsNotServedTwice()
    {
        await using var storage = await _file.OpenSqliteAsync();
        var refused = await Should.ThrowAsync<StorageException>(_file.OpenSqliteAsync);
        refused.Message.ShouldStartWith($"database {_file.Path} is already served by another process");
    }

    [Fact]
    public async Task AClosedFileIsOpenedAgainAndLeavesNoLogBehind()
    {
        await (await _file.OpenSqliteAsync()).DisposeAsync();
        File.Exists(_file.Path + "-wal").ShouldBeFalse();
        await (await _file.OpenSqliteAsync()).DisposeAsync();
    }

    /// <summary>Neither in gaps of pages, where former names of theirs stood, nor in the write-ahead log, while it is served.</summary>
    [Fact]
    [Trait("Threat", "T121")]
    public async Task OfWhoIsErasedNoByteIsLeftInTheFiles()
    {
        await using (var before = await _file.OpenSqliteAsync())
            for (var sign = 0; sign < 100; sign++)
                await ApplyAsync(
                    before,
                    new SavePerson(APerson($"p-{sign % 10}", $"Muster-7f3a {new string('x', sign)}"))
                );
        await using var storage = await _file.OpenSqliteAsync();

        for (var person = 0; person < 10; person++)
            await ApplyAsync(
                storage,
                new RetirePerson($"p-{person}", DateTimeOffset.UnixEpoch),
                new ErasePerson($"p-{person}", new Subject("erased", $"{person}"), DateTimeOffset.UnixEpoch)
            );

        // The log goes into the file, and is emptied, after the answer.
        var waited = Stopwatch.StartNew();
        while (HasTrace("-wal") || HasTrace(""))
        {
            waited.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(60));
            await Task.Delay(20);
        }
    }

    [Fact]
    public async Task SomethingThatIsNoDatabaseIsRefusedAndLeftAlone()
    {
        var text = new string('x', 5000);
        await File.WriteAllTextAsync(_file.Path, text);
        var refused = await Should.ThrowAsync<StorageException>(_file.OpenSqliteAsync);
        refused.Message.ShouldBe(
            $"database {_file.Path}: the file is not a database; choose another file under storage.sqlite"
        );
        (await File.ReadAllTextAsync(_file.Path)).ShouldBe(text);
    }

    [Fact]
    public async Task ADatabaseOfAnotherProgramIsRefusedAndLeftAlone()
    {
        Execute("CREATE TABLE theirs (id INTEGER)");
        File.SetUnixFileMode(_file.Path, Private | UnixFileMode.GroupRead);
        var bytes = await File.ReadAllBytesAsync(_file.Path);
        var refused = await Should.ThrowAsync<StorageException>(_file.OpenSqliteAsync);
        refused.Message.ShouldContain("belongs to another program");
        (await File.ReadAllBytesAsync(_file.Path)).ShouldBe(bytes);
        File.GetUnixFileMode(_file.Path).ShouldBe(Private | UnixFileMode.GroupRead);
    }

    [Fact]
    [Trait("Threat", "T150")]
    public async Task ADatabaseOfANewerBasculeIsRefused()
    {
        await (await _file.OpenSqliteAsync()).DisposeAsync();
        Execute("INSERT INTO schema_version (version, script, applied_at) VALUES (9999, '9999-future.sql', 0)");
        var refused = await Should.ThrowAsync<StorageException>(_file.OpenSqliteAsync);
        refused.Message.ShouldContain($"database {_file.Path} has schema 9999");
        refused.Message.ShouldContain("newer Bascule");
    }

    [Fact]
    [Trait("Threat", "T150")]
    public async Task ARefusedFileIsLetGo()
    {
        await (await _file.OpenSqliteAsync()).DisposeAsync();
        Execute("INSERT INTO schema_version (version, script, applied_at) VALUES (9999, '9999-future.sql', 0)");
        await Should.ThrowAsync<StorageException>(_file.OpenSqliteAsync);
        Execute("DELETE FROM schema_version WHERE version = 9999");
        await (await _file.OpenSqliteAsync()).DisposeAsync();
    }

    [Fact]
    public async Task EveryScriptIsNumberedAndAppliedOnce()
    {
        await (await _file.OpenSqliteAsync()).DisposeAsync();
        await (await _file.OpenSqliteAsync()).DisposeAsync();
        Read("SELECT group_concat(version || ' ' || script, ', ') FROM schema_version")
            .ShouldBe(
                string.Join(", ", MigrationScripts.For("Sqlite").Select(script => $"{script.Version} {script.Name}"))
            );
    }

    [Fact]
    public void ScriptsAreNumberedWithoutGapsAndAreTheSameForBothKindsOfDatabase()
    {
        var scripts = MigrationScripts.For("Sqlite");
        scripts.Select(script => script.Version).ShouldBe(Enumerable.Range(1, scripts.Count));
        MigrationScripts.For("Postgres").Select(script => script.Name).ShouldBe(scripts.Select(script => script.Name));
    }

    [Fact]
    public async Task CommitsAreFlushedToTheDisk()
    {
        await using var storage = await _file.OpenSqliteAsync();
        var settings = await storage.Writer.WriteAsync(
            session =>
                Core.Result.Of(
                    (session.Find<string>("PRAGMA journal_mode", null), session.Find<long>("PRAGMA synchronous", null))
                ),
            CancellationToken.None
        );
        settings.Value.ShouldBe(("wal", 2L)); // 2 is FULL
    }

    private void Execute(string sql) => Read(sql);

    private string? Read(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={_file.Path};Pooling=False");
        connection.Open();
        return connection.ExecuteScalar<string>(sql);
    }

    private bool HasTrace(string ending) =>
        File.Exists(_file.Path + ending)
        && File.ReadAllBytes(_file.Path + ending).AsSpan().IndexOf("Muster-7f3a"u8) >= 0;

    private static async Task ApplyAsync(SqliteStorage storage, params Change[] changes) =>
        (await storage.Work.ApplyAsync(changes, CancellationToken.None)).Problem.ShouldBeNull();

    private static Person APerson(string uid, string name) =>
        new(uid, new Subject("https://id.example.com", $"Muster-7f3a-{uid}"))
        {
            Name = name,
            Email = "Muster-7f3a@example.com",
            FirstSeenAt = DateTimeOffset.UnixEpoch,
            LastSeenAt = DateTimeOffset.UnixEpoch,
        };
}
