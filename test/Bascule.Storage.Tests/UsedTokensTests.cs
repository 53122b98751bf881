using Bascule.Testing.Storage;

namespace Bascule.Storage.Tests;

public sealed class SqliteUsedTokensTests() : UsedTokensConformance(new TemporarySqlite());

public sealed class PostgresUsedTokensTests : UsedTokensConformance
{
    private readonly TemporaryPostgres _database;

    public PostgresUsedTokensTests()
        : this(new TemporaryPostgres()) { }

    private PostgresUsedTokensTests(TemporaryPostgres database)
        : base(database) => _database = database;

    [Fact]
    [Trait("Threat", "T31")]
    public async Task OfSeveralReplicasAtTheSameMomentOneIsFirst()
    {
        await using var other = await _database.OpenAsync();

        (await FirstsAsync(Storage.UsedTokens, other.UsedTokens)).ShouldBe(1);
    }
}
