using Bascule.Testing.Storage;

namespace Bascule.Storage.Tests;

public sealed class SqliteProvenanceTests() : ProvenanceConformance(new TemporarySqlite());

public sealed class PostgresProvenanceTests() : ProvenanceConformance(new TemporaryPostgres());
