using Bascule.Testing.Storage;

namespace Bascule.Storage.Tests;

public sealed class SqliteSessionStoreTests() : SessionStoreConformance(new TemporarySqlite());

public sealed class PostgresSessionStoreTests() : SessionStoreConformance(new TemporaryPostgres());
