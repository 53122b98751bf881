using Bascule.Testing.Storage;

namespace Bascule.Storage.Tests;

public sealed class PostgresWorkStoreTests() : WorkStoreConformance(new TemporaryPostgres());

public sealed class PostgresDeliveryStoreTests() : DeliveryStoreConformance(new TemporaryPostgres());

public sealed class PostgresWebhookStoreTests() : WebhookStoreConformance(new TemporaryPostgres());

public sealed class PostgresRepositoryStoreTests() : RepositoryStoreConformance(new TemporaryPostgres());

public sealed class PostgresRunStoreTests() : RunStoreConformance(new TemporaryPostgres());

public sealed class PostgresReportStoreTests() : ReportStoreConformance(new TemporaryPostgres());

public sealed class PostgresReconcileStoreTests() : ReconcileStoreConformance(new TemporaryPostgres());

public sealed class PostgresInstallationStoreTests() : InstallationStoreConformance(new TemporaryPostgres());

public sealed class PostgresAuditLogTests() : AuditLogConformance(new TemporaryPostgres());

public sealed class PostgresRetentionStoreTests() : RetentionStoreConformance(new TemporaryPostgres());

public sealed class PostgresHolderStoreTests() : HolderStoreConformance(new TemporaryPostgres());

public sealed class PostgresApprovalStoreTests() : ApprovalStoreConformance(new TemporaryPostgres());

public sealed class PostgresPeopleStoreTests() : PeopleStoreConformance(new TemporaryPostgres());

public sealed class PostgresErasureTests() : ErasureConformance(new TemporaryPostgres());

public sealed class PostgresDeploymentTests() : DeploymentConformance(new TemporaryPostgres());

public sealed class PostgresDriftTests() : DriftConformance(new TemporaryPostgres());

public sealed class PostgresPromotionTests() : PromotionConformance(new TemporaryPostgres());

public sealed class PostgresLinkProofTests() : LinkProofConformance(new TemporaryPostgres());

public sealed class PostgresConfirmedKeyTests() : ConfirmedKeyConformance(new TemporaryPostgres());

public sealed class PostgresPushStoreTests() : PushStoreConformance(new TemporaryPostgres());

public sealed class PostgresLogStoreTests() : LogStoreConformance(new TemporaryPostgres());

public sealed class PostgresLineageStoreTests() : LineageStoreConformance(new TemporaryPostgres());
