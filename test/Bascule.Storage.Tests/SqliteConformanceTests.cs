using Bascule.Testing.Storage;

namespace Bascule.Storage.Tests;

public sealed class SqliteWorkStoreTests() : WorkStoreConformance(new TemporarySqlite());

public sealed class SqliteDeliveryStoreTests() : DeliveryStoreConformance(new TemporarySqlite());

public sealed class SqliteWebhookStoreTests() : WebhookStoreConformance(new TemporarySqlite());

public sealed class SqliteRepositoryStoreTests() : RepositoryStoreConformance(new TemporarySqlite());

public sealed class SqliteRunStoreTests() : RunStoreConformance(new TemporarySqlite());

public sealed class SqliteReportStoreTests() : ReportStoreConformance(new TemporarySqlite());

public sealed class SqliteReconcileStoreTests() : ReconcileStoreConformance(new TemporarySqlite());

public sealed class SqliteInstallationStoreTests() : InstallationStoreConformance(new TemporarySqlite());

public sealed class SqliteAuditLogTests() : AuditLogConformance(new TemporarySqlite());

public sealed class SqliteRetentionStoreTests() : RetentionStoreConformance(new TemporarySqlite());

public sealed class SqliteShardTests() : ShardConformance(new TemporarySqlite());

public sealed class SqliteHolderStoreTests() : HolderStoreConformance(new TemporarySqlite());

public sealed class SqliteApprovalStoreTests() : ApprovalStoreConformance(new TemporarySqlite());

public sealed class SqlitePeopleStoreTests() : PeopleStoreConformance(new TemporarySqlite());

public sealed class SqliteErasureTests() : ErasureConformance(new TemporarySqlite());

public sealed class SqliteDeploymentTests() : DeploymentConformance(new TemporarySqlite());

public sealed class SqliteDriftTests() : DriftConformance(new TemporarySqlite());

public sealed class SqlitePromotionTests() : PromotionConformance(new TemporarySqlite());

public sealed class SqliteLinkProofTests() : LinkProofConformance(new TemporarySqlite());

public sealed class SqliteConfirmedKeyTests() : ConfirmedKeyConformance(new TemporarySqlite());

public sealed class SqlitePushStoreTests() : PushStoreConformance(new TemporarySqlite());

public sealed class SqliteLogStoreTests() : LogStoreConformance(new TemporarySqlite());

public sealed class SqliteLineageStoreTests() : LineageStoreConformance(new TemporarySqlite());
