using Bascule.Testing.Storage;

namespace Bascule.Storage.Tests;

public sealed class SqliteGitPassTests() : GitPassConformance(new TemporarySqlite());

public sealed class PostgresGitPassTests() : GitPassConformance(new TemporaryPostgres());
