using System.Security.Cryptography;
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
using Bascule.Storage.Postgres;
using Bascule.Storage.Postgres.Writing;
using Bascule.Storage.Stores;
using Bascule.Storage.Writing;
using Dapper;
using Npgsql;

namespace Bascule.Storage;

/// <summary>Every store in one PostgreSQL database, for as many replicas as there are.</summary>
public sealed class PostgresStorage : IStorage
{
    /// <summary>How long the work of a replica that died waits, at most, for another one.</summary>
    private static readonly TimeSpan DefaultLease = TimeSpan.FromSeconds(5);

    private readonly NpgsqlDataSource _source;
    private readonly NpgsqlDataSource _walking;
    private readonly PostgresWriter _writer;
    private readonly PostgresSignal _signal;

    private PostgresStorage(
        NpgsqlDataSource source,
        NpgsqlDataSource walking,
        string server,
        TimeProvider time,
        TimeSpan leaseTime
    )
    {
        _source = source;
        _walking = walking;
        Replica =
            $"{Environment.MachineName}-{Environment.ProcessId}-{RandomNumberGenerator.GetHexString(6, lowercase: true)}";
        var shards = new PostgresShards(source, server, Replica, leaseTime);
        var readers = new PostgresReaders(source, server);
        _writer = new PostgresWriter(source, server, WorkSignal, () => shards.Current);
        _signal = new PostgresSignal(source, WorkSignal);
        Shards = shards;
        Work = new WorkStore(new PostgresReaders(walking, server), _writer);
        Backlog = new WorkBacklogStore(readers);
        Deliveries = new DeliveryStore(readers, _writer);
        Webhooks = new WebhookStore(readers);
        Repositories = new RepositoryStore(readers);
        Runs = new RunStore(readers);
        Holders = new HolderStore(readers);
        Approvals = new ApprovalStore(readers);
        Schedules = new ScheduleStore(readers);
        Reports = new ReportStore(readers);
        Reconcile = new ReconcileStore(readers);
        Gaps = new GapReport(readers);
        Installation = new InstallationStore(readers, _writer, time);
        Retention = new RetentionStore(readers);
        Audit = new AuditLog(readers, _writer);
        AuditLogs = new LogStore(readers, new PostgresStandbys(readers));
        UsedTokens = new UsedTokens(_writer);
        Sessions = new SessionStore(readers);
        GitPasses = new GitPassStore(readers);
        ForgeCredentials = new ForgeCredentialStore(readers);
        Attestations = new AttestationStore(readers);
        People = new PeopleStore(readers);
        PersonKeys = new PersonKeyStore(readers);
        LinkProofs = new LinkProofStore(readers);
        ConfirmedKeys = new ConfirmedKeyStore(readers);
        Pushes = new PushStore(readers);
        Collectors = new CollectorStore(readers);
        Lineage = new LineageStore(readers);
        Deployments = new DeploymentStore(readers);
        Drift = new DriftStore(readers);
        Promotions = new PromotionStore(readers);
    }

    /// <summary>By which the connections of whoever serves a database are told from others.</summary>
    internal const string ApplicationName = "bascule";

    /// <summary>What this process is called in the database; new at every start.</summary>
    public string Replica { get; }

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

    internal IWriter Writer => _writer;

    /// <summary>Connects, and brings the database to this program's schema.</summary>
    /// <param name="address">As <see cref="PostgresAddress.Parse"/> answers it.</param>
    /// <param name="leaseTime">How long a claim on a part of the inbox holds without being renewed; 5 seconds.</param>
    /// <exception cref="StorageException">It does not answer, it is foreign, or a newer Bascule has used it.</exception>
    public static async Task<PostgresStorage> OpenAsync(
        string address,
        TimeProvider time,
        CancellationToken cancellationToken,
        TimeSpan? leaseTime = null
    )
    {
        DefaultTypeMap.MatchNamesWithUnderscores = true;
        var settings = new NpgsqlConnectionStringBuilder(address)
        {
            ApplicationName = ApplicationName,
            KeepAlive = 10,
            MaxAutoPrepare = 50,
            MaxPoolSize = 16,
        };
        var server = $"{settings.Host}:{settings.Port}/{settings.Database}";
        var source = NpgsqlDataSource.Create(settings);
        try
        {
            await PostgresMigrations.ApplyAsync(source, server, time.GetUtcNow(), cancellationToken);
            return new PostgresStorage(
                source,
                NpgsqlDataSource.Create(WalkingIndexes(settings)),
                server,
                time,
                leaseTime ?? DefaultLease
            );
        }
        catch (Exception failure)
        {
            await source.DisposeAsync();
            if (PostgresFailure.IsMachinery(failure))
                throw PostgresFailure.Describe(server, failure);
            throw;
        }
    }

    /// <summary>Writes what was asked for before, then closes the connections.</summary>
    public async ValueTask DisposeAsync()
    {
        await _signal.DisposeAsync();
        await _writer.DisposeAsync();
        await _walking.DisposeAsync();
        await _source.DisposeAsync();
    }

    /// <summary>
    /// The planner cannot know how few rows at the front of the inbox have to be looked at, and would sort all of it: 280 ms instead of 2 with 18,000 rows.
    /// </summary>
    private static NpgsqlConnectionStringBuilder WalkingIndexes(NpgsqlConnectionStringBuilder settings) =>
        new(settings.ConnectionString)
        {
            Options = "-c enable_sort=off -c enable_seqscan=off -c enable_bitmapscan=off",
            MaxPoolSize = 5,
        };
}
