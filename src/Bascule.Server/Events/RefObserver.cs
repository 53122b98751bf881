using System.Globalization;
using System.Text.Json.Nodes;
using Bascule.Core;
using Bascule.Core.Audit;
using Bascule.Core.Forges;
using Bascule.Core.Installation;
using Bascule.Core.Work;
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
    IInstallationStore installation,
    AuditTrail audit,
    TimeProvider time
)
{
    public async Task<Result<RefSight>> LookAsync(
        OpenRepository repository,
        RefName name,
        ForgeAccount? by,
        string? delivery,
        CancellationToken cancellationToken
    )
    {
        var fetched = await repository.Mirror.FetchAsync(repository.Access, [name], cancellationToken);
        if (fetched.Failed(out var problem))
            return problem;
        var tip = fetched.Value.TryGetValue(name, out var found) ? found : (CommitId?)null;
        var moved = await CompareAsync(repository, name, tip, by, delivery, cancellationToken);
        if (moved.Failed(out var uncompared))
            return uncompared;
        if (moved.Value is not { } update)
            return RefSight.Unmoved(tip);
        var planned = await planner.PlanAsync(repository, update, cancellationToken);
        return planned.Failed(out var unplanned)
            ? unplanned
            : new RefSight(tip, update, [new RecordRefUpdate(update), .. planned.Value]);
    }

    /// <summary>The update that leads from the recorded tip to this one, written to the audit log; null when nothing moved.</summary>
    internal async Task<Result<RefUpdate?>> CompareAsync(
        OpenRepository repository,
        RefName name,
        CommitId? tip,
        ForgeAccount? by,
        string? delivery,
        CancellationToken cancellationToken
    )
    {
        var known = await repositories.FindRefAsync(repository.Key, name, cancellationToken);
        if (known?.Tip == tip)
            return Result.Of<RefUpdate?>(null);
        var move = await ClassifyAsync(repository, name, known?.Tip, tip, cancellationToken);
        if (move.Failed(out var problem))
            return problem;
        var update = new RefUpdate(
            repository.Key,
            name,
            (known?.Generation ?? 0) + 1,
            known?.Tip,
            tip,
            move.Value,
            by,
            delivery,
            time.GetUtcNow()
        );
        var written = await audit.WriteAsync(await EntryAsync(update, cancellationToken), cancellationToken);
        return written.Failed(out var unwritten) ? unwritten : update;
    }

    private static async Task<Result<RefMove>> ClassifyAsync(
        OpenRepository repository,
        RefName name,
        CommitId? before,
        CommitId? after,
        CancellationToken cancellationToken
    )
    {
        if (after is not { } tip)
            return RefMove.Deleted;
        if (before is not { } former)
            return RefMove.Created;
        if (name.IsTag)
            return RefMove.Rewritten;
        var forward = await repository.Mirror.IsAncestorAsync(former, tip, cancellationToken);
        if (forward.Failed(out var problem))
            return problem;
        return forward.Value == true ? RefMove.Forward : RefMove.Rewritten;
    }

    private async Task<AuditEntry> EntryAsync(RefUpdate update, CancellationToken cancellationToken)
    {
        var actor = update.By is { } by
            ? "person:" + await installation.PseudonymOfAsync(update.Repository.ForgeUid, by.Id, cancellationToken)
            : "bascule";
        var links = new Dictionary<string, string> { ["repository"] = update.Repository.ToString() };
        if (update.Delivery is { } delivery)
            links["delivery"] = delivery;
        return new AuditEntry(AuditTypes.RefMoved, actor)
        {
            Links = links,
            Facts = new JsonObject
            {
                ["ref"] = update.Ref.ToString(),
                ["generation"] = update.Generation.ToString(CultureInfo.InvariantCulture),
                ["before"] = update.Before?.ToString(),
                ["after"] = update.After?.ToString(),
                ["move"] = update.Move.ToString().ToLowerInvariant(),
                ["assurance"] = "asserted",
            },
        };
    }
}
