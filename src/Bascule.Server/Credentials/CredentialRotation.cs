using Bascule.Core;
using Bascule.Core.Audit;
using Bascule.Core.Credentials;
using Bascule.Core.Forges;
using Bascule.Core.Work;
using Bascule.Server.Audit;
using Bascule.Server.Connections;
using Bascule.Server.Work;
using Microsoft.Extensions.Logging;

namespace Bascule.Server.Credentials;

/// <summary>
/// Replaces a forge's credential: what will be made is stored, made, read back, put in force, and only then the former one is ended and read back as refused.
/// Each step is one handling of the forge's one row, which one replica at a time has in hand; a crash leaves the row where it was, and the step is done again.
/// </summary>
internal sealed partial class CredentialRotation(
    ForgeConnections forges,
    IForgeCredentialStore store,
    CredentialSeal seal,
    AuditTrail audit,
    TimeProvider time,
    ILogger<CredentialRotation> log
) : IWorkHandler
{
    public const string RotationKind = "rotation.credential";
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);
    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromHours(1);

    public string Kind => RotationKind;

    /// <summary>The one row of a forge, which repeats itself for ever; asked for at every start, and by whoever seals or asks for a rotation.</summary>
    public static Change RowOf(string forgeUid, DateTimeOffset due) =>
        new AddWork(new NewWork($"credential:{forgeUid}", RotationKind, forgeUid, due, Once: true));

    /// <summary>When the next one is due by the settings; null where they ask for none.</summary>
    public static DateTimeOffset? DueAt(StoredCredential row, TimeSpan? rotateEvery)
    {
        if (rotateEvery is not { } every)
            return null;
        var due = (row.RotatedAt > row.SealedAt ? row.RotatedAt.Value : row.SealedAt) + every;
        return row.FailedAt + AfterFailure > due ? row.FailedAt + AfterFailure : due;
    }

    public async Task<WorkResult> HandleAsync(WorkItem item, CancellationToken cancellationToken)
    {
        if (forges.Find(item.Subject) is not { Forge: ICredentialHolder } forge)
            return WorkResult.Finished(); // a start with other settings adds the row again
        if (await store.FindAsync(forge.Uid, cancellationToken) is not { } row)
            return WorkResult.Again(LongestWait); // whoever seals asks for the row
        return row.Step switch
        {
            CredentialStep.Begun => await MakeAsync(forge, row, item, cancellationToken),
            CredentialStep.Made => await SwitchAsync(forge, row, item, cancellationToken),
            CredentialStep.Switched => await EndAsync(forge, row, item, cancellationToken),
            _ => Begin(forge, row),
        };
    }

    private WorkResult Begin(ConnectedForge forge, StoredCredential row)
    {
        var now = time.GetUtcNow();
        if (row.AskedAt is null)
        {
            if (DueAt(row, forge.Credential.RotateEvery) is not { } due)
                return WorkResult.Again(LongestWait);
            if (due > now)
                return WorkResult.Again(due - now < LongestWait ? due - now : LongestWait);
        }
        var rotation = RotationOf(forge);
        var present = seal.Open(forge.Uid, row.Sealed);
        if (rotation.WhyNot(present) is { } fault)
            return row.AskedAt is null && row.Failure == fault.Message
                ? WorkResult.Again(LongestWait) // it was told once
                : Fail(forge, row, row.Step, fault.Message);
        return Next(row with { Step = CredentialStep.Begun, Next = seal.Seal(forge.Uid, rotation.Prepare(present)) });
    }

    private async Task<WorkResult> MakeAsync(
        ConnectedForge forge,
        StoredCredential row,
        WorkItem item,
        CancellationToken cancellationToken
    )
    {
        var (present, prepared) = (seal.Open(forge.Uid, row.Sealed), seal.Open(forge.Uid, row.Next!));
        var made = await CallAsync(
            forge,
            "make",
            cancel => RotationOf(forge).MakeAsync(present, prepared, cancel),
            cancellationToken
        );
        if (!made.Failed(out var problem))
            return Next(row with { Step = CredentialStep.Made, Next = seal.Seal(forge.Uid, made.Value) });
        return problem.IsTransient || ShardLease.IsLoss(problem)
            ? Wait(forge, item, problem)
            : await UndoAsync(forge, row, item, problem, cancellationToken);
    }

    /// <summary>Read back with it alone: the forge takes it, and it is the same account's by its number.</summary>
    private async Task<WorkResult> SwitchAsync(
        ConnectedForge forge,
        StoredCredential row,
        WorkItem item,
        CancellationToken cancellationToken
    )
    {
        var made = seal.Open(forge.Uid, row.Next!);
        var seen = await RotationOf(forge).IdentifyAsync(made, cancellationToken);
        if (seen.Failed(out var problem))
            return problem.IsTransient
                ? Wait(forge, item, problem)
                : await UndoAsync(forge, row, item, problem, cancellationToken);
        if (seen.Value.Id != row.Account.Id)
            return await UndoAsync(forge, row, item, Stranger(forge, row, seen.Value), cancellationToken);
        var now = time.GetUtcNow();
        var switched = row with
        {
            Account = seen.Value,
            Sealed = row.Next!,
            Fingerprint = seal.Fingerprint(made),
            RotatedAt = now,
            Step = CredentialStep.Switched,
            Next = null,
            Former = row.Sealed,
            FormerUntil = RotationOf(forge).Overlaps ? now + forge.Credential.Overlap : now,
            AskedAt = null,
            FailedAt = null,
            Failure = null,
        };
        Log.Switched(log, forge.Name, switched.Fingerprint);
        return Next(switched, audit.Record(CredentialEntries.Rotated(forge, switched, row.Fingerprint)));
    }

    /// <summary>Streams that began before the switch go on until then.</summary>
    private async Task<WorkResult> EndAsync(
        ConnectedForge forge,
        StoredCredential row,
        WorkItem item,
        CancellationToken cancellationToken
    )
    {
        var now = time.GetUtcNow();
        if (row.FormerUntil > now)
            return WorkResult.Again(row.FormerUntil.Value - now);
        var (present, former) = (seal.Open(forge.Uid, row.Sealed), seal.Open(forge.Uid, row.Former!));
        var ended = await CallAsync(
            forge,
            "end",
            cancel => RotationOf(forge).EndAsync(present, former, cancel),
            cancellationToken
        );
        if (ended.Failed(out var problem))
            return problem.IsTransient || ShardLease.IsLoss(problem)
                ? Wait(forge, item, problem)
                : Fail(forge, row, CredentialStep.Switched, $"the former one may still be good: {problem.Message}");
        var rested = row with
        {
            Step = CredentialStep.Resting,
            Former = null,
            FormerUntil = null,
            FailedAt = null,
            Failure = null,
        };
        return Next(rested, audit.Record(CredentialEntries.Ended(forge, row, seal.Fingerprint(former))));
    }

    /// <summary>The present one stays in force; what was made for it is taken back, so that nothing good is left lying about.</summary>
    private async Task<WorkResult> UndoAsync(
        ConnectedForge forge,
        StoredCredential row,
        WorkItem item,
        Problem because,
        CancellationToken cancellationToken
    )
    {
        var (present, made) = (seal.Open(forge.Uid, row.Sealed), seal.Open(forge.Uid, row.Next!));
        var undone = await CallAsync(
            forge,
            "undo",
            cancel => RotationOf(forge).UndoAsync(present, made, cancel),
            cancellationToken
        );
        if (undone.Failed(out var problem) && (problem.IsTransient || ShardLease.IsLoss(problem)))
            return Wait(forge, item, problem);
        var why = problem is null
            ? because.Message
            : $"{because.Message}; and what was made for it could not be taken back: {problem.Message}";
        return Fail(forge, row with { Step = CredentialStep.Resting, Next = null }, row.Step, why);
    }

    private WorkResult Fail(ConnectedForge forge, StoredCredential row, CredentialStep step, string why)
    {
        Log.Failed(log, forge.Name, why);
        var failed = row with { AskedAt = null, FailedAt = time.GetUtcNow(), Failure = why };
        return WorkResult.Again(
            AfterFailure,
            new SaveForgeCredential(failed),
            audit.Record(CredentialEntries.Failed(forge, failed, step, why))
        );
    }

    private static WorkResult Next(StoredCredential row, params IReadOnlyList<Change> more) =>
        WorkResult.Again(TimeSpan.Zero, [new SaveForgeCredential(row), .. more]);

    private WorkResult Wait(ConnectedForge forge, WorkItem item, Problem problem)
    {
        Log.Waits(log, forge.Name, problem.Message);
        return WorkResult.Retry(BackOff.For(problem, item.Attempt, FirstWait), problem);
    }

    /// <summary>No entry, no call; and no entry once another replica has taken the row over (THREATS T147).</summary>
    private Task<Result<T>> CallAsync<T>(
        ConnectedForge forge,
        string act,
        Func<CancellationToken, Task<Result<T>>> call,
        CancellationToken cancellationToken
    ) =>
        new CallAudit(audit, new Dictionary<string, string>()).CallAsync(
            $"forge.credential.{act}",
            forge.Name,
            details: null,
            call,
            cancellationToken
        );

    private static ICredentialRotation RotationOf(ConnectedForge forge) => ((ICredentialHolder)forge.Forge).Rotation;

    private static Problem Stranger(ConnectedForge forge, StoredCredential row, ForgeAccount seen) =>
        Problem.Denied(
            $"forge '{forge.Name}': what was made is account {seen.Id}'s, and the credential in force is account {row.Account.Id}'s"
        );

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Forge {Forge} is shown credential {Fingerprint} from now on")]
        public static partial void Switched(ILogger log, string forge, string fingerprint);

        [LoggerMessage(2, LogLevel.Warning, "The credential of forge {Forge} was not replaced: {Reason}")]
        public static partial void Failed(ILogger log, string forge, string reason);

        [LoggerMessage(3, LogLevel.Warning, "Replacing the credential of forge {Forge} waits: {Reason}")]
        public static partial void Waits(ILogger log, string forge, string reason);
    }
}
