using Bascule.Testing.Storage;

namespace Bascule.Storage.Tests;

public sealed class SqliteForgeCredentialTests() : ForgeCredentialConformance(new TemporarySqlite());

public sealed class PostgresForgeCredentialTests() : ForgeCredentialConformance(new TemporaryPostgres());
