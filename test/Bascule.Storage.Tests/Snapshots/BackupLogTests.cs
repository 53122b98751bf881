using System.Text;
using Bascule.Core;
using Bascule.Core.Audit.Verifying;
using Bascule.Storage.Snapshots;
using Bascule.Testing.Audit;
using Dapper;
using Microsoft.Data.Sqlite;
using Kept = Bascule.Storage.Snapshots.Snapshots;

namespace Bascule.Storage.Tests.Snapshots;

/// <summary>The audit log in a backup, held against a checkpoint that was kept elsewhere.</summary>
[Trait("Threat", "T117")]
public sealed class BackupLogTests : IAsyncDisposable
{
    private const int Size = 600;

    private readonly TemporarySqlite _sqlite = new();
    private readonly Kept _snapshots = new(TimeProvider.System, "1.2.3");
    private readonly WrittenLog _log = WrittenLog.Of(WrittenLog.Entries(Size));
    private readonly string _folder = Directory.CreateTempSubdirectory("bascule-backup-").FullName;

    public async ValueTask DisposeAsync()
    {
        await _sqlite.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task AcceptsTheEntriesThatTheCheckpointCovers()
    {
        await AppendAsync(Size + 5);

        var verdict = await VerifyAsync(await BackUpAsync());

        verdict.Findings.ShouldBeEmpty();
        (verdict.IsVerified, verdict.Entries).ShouldBe((true, Size));
    }

    [Fact]
    public async Task FindsAnEntryThatWasChangedInTheDatabase()
    {
        await AppendAsync(Size);
        Execute("DROP TRIGGER audit_entry_no_update");
        Execute("UPDATE audit_entry SET entry = @entry WHERE idx = 300", new { entry = WrittenLog.Entry(9_000) });

        (await VerifyAsync(await BackUpAsync())).Findings.ShouldHaveSingleItem().Fault.ShouldBe(LogFault.Root);
    }

    [Fact]
    public async Task FindsThatTheTailIsMissing()
    {
        await AppendAsync(Size - 1);

        var found = (await VerifyAsync(await BackUpAsync())).Findings.ShouldHaveSingleItem();

        (found.Fault, found.From, found.To).ShouldBe((LogFault.Truncated, Size - 1, Size - 1));
    }

    [Fact]
    public async Task RefusesAFileThatWasDamagedOrIsNoBackup()
    {
        await AppendAsync(3);
        var file = await BackUpAsync();
        var bytes = await File.ReadAllBytesAsync(file);
        bytes[bytes.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(file, bytes);
        var text = Path.Combine(_folder, "text");
        await File.WriteAllTextAsync(text, "no backup");

        foreach (var wrong in (string[])[file, text])
            (await BackupLog.OpenAsync(wrong, null, default))
                .Problem.ShouldNotBeNull()
                .Code.ShouldBe(ProblemCode.Invalid);
        (await BackupLog.OpenAsync(text + "-", null, default))
            .Problem.ShouldNotBeNull()
            .Code.ShouldBe(ProblemCode.NotFound);
    }

    private async Task AppendAsync(int count)
    {
        var storage = await _sqlite.OpenSqliteAsync();
        await using (storage)
            await Task.WhenAll(
                WrittenLog.Entries(count).Select(entry => storage.Audit.AppendAsync(entry, CancellationToken.None))
            );
    }

    private async Task<string> BackUpAsync()
    {
        var file = Path.Combine(_folder, "backup");
        (await _snapshots.BackUpAsync(new SqlitePlace(_sqlite.Path), file, default)).Problem.ShouldBeNull();
        return file;
    }

    private async Task<LogVerdict> VerifyAsync(string file)
    {
        await using var backup = (await BackupLog.OpenAsync(file, null, default)).Value;
        (await backup.ReadCheckpointAsync(default)).Problem.ShouldNotBeNull().Message.ShouldContain("--checkpoint");
        var beside = new OtherCheckpoint(backup, Encoding.UTF8.GetBytes(_log.Checkpoint.ToString()));
        return (await LogVerifier.VerifyAsync(beside, new LogExpectation(_log.Key), default)).Value;
    }

    private void Execute(string sql, object? parameters = null)
    {
        using var connection = new SqliteConnection($"Data Source={_sqlite.Path};Pooling=False");
        connection.Execute(sql, parameters);
    }
}
