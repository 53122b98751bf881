using Bascule.Core.Approvals;
using Bascule.Core.Audit;
using Bascule.Core.Audit.Log;
using Bascule.Core.Audit.Shipping;
using Bascule.Core.Credentials;
using Bascule.Core.Deliveries;
using Bascule.Core.Deployments;
using Bascule.Core.Drift;
using Bascule.Core.Exchange;
using Bascule.Core.Forges;
using Bascule.Core.Identity.Tokens;
using Bascule.Core.Installation;
using Bascule.Core.Lineage;
using Bascule.Core.People;
using Bascule.Core.Promotions;
using Bascule.Core.Provenance;
using Bascule.Core.Pushes;
using Bascule.Core.Reconcile;
using Bascule.Core.Reports;
using Bascule.Core.Retention;
using Bascule.Core.Runs;
using Bascule.Core.Schedules;
using Bascule.Core.Signatures;
using Bascule.Core.Work;
using Bascule.Storage.Sqlite;
using Bascule.Storage.Sqlite.Writing;
using Bascule.Storage.Stores;

namespace Bascule.Storage;

/// <summary>Every store in one SQLite file, for one process: the embedded default.</summary>
public sealed class SqliteStorage : IStorage
{
    private readonly SqliteDatabase _database;

    private SqliteStorage(SqliteDatabase database, TimeProvider time)
    {
        _database = database;
        Readers = new SqliteReaders(database.Path);
        Writer = new SqliteWriter(database.Writing, database.Path, WorkSignal);
        Shards = new SqliteShards(database.AfterCrash);
        Work = new WorkStore(Readers, Writer);
        Backlog = new WorkBacklogStore(Readers);
        Deliveries = new DeliveryStore(Readers, Writer);
        Webhooks = new WebhookStore(Readers);
        Repositories = new RepositoryStore(Readers);
        Runs = new RunStore(Readers);
        Holders = new HolderStore(Readers);
        Approvals = new ApprovalStore(Readers);
        Schedules = new ScheduleStore(Readers);
        Reports = new ReportStore(Readers);
        Reconcile = new ReconcileStore(Readers);
        Gaps = new GapReport(Readers);
        Installation = new InstallationStore(Readers, Writer, time);
        Retention = new RetentionStore(Readers);
        Audit = new AuditLog(Readers, Writer);
        AuditLogs = new LogStore(Readers);
        UsedTokens = new UsedTokens(Writer);
        Sessions = new SessionStore(Readers);
        GitPasses = new GitPassStore(Readers);
        ForgeCredentials = new ForgeCredentialStore(Readers);
        Attestations = new AttestationStore(Readers);
        People = new PeopleStore(Readers);
        PersonKeys = new PersonKeyStore(Readers);
        LinkProofs = new LinkProofStore(Readers);
        ConfirmedKeys = new ConfirmedKeyStore(Readers);
        Pushes = new PushStore(Readers);
        Collectors = new CollectorStore(Readers);
        Lineage = new LineageStore(Readers);
        Deployments = new DeploymentStore(Readers);
        Drift = new DriftStore(Readers);
        Promotions = new PromotionStore(Readers);
    }

    public IWorkStore Work { get; }
    public IShards Shards { get; }
    public WorkSignal WorkSignal { get; } = new();
    public IWorkBacklog Backlog { get; }
    public IDeliveryStore Deliveries { get; }
    public IWebhookStore Webhooks { get; }
    public IRepositoryStore Repositories { get; }
    public IRunStore Runs { get; }
    public IHolderStore Holders { get; }
    public IApprovalStore Approvals { get; }
    public IScheduleStore Schedules { get; }
    public IReportStore Reports { get; }
    public IReconcileStore Reconcile { get; }
    public IGapReport Gaps { get; }
    public IInstallationStore Installation { get; }
    public IRetentionStore Retention { get; }
    public IAuditLog Audit { get; }
    public ILogStore AuditLogs { get; }
    public IUsedTokens UsedTokens { get; }
    public ISessionStore Sessions { get; }
    public IGitPassStore GitPasses { get; }
    public IForgeCredentialStore ForgeCredentials { get; }
    public IAttestationStore Attestations { get; }
    public IPeopleStore People { get; }
    public IPersonKeys PersonKeys { get; }
    public IConfirmedKeys ConfirmedKeys { get; }
    public IPushStore Pushes { get; }
    public ICollectorStore Collectors { get; }
    public ILineageStore Lineage { get; }
    public IDeploymentStore Deployments { get; }
    public IDriftStore Drift { get; }
    public IPromotionStore Promotions { get; }

    public ILinkProofs LinkProofs { get; }

    internal SqliteReaders Readers { get; }

    internal SqliteWriter Writer { get; }

    /// <summary>Opens the file, making it and its folder where needed, and brings it to this program's schema.</summary>
    /// <exception cref="StorageException">Another process serves it, it is foreign or damaged, or a newer Bascule has used it.</exception>
    public static Task<SqliteStorage> OpenAsync(string path, TimeProvider time, CancellationToken cancellationToken) =>
        Task.Run(() => new SqliteStorage(SqliteDatabase.Open(path, time), time), cancellationToken);

    /// <summary>Writes what was asked for before, then closes the file.</summary>
    public async ValueTask DisposeAsync()
    {
        await Writer.DisposeAsync();
        Readers.Dispose();
        _database.Dispose();
    }
}
