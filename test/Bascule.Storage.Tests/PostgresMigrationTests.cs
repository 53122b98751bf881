using Dapper;
using Npgsql;

namespace Bascule.Storage.Tests;

public sealed class PostgresMigrationTests
{
    private readonly TemporaryPostgres _postgres = new();

    [Fact]
    [Trait("Threat", "T150")]
    public async Task ADatabaseOfANewerBasculeIsRefused()
    {
        await (await _postgres.OpenPostgresAsync()).DisposeAsync();
        await ExecuteAsync(
            "INSERT INTO schema_version (version, script, applied_at) VALUES (9999, '9999-future.sql', 0)"
        );

        var refused = await Should.ThrowAsync<StorageException>(() => _postgres.OpenPostgresAsync());

        refused.Message.ShouldContain("has schema 9999");
        refused.Message.ShouldContain("newer Bascule");
    }

    [Fact]
    public async Task ADatabaseOfAnotherProgramIsRefusedAndLeftAlone()
    {
        await ExecuteAsync("CREATE TABLE theirs (id INTEGER)");

        var refused = await Should.ThrowAsync<StorageException>(() => _postgres.OpenPostgresAsync());

        refused.Message.ShouldContain("has tables of another program");
        (await TablesAsync()).ShouldBe(["theirs"]);
    }

    [Fact]
    [Trait("Threat", "T150")]
    public async Task ReplicasThatOpenAFreshDatabaseAtOnceAllSucceed()
    {
        await _postgres.AddressAsync();

        var opened = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => _postgres.OpenPostgresAsync()));

        var epochs = await Task.WhenAll(opened.Select(storage => storage.Installation.ReadEpochAsync(default)));
        epochs.ShouldAllBe(epoch => epoch == 1);
        foreach (var storage in opened)
            await storage.DisposeAsync();
        await using var connection = new NpgsqlConnection(await _postgres.AddressAsync());
        var versions = await connection.QueryAsync<int>("SELECT version FROM schema_version ORDER BY version");
        versions.ShouldBe(Enumerable.Range(1, MigrationScripts.For("Postgres").Count));
    }

    [Fact]
    public void BothDialectsHaveTheSameScripts() =>
        MigrationScripts
            .For("Postgres")
            .Select(script => (script.Version, script.Name))
            .ShouldBe(MigrationScripts.For("Sqlite").Select(script => (script.Version, script.Name)));

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(await _postgres.AddressAsync());
        await connection.ExecuteAsync(sql);
    }

    private async Task<IEnumerable<string>> TablesAsync()
    {
        await using var connection = new NpgsqlConnection(await _postgres.AddressAsync());
        return await connection.QueryAsync<string>(
            "SELECT table_name::text FROM information_schema.tables WHERE table_schema = 'public'"
        );
    }
}
