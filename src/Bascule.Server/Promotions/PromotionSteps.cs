using System.Text.Json.Nodes;
using Bascule.Core;
using Bascule.Core.Json;
using Bascule.Core.Platforms;
using Bascule.Core.Promotions;
using Bascule.Server.Runs;

namespace Bascule.Server.Promotions;

/// <summary>Moves an alias on its platform, and reads back where it leads. Each step may be taken again after a crash.</summary>
internal sealed class PromotionSteps(IPlatform platform, StartedRun run, PromotionOrder order) : IRunSteps
{
    private const string BeforeMember = "before";
    private readonly PromotionCall _call = new(
        order.Model,
        order.Alias,
        run.Run.Environment!,
        run.Environment,
        run.Identity,
        run.Audit
    );

    /// <summary>Nothing but what was asked for.</summary>
    public Task<Result<PlatformPlan>> PlanAsync(CancellationToken cancellationToken) =>
        Task.FromResult<Result<PlatformPlan>>(PromotionPlan.Of(run.Run));

    /// <summary>
    /// Writes down where the alias was, and moves it. What was there is durable before anything changes, and not written again by a second try: that would
    /// find its own work.
    /// </summary>
    public async Task<Result<PlatformRun>> StartAsync(
        Action<string> progress,
        Func<CancellationToken, Task<Result<Done>>> launching,
        CancellationToken cancellationToken
    )
    {
        if (platform is not IPromotesModels role)
            return Elsewhere();
        if ((await launching(cancellationToken)).Failed(out var withdrawn))
            return withdrawn;
        var now = await role.ReadAsync(_call, cancellationToken);
        if (now.Failed(out var unread))
            return unread;
        var kept = await KeepAsync(run.Journal, now.Value, cancellationToken);
        if (kept.Failed(out var unkept))
            return unkept;
        if (now.Value != order.Version)
        {
            var moved = await role.MoveAsync(_call, order.Version, cancellationToken);
            if (moved.Failed(out var unmoved))
                return unmoved;
        }
        progress(now.Value is null ? $"{order.Alias} led to no version" : $"{order.Alias} led to version {now.Value}");
        return new PlatformRun($"{order.Alias}:{order.Model}@{order.Version ?? "-"}", Page: null);
    }

    /// <summary>It has succeeded when the platform says that the alias leads where it should.</summary>
    public async Task<Result<Observation>> ObserveAsync(CancellationToken cancellationToken)
    {
        if (platform is not IPromotesModels role)
            return Elsewhere();
        var now = await role.ReadAsync(_call, cancellationToken);
        if (now.Failed(out var unread))
            return unread;
        return now.Value == order.Version
            ? new Observation(PlatformRunState.Succeeded, null, null, null)
            : new Observation(
                PlatformRunState.Failed,
                $"{order.Alias} of {order.Model} leads to {(now.Value is { } other ? $"version {other}" : "no version")} right after it was moved: somebody else moves it too; look at who may, and ask again",
                null,
                null
            );
    }

    /// <summary>An alias is moved in one call: there is nothing to stop.</summary>
    public Task<Result<Done>> CancelAsync(CancellationToken cancellationToken) => Task.FromResult(Result.Done);

    public Task<Result<RunResults>> ReadResultsAsync(CancellationToken cancellationToken) =>
        Task.FromResult<Result<RunResults>>(RunResults.None);

    /// <summary>Whether the alias leads elsewhere than the run left it: somebody has moved it without Bascule.</summary>
    public async Task<Result<IReadOnlyList<Difference>>> FindDriftAsync(CancellationToken cancellationToken)
    {
        if (platform is not IPromotesModels role)
            return Elsewhere();
        var now = await role.ReadAsync(_call, cancellationToken);
        if (now.Failed(out var unread))
            return unread;
        if (now.Value == order.Version)
            return Result.Of<IReadOnlyList<Difference>>([]);
        var (how, there) =
            now.Value is null ? (DifferenceKind.Removed, "it leads to no version")
            : order.Version is null ? (DifferenceKind.Added, $"it leads to version {now.Value}")
            : (DifferenceKind.Changed, $"it leads to version {now.Value}, and version {order.Version} was promoted");
        return Result.Of<IReadOnlyList<Difference>>([
            new Difference($"{order.Alias} of {order.Model}: {there}", how, ["version"]),
        ]);
    }

    /// <summary>Where the alias was before the run moved it, as its journal says; null where there was none.</summary>
    public static async Task<Result<string?>> ReadBeforeAsync(IRunJournal journal, CancellationToken cancellationToken)
    {
        var read = await journal.ReadAsync(cancellationToken);
        return read.Failed(out var unread) ? unread
            : read.Value is { } text ? Result.Of((string?)JsonNode.Parse(text)![BeforeMember])
            : Result.Of<string?>(null);
    }

    private static async Task<Result<Done>> KeepAsync(
        IRunJournal journal,
        string? before,
        CancellationToken cancellationToken
    )
    {
        var read = await journal.ReadAsync(cancellationToken);
        if (read.Failed(out var unread))
            return unread;
        return read.Value is not null
            ? Result.Done
            : await journal.WriteAsync(
                CanonicalJson.ToText(new JsonObject { [BeforeMember] = before }),
                cancellationToken
            );
    }

    private Problem Elsewhere() =>
        Problem.Denied(
            $"environment '{run.Run.Environment}' leads to another platform now, on which no model is promoted; nothing was changed"
        );
}
