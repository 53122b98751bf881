using System.Text.Json;
using Bascule.Core.Api;
using Bascule.Core.Approvals;
using Bascule.Core.Runs;
using Bascule.Core.Text;

namespace Bascule.Server.Api;

/// <summary>Turns what is stored of a run into what the API shows. What others wrote is cleaned here, so that no terminal behind the API has to (THREATS T113).</summary>
internal sealed class RunRecordWriter(IRunStore runs, RunComparisons comparisons, IApprovals approvals)
{
    private const int MaxLine = 500;
    private const int MaxReasonBytes = 16 * 1024;
    private const int MaxLog = 64 * 1024;

    public async Task<RunList> WriteAsync(IReadOnlyList<Run> page, int limit, CancellationToken cancellationToken)
    {
        var records = new List<RunSummary>(page.Count);
        foreach (var run in page)
            records.Add(await WriteAsync(run, cancellationToken));
        return new RunList(records, page.Count == limit ? page[^1].Id.ToString() : null);
    }

    public async Task<RunSummary> WriteAsync(Run run, CancellationToken cancellationToken) =>
        Summary(run, run.IsFinal ? await runs.ReadModelsAsync(run.Id, cancellationToken) : []);

    /// <param name="within">What the reader may see of other runs; null for everything.</param>
    public async Task<RunDetail> WriteDetailAsync(
        Run run,
        IReadOnlyList<RunReach>? within,
        CancellationToken cancellationToken
    )
    {
        var comparison = await comparisons.CompareAsync(run, within, cancellationToken);
        var log = await runs.ReadLogAsync(run.Id, cancellationToken);
        var state = await approvals.ReadAsync(run, cancellationToken);
        return new RunDetail
        {
            Run = Summary(run, await runs.ReadModelsAsync(run.Id, cancellationToken)),
            Timeline = [.. (await runs.ReadTimelineAsync(run.Id, cancellationToken)).Select(Timeline)],
            Metrics = [.. comparison.Metrics.Select(Metric)],
            BaseRun = comparison.Base?.Id.ToString(),
            Promoted = comparison.Promoted is { } promoted ? Promoted(promoted) : null,
            Log = log is null ? null : PlainText.Tail(log, MaxLog),
            ContentId = run.Content?.Hex,
            PlanDigest = run.PlanDigest,
            Plan = run.Plan is null ? null : JsonElement.Parse(run.Plan),
            PlanSummary = run.PlanSummary?.Split('\n') ?? [],
            Shortfall = run.Shortfall,
            Reproduction = run.Reproduces is { } original ? Reproduction(original, run) : null,
            Approvals = state is null ? null : ApprovalRecordWriter.Of(state),
        };
    }

    private static RunSummary Summary(Run run, IReadOnlyList<ModelVersion> models) =>
        new()
        {
            Id = run.Id.ToString(),
            State = run.State,
            Final = run.IsFinal,
            Forge = run.Forge,
            Repository = Line(run.RepositoryName),
            Workflow = Line(run.Workflow),
            Environment = run.Environment,
            OnMerge = run.OnMerge,
            Ref = run.Ref.ToString(),
            PullRequest = run.PullRequest,
            Commit = run.Commit.ToString(),
            CommitSubject = Line(run.CommitSubject),
            By = run.By is null ? null : Line(run.By.Login),
            Trigger = run.Trigger.ToString(),
            Ordinal = run.Ordinal,
            Reason = run.Reason is null ? null : PlainText.Block(run.Reason, MaxReasonBytes),
            CancelRequested = run.CancelRequested,
            PlatformRunId = run.PlatformRunId is null ? null : Line(run.PlatformRunId),
            PlatformPage = WebAddress.Of(run.PlatformPage),
            Delivery = run.Delivery,
            RollsBack = run.IsRollback ? [.. run.RollsBack.Select(id => id.Text)] : null,
            Reproduces = run.Reproduces?.Text,
            Promotes = run.Promotes is { } order
                ? new PromotesRecord(Line(order.Model), order.Version, order.Alias, order.Producer?.Text)
                : null,
            CreatedAt = run.CreatedAt,
            StartedAt = run.StartedAt,
            FinishedAt = run.FinishedAt,
            Models = [.. models.Select(Model)],
        };

    private static ReproductionRecord Reproduction(RunId original, Run run) =>
        new(
            original.Text,
            run.Differences switch
            {
                null => null,
                [] => ReproductionOutcome.Reproduced,
                _ => ReproductionOutcome.Differs,
            },
            [.. (run.Differences ?? []).Select(Line)],
            [.. run.Unpinned.Select(Line)]
        );

    private static TimelineRecord Timeline(TimelineEntry entry) => new(entry.At, Line(entry.Step), Line(entry.Text));

    private static MetricRecord Metric(ComparedMetric metric) =>
        new(Line(metric.Name), metric.Value, metric.Base, metric.Goal, metric.Verdict)
        {
            Promoted = metric.Promoted,
            PromotedVerdict = metric.PromotedVerdict,
        };

    private static PromotedRecord Promoted(PromotedVersion version) =>
        new(
            Line(version.Model),
            Line(version.Version),
            version.Alias,
            version.Environment,
            version.Producer.Id.ToString()
        );

    private static ModelRecord Model(ModelVersion model) =>
        new(Line(model.Name), Line(model.Version), WebAddress.Of(model.Page));

    private static string Line(string text) => PlainText.Line(text, MaxLine);
}
