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

namespace Bascule.Storage;

/// <summary>Every store of one opened database. Safe to use from many tasks at once; disposing finishes the writes already asked for.</summary>
public interface IStorage : IAsyncDisposable
{
    IWorkStore Work { get; }
    IShards Shards { get; }

    /// <summary>Given after each commit that added work or let a lane go on.</summary>
    WorkSignal WorkSignal { get; }

    IWorkBacklog Backlog { get; }
    IDeliveryStore Deliveries { get; }
    IWebhookStore Webhooks { get; }
    IRepositoryStore Repositories { get; }
    IRunStore Runs { get; }
    IHolderStore Holders { get; }
    IApprovalStore Approvals { get; }
    IScheduleStore Schedules { get; }
    IReportStore Reports { get; }
    IReconcileStore Reconcile { get; }
    IGapReport Gaps { get; }
    IInstallationStore Installation { get; }
    IRetentionStore Retention { get; }
    IAuditLog Audit { get; }
    ILogStore AuditLogs { get; }
    IUsedTokens UsedTokens { get; }
    ISessionStore Sessions { get; }
    IGitPassStore GitPasses { get; }
    IForgeCredentialStore ForgeCredentials { get; }
    IAttestationStore Attestations { get; }
    IPeopleStore People { get; }
    IPersonKeys PersonKeys { get; }
    ILinkProofs LinkProofs { get; }
    IConfirmedKeys ConfirmedKeys { get; }
    IPushStore Pushes { get; }
    ICollectorStore Collectors { get; }
    ILineageStore Lineage { get; }
    IDeploymentStore Deployments { get; }
    IDriftStore Drift { get; }
    IPromotionStore Promotions { get; }
}
