using System.Text.Json.Nodes;
using Bascule.Core;
using Bascule.Core.Audit;
using Bascule.Core.Promotions;
using Bascule.Core.Runs;
using Bascule.Core.Work;
using Bascule.Server.Audit;
using Bascule.Server.Reports;
using Bascule.Server.Runs;

namespace Bascule.Server.Promotions;

/// <summary>What is stored when the platform has confirmed a move of an alias, in the transaction that ends its run.</summary>
internal sealed class PromotionEnds(IRunStore runs, RunJournals journals, AuditTrail audit, TimeProvider time)
{
    private const string Step = "promote";

    /// <summary>Nothing for a run that moves no alias.</summary>
    /// <param name="run">As it was before it ended.</param>
    public async Task<Result<IReadOnlyList<Change>>> ForAsync(
        Run run,
        RunState state,
        CancellationToken cancellationToken
    )
    {
        if (run.Promotes is not { } order || state != RunState.Succeeded)
            return Result.Of<IReadOnlyList<Change>>([]);
        var before = await PromotionSteps.ReadBeforeAsync(journals.Of(run.Id), cancellationToken);
        if (before.Failed(out var unread))
            return unread;
        var now = time.GetUtcNow();
        var promotion = new Promotion(
            order.In(run.Environment!),
            order.Generation,
            order.Version,
            run.Id,
            order.By,
            now
        )
        {
            Repository = run.Repository,
            Commit = run.Commit,
            Producer = order.Producer,
            Replaced = before.Value,
            RolledBackBecause = run.IsRollback ? order.Because ?? "" : null,
        };
        List<Change> changes = [audit.Record(Entry(run, promotion)), new RecordPromotion(promotion)];
        if (order.Producer is { } id && await runs.FindAsync(id, cancellationToken) is { } producer)
        {
            var text = $"run {run.Id} {(run.IsRollback ? "went back to" : "promoted")} {order.Words}";
            changes.AddRange([
                new AddTimeline(id, new TimelineEntry(now, Step, text)),
                .. ReportWork.For(producer, now),
            ]);
        }
        return Result.Of<IReadOnlyList<Change>>(changes);
    }

    private static AuditEntry Entry(Run run, Promotion promotion) =>
        new(promotion.IsRollback ? AuditTypes.ModelRolledBack : AuditTypes.ModelPromoted, promotion.By)
        {
            Links = new Dictionary<string, string>
            {
                ["run"] = run.Id.Text,
                ["repository"] = run.Repository.ToString(),
            },
            Facts = new JsonObject
            {
                ["environment"] = promotion.Place.Environment,
                ["model"] = promotion.Place.Model,
                ["alias"] = promotion.Place.Alias,
                ["generation"] = promotion.Generation,
                ["before"] = promotion.Replaced,
                ["after"] = promotion.Version,
                ["commit"] = promotion.Commit.ToString(),
                ["producer"] = promotion.Producer?.Text,
                ["rolled_back_because"] = promotion.RolledBackBecause,
            },
        };
}
