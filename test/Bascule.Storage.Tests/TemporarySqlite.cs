using Bascule.Testing.Storage;

namespace Bascule.Storage.Tests;

/// <summary>A database file in a folder of its own.</summary>
internal sealed class TemporarySqlite : IStorageUnderTest
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("bascule-storage-");

    public string Path => System.IO.Path.Combine(_folder.FullName, "bascule.db");

    public async Task<IStorage> OpenAsync() => await OpenSqliteAsync();

    public Task<SqliteStorage> OpenSqliteAsync() =>
        SqliteStorage.OpenAsync(Path, TimeProvider.System, CancellationToken.None);

    public ValueTask DisposeAsync()
    {
        _folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }
}
