using Bascule.Testing.Storage;

namespace Bascule.Storage.Tests;

public sealed class SqliteCollectorTests() : CollectorConformance(new TemporarySqlite());

public sealed class PostgresCollectorTests() : CollectorConformance(new TemporaryPostgres());
