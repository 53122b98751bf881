using Bascule.Core;
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
using Bascule.Storage.Writing;

namespace Bascule.Storage.Changes;

/// <summary>The closed list of what handlers may ask to be stored.</summary>
internal static class ChangeWriter
{
    /// <summary>Stops at the first change that does not fit; the caller undoes the ones before it.</summary>
    public static Problem? Apply(WriteSession session, IReadOnlyList<Change> changes)
    {
        foreach (var change in changes)
        {
            if (Apply(session, change) is { } problem)
            {
                return problem;
            }
        }
        return null;
    }

    private static Problem? Apply(WriteSession session, Change change) =>
        change switch
        {
            RecordAudit record => AuditChanges.Append(session, record.Entry, new AuditPlace()),
            OpenLog open => LogChanges.Open(session, open.Log),
            GrowLog grow => LogChanges.Grow(session, grow),
            PublishCheckpoint publish => LogChanges.Publish(session, publish),
            KeepCosignature keep => LogChanges.Keep(session, keep),
            BeginEpoch begin => LogChanges.Begin(session, begin),
            IndexBlock index => LogChanges.Index(session, index),
            AddWork add => WorkChanges.Add(session, add.Work),
            ReplayQuarantined replay => WorkChanges.Replay(session, replay),
            DismissQuarantined dismiss => WorkChanges.Dismiss(session, dismiss),
            ReplayDelivery replay => DeliveryChanges.Replay(session, replay.Work),
            SettleDelivery settle => DeliveryChanges.Settle(session, settle),
            SaveWebhook save => WebhookChanges.Save(session, save.Webhook),
            RemoveWebhook remove => WebhookChanges.Remove(session, remove.Uid),
            SaveRepository save => RepositoryChanges.Save(session, save.Key, save.Repository),
            RecordRefUpdate record => RepositoryChanges.Record(session, record.Update),
            SavePullRequest save => PullRequestChanges.Save(session, save.PullRequest),
            AddRun add => RunChanges.Add(session, add.Run),
            SaveRun save => RunChanges.Save(session, save.Run),
            RequestCancel request => RunChanges.RequestCancel(session, request.Run),
            JoinLine join => HolderChanges.Join(session, join),
            LeaveLine leave => HolderChanges.Leave(session, leave),
            TakeTarget take => HolderChanges.Take(session, take),
            AddTimeline add => RunDetailChanges.Add(session, add),
            SaveLog save => RunDetailChanges.Save(session, save),
            SaveRunJournal save => RunDetailChanges.Save(session, save),
            SaveResults save => RunDetailChanges.Save(session, save),
            AddApprovalRequest add => ApprovalChanges.Add(session, add.Request),
            SaveApprovalRequest save => ApprovalChanges.Save(session, save.Request),
            AddApproval add => ApprovalChanges.Add(session, add.Approval),
            VoidApproval end => ApprovalChanges.Void(session, end),
            AddBreakGlass add => BreakGlassChanges.Add(session, add.Act),
            SaveBreakGlass save => BreakGlassChanges.Save(session, save.Act),
            SaveSchedule save => ScheduleChanges.Save(session, save.Schedule),
            RemoveSchedule remove => ScheduleChanges.Remove(session, remove),
            SaveReport save => ReportChanges.Save(session, save.Report),
            ForgetDeliveries forget => RetentionChanges.Apply(session, forget),
            ForgetRuns forget => RetentionChanges.Apply(session, forget),
            ForgetTokenUses forget => RetentionChanges.Apply(session, forget),
            NoteRefusal note => WebhookChanges.NoteRefusal(session, note),
            SaveReconcileRound save => ReconcileChanges.Save(session, save.Round),
            SaveComparison save => ReconcileChanges.Save(session, save.Comparison),
            AddMissedRef add => ReconcileChanges.Add(session, add.Missed),
            RemoveMissedRef remove => ReconcileChanges.Remove(session, remove),
            SavePerson save => PeopleChanges.Save(session, save.Person),
            GrantFirstAdmin grant => PeopleChanges.Grant(session, grant),
            RetirePerson retire => PeopleChanges.Retire(session, retire),
            AddPersonKey add => ErasureChanges.Add(session, add.Key),
            PlaceLegalHold place => ErasureChanges.Place(session, place.LegalHold),
            ReleaseLegalHold release => ErasureChanges.Release(session, release),
            ErasePerson erase => ErasureChanges.Erase(session, erase),
            SaveForgeLink save => PeopleChanges.Save(session, save.Link),
            RemoveForgeLink remove => PeopleChanges.Remove(session, remove),
            BeginLinkProof begin => LinkProofChanges.Begin(session, begin.Proof),
            TryLinkProof attempt => LinkProofChanges.Try(session, attempt),
            SpendLinkProof spend => LinkProofChanges.Spend(session, spend),
            ConfirmKey confirm => ConfirmedKeyChanges.Confirm(session, confirm.Key),
            ForgetKey forget => ConfirmedKeyChanges.Forget(session, forget),
            ConfirmIssuer confirm => IssuerChanges.Confirm(session, confirm),
            NoteObservedRun note => ObservedChanges.Note(session, note.Run),
            NoteUnfoundedRun note => ObservedChanges.Note(session, note.Run),
            ForgetObservedRuns forget => ObservedChanges.Forget(session, forget),
            AddPushedRef add => PushChanges.Add(session, add.Pushed),
            SaveSigningKey save => SigningKeyChanges.Save(session, save.Key),
            SaveForgeCredential save => ForgeCredentialChanges.Save(session, save.Credential),
            AddAttestation add => ProvenanceChanges.Add(session, add.Attestation),
            AddProvenanceKey add => ProvenanceChanges.Add(session, add),
            AddSession add => SessionChanges.Add(session, add.Session),
            NoteSessionSeen seen => SessionChanges.NoteSeen(session, seen),
            EndSession end => SessionChanges.End(session, end),
            EndSessionsOf end => SessionChanges.End(session, end),
            ForgetSessions forget => RetentionChanges.Apply(session, forget),
            AddGitPass add => GitPassChanges.Add(session, add.Pass),
            RevokeGitPass revoke => GitPassChanges.Revoke(session, revoke),
            RevokeGitPassesOf revoke => GitPassChanges.Revoke(session, revoke),
            ForgetGitPasses forget => RetentionChanges.Apply(session, forget),
            SaveCollector save => CollectorChanges.Save(session, save),
            SaveCollectorLetter save => CollectorChanges.Save(session, save.Letter),
            RemoveCollectorLetter remove => CollectorChanges.Remove(session, remove),
            MoveDeployRef move => DeploymentChanges.Move(session, move.Deployment),
            KeepDeployedPack keep => DeploymentChanges.Keep(session, keep),
            ForgetDeployedPacks forget => DeploymentChanges.Forget(session, forget.Place),
            BlockCommit block => DeploymentChanges.Block(session, block.Blocked),
            RecordPromotion record => PromotionChanges.Record(session, record.Promotion),
            SaveDrift save => DriftChanges.Save(session, save.Standing),
            ForgetDrift forget => DriftChanges.Forget(session, forget.Place),
            AskCollectorReplay ask => CollectorChanges.Ask(session, ask),
            _ => throw new InvalidOperationException($"no table takes {change.GetType().Name}; add it to ChangeWriter"),
        };
}
