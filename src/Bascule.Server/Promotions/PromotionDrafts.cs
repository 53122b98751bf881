using System.Globalization;
using System.Text.Json.Nodes;
using Bascule.Core;
using Bascule.Core.Audit;
using Bascule.Core.Installation;
using Bascule.Core.Promotions;
using Bascule.Core.Runs;
using Bascule.Core.Work;
using Bascule.Core.Workflows;
using Bascule.Server.Audit;
using Bascule.Server.Events;
using Bascule.Server.Reports;

namespace Bascule.Server.Promotions;

/// <summary>Drafts runs that move an alias, and stores them once.</summary>
internal sealed class PromotionDrafts(
    IRunStore runs,
    IWorkStore store,
    IInstallationStore installation,
    AuditTrail audit,
    TimeProvider time
)
{
    private const int MostOrdinals = 1000;

    /// <summary>
    /// The run that does it, in the likeness of an earlier one: its repository, commit, content and workflow. One that was asked for in the same words and has not
    /// ended is the run: whoever asks twice moves the alias once.
    /// </summary>
    /// <param name="like">The run that produced the version, or promoted it before.</param>
    /// <param name="taken">Of a rollback: the run whose move is taken back.</param>
    public async Task<(Run Run, bool IsKnown)> DraftAsync(
        Run like,
        PromotionOrder order,
        Promotion? now,
        RunId? taken,
        CancellationToken cancellationToken
    )
    {
        var epoch = await installation.ReadEpochAsync(cancellationToken);
        var trigger = Trigger.Promotion(order, goesBack: taken is not null);
        for (var ordinal = 0; ; ordinal++)
        {
            var draft = like.Afresh(epoch, trigger, ordinal, time.GetUtcNow());
            var known = await runs.FindByKeyAsync(draft.Key, cancellationToken);
            if (known is { IsFinal: false })
                return (known, IsKnown: true);
            if (known is not null && ordinal < MostOrdinals)
                continue;
            var plan = PromotionPlan.Of(order, now, goesBack: taken is not null);
            return (
                PlanRecord.Keep(draft, plan) with
                {
                    Rule = taken is null ? $"environments.{like.Environment}.promotes" : "rollback",
                    Delivery = null,
                    RollsBack = taken is { } run ? [run] : [],
                    Promotes = order,
                },
                IsKnown: false
            );
        }
    }

    /// <summary>What is written of a run that somebody asked for, beside what starts it.</summary>
    public IEnumerable<Change> Record(Run run, string why)
    {
        var order = run.Promotes!;
        var decision = Decision.Allow(run.Rule!, why);
        var because = order.Because is { } words ? $": {words}" : "";
        yield return audit.Record(Asked(run, order));
        yield return audit.Record(PlanRecord.Entry(run, decision, problem: null));
        yield return new AddRun(run);
        yield return new AddTimeline(
            run.Id,
            new TimelineEntry(
                run.CreatedAt,
                "plan",
                $"{order.WordsOf(run.IsRollback)}; asked for by {order.By}{because}"
            )
        );
    }

    /// <summary>Stores it. What is answered is the one run with its key, whoever stored that.</summary>
    public async Task<Result<Run>> StoreAsync(
        Run run,
        IReadOnlyList<Change> changes,
        CancellationToken cancellationToken
    )
    {
        var stored = await store.ApplyAsync([.. changes, .. ReportWork.For(run, run.CreatedAt)], cancellationToken);
        if (stored.Failed(out var problem))
            return problem;
        return await runs.FindByKeyAsync(run.Key, cancellationToken) ?? run;
    }

    private static AuditEntry Asked(Run run, PromotionOrder order) =>
        new(AuditTypes.RunAsked, order.By)
        {
            Links = new Dictionary<string, string>
            {
                ["run"] = run.Id.Text,
                ["repository"] = run.Repository.ToString(),
            },
            Facts = new JsonObject
            {
                ["asked"] = run.IsRollback ? "rollback" : "promote",
                ["ordinal"] = run.Ordinal.ToString(CultureInfo.InvariantCulture),
            },
        };
}
