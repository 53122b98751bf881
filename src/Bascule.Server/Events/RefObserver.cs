using System.Globalization;
using System.Text.Json.Nodes;
using Bascule.Core;
using Bascule.Core.Audit;
using Bascule.Core.Forges;
using Bascule.Core.Installation;
using Bascule.Core.Pushes;
using Bascule.Core.Work;
using Bascule.Server.Approvals;
using Bascule.Server.Audit;

namespace Bascule.Server.Events;

/// <summary>What a look at a ref found.</summary>
/// <param name="Tip">Null when the forge has no such ref.</param>
/// <param name="Update">Null when it is where Bascule last saw it.</param>
/// <param name="Changes">What to store, runs included.</param>
internal sealed record RefSight(CommitId? Tip, RefUpdate? Update, IReadOnlyList<Change> Changes)
{
    public static RefSight Unmoved(CommitId? tip) => new(tip, Update: null, Changes: []);
}

/// <summary>Compares where a ref points at the forge with what is recorded. A move raises the ref's generation and is the event that workflows match.</summary>
internal sealed class RefObserver(
    IRepositoryStore repositories,
    PushPlanner planner,
    ApprovalFollowing approvals,
    RewriteStop rewrites,
    IInstallationStore installation,
    AuditTrail audit,
    IPushStore pushes,
    TimeProvider time
)
{
    public async Task<Result<RefSight>> LookAsync(
        OpenRepository repository,
        RefName name,
        LookCause cause,
        CancellationToken cancellationToken
    )
    {
        var fetched = await repository.Mirror.FetchAsync(repository.Access, [name], cancellationToken);
        if (fetched.Failed(out var problem))
            return problem;
        var tip = fetched.Value.TryGetValue(name, out var found) ? found : (CommitId?)null;
        var moved = await CompareAsync(repository, name, tip, cause, cancellationToken);
        if (moved.Failed(out var uncompared))
            return uncompared;
        if (moved.Value is not { } update)
            return RefSight.Unmoved(tip);
        var planned = await planner.PlanAsync(repository, update, cancellationToken);
        if (planned.Failed(out var unplanned))
            return unplanned;
        var stopped = await rewrites.SupersedeWaitingAsync(update, cancellationToken);
        if (stopped.Failed(out var unstopped))
            return unstopped;
        IReadOnlyList<Change> known = [.. stopped.Value, .. planned.Value];
        var followed = await approvals.MovedAsync(repository, update, known, cancellationToken);
        if (followed.Failed(out var unfollowed))
            return unfollowed;
        return new RefSight(
            tip,
            update,
            [new RecordRefUpdate(update), .. known, .. followed.Value, .. RewriteNote.For(update, planned.Value)]
        );
    }

    /// <summary>The update that leads from the recorded tip to this one, written to the audit log; null when nothing moved.</summary>
    internal async Task<Result<RefUpdate?>> CompareAsync(
        OpenRepository repository,
        RefName name,
        CommitId? tip,
        LookCause cause,
        CancellationToken cancellationToken
    )
    {
        var known = await repositories.FindRefAsync(repository.Key, name, cancellationToken);
        if (known?.Tip == tip)
            return Result.Of<RefUpdate?>(null);
        // It was fetched by a name: what a fork or anybody else put under it since is not this repository's (THREATS T40, T103).
        var same = await RepositoryLookup.ConfirmAsync(repository, cancellationToken);
        if (same.Failed(out var other))
            return other;
        var move = await ClassifyAsync(repository, name, known, tip, cancellationToken);
        if (move.Failed(out var problem))
            return problem;
        var now = time.GetUtcNow();
        var push = await FindPushAsync(repository.Key, name, known, tip, cancellationToken);
        var update = new RefUpdate(
            repository.Key,
            name,
            (known?.Generation ?? 0) + 1,
            known?.Tip,
            tip,
            move.Value,
            push?.Account ?? cause.By, // a hook names the account that Bascule itself pushes with
            cause.Delivery,
            now
        )
        {
            Late = cause.LateAt(now),
        };
        var written = await audit.WriteAsync(await EntryAsync(update, push, cancellationToken), cancellationToken);
        return written.Failed(out var unwritten) ? unwritten : update;
    }

    private async Task<Result<RefMove>> ClassifyAsync(
        OpenRepository repository,
        RefName name,
        KnownRef? known,
        CommitId? after,
        CancellationToken cancellationToken
    )
    {
        if (after is not { } tip)
            return RefMove.Deleted;
        if (known?.Tip is { } before)
            return await RewritesAsync(repository, name, before, tip, cancellationToken) switch
            {
                { Problem: { } problem } => problem,
                { Value: true } => RefMove.Rewritten,
                _ => RefMove.Forward,
            };
        // Deleted and made again elsewhere is a rewrite in two steps (THREATS T106).
        if (await FindLastTipAsync(repository.Key, known, cancellationToken) is not { } last || last == tip)
            return RefMove.Created;
        var elsewhere = await RewritesAsync(repository, name, last, tip, cancellationToken);
        return elsewhere.Failed(out var unread) ? unread
            : elsewhere.Value ? RefMove.Rewritten
            : RefMove.Created;
    }

    /// <summary>Whether history does not lead from one to the other. Tags do not move: any other commit is a rewrite.</summary>
    private static async Task<Result<bool>> RewritesAsync(
        OpenRepository repository,
        RefName name,
        CommitId before,
        CommitId after,
        CancellationToken cancellationToken
    )
    {
        if (name.IsTag)
            return true;
        var forward = await repository.Mirror.IsAncestorAsync(before, after, cancellationToken);
        return forward.Failed(out var problem) ? problem : forward.Value != true;
    }

    /// <summary>Where a ref stood that is deleted now; null when it was never seen.</summary>
    private async Task<CommitId?> FindLastTipAsync(
        RepositoryKey key,
        KnownRef? known,
        CancellationToken cancellationToken
    ) =>
        known is null
            ? null
            : (await repositories.FindUpdateAsync(key, known.Ref, known.Generation, cancellationToken))?.Before;

    /// <summary>The push through Bascule that moved the ref; null for a move that was made at the forge. One from before the last known move is another's.</summary>
    private async Task<PushedRef?> FindPushAsync(
        RepositoryKey key,
        RefName name,
        KnownRef? known,
        CommitId? tip,
        CancellationToken cancellationToken
    )
    {
        if (tip is not { } head)
            return null;
        var found = await pushes.ListAsync(key, head, cancellationToken);
        return found.LastOrDefault(push => push.Ref == name && (known is null || push.At >= known.At));
    }

    private async Task<AuditEntry> EntryAsync(RefUpdate update, PushedRef? push, CancellationToken cancellationToken)
    {
        var actor = update.By is { } by
            ? "person:" + await installation.PseudonymOfAsync(update.Repository.ForgeUid, by.Id, cancellationToken)
            : "bascule";
        var links = new Dictionary<string, string> { ["repository"] = update.Repository.ToString() };
        if (update.Delivery is { } delivery)
            links["delivery"] = delivery;
        if (push is not null)
            links["push"] = push.Push;
        var facts = new JsonObject
        {
            ["ref"] = update.Ref.ToString(),
            ["generation"] = update.Generation.ToString(CultureInfo.InvariantCulture),
            ["before"] = update.Before?.ToString(),
            ["after"] = update.After?.ToString(),
            ["move"] = update.Move.ToString().ToLowerInvariant(),
            ["assurance"] = push is null ? "asserted" : "proven",
        };
        if (update.Late is { } late)
        {
            facts["late_ms"] = (long)late.Time.TotalMilliseconds;
            facts["late_since"] = SnakeCase(late.Since);
        }
        return new AuditEntry(AuditTypes.RefMoved, actor) { Links = links, Facts = facts };
    }

    private static string SnakeCase(LateSince since) =>
        since switch
        {
            LateSince.Delivery => "delivery",
            LateSince.ForgeTime => "forge_time",
            _ => "last_comparison",
        };
}
