using System.Globalization;
using System.Text.Json.Nodes;
using Bascule.Core;
using Bascule.Core.Audit;
using Bascule.Core.Installation;
using Bascule.Core.Runs;
using Bascule.Core.Text;
using Bascule.Core.Work;
using Bascule.Server.Approvals;
using Bascule.Server.Audit;
using Bascule.Server.Connections;
using Bascule.Server.Events;
using Bascule.Server.Telemetry;

namespace Bascule.Server.Runs.Reproducing;

/// <summary>Starts a run's plan once more, unchanged or not at all. The new run says something of the old one, and nothing of their commit.</summary>
internal sealed class ReproductionStart(
    IRunStore runs,
    IWorkStore store,
    IInstallationStore installation,
    EnvironmentConnections environments,
    RunContexts contexts,
    RepositoryLookup lookup,
    ApprovalOpening approvals,
    AuditTrail audit,
    BasculeMetrics metrics,
    TimeProvider time
)
{
    private const int MostSiblings = 1000;
    private const int ShownBecause = 200;

    public async Task<Result<Run>> AskAsync(
        Run original,
        ReproductionRequest request,
        string by,
        CancellationToken cancellationToken
    )
    {
        var told = Reproducible.Of(original, environments);
        if (told.Failed(out var unfit))
            return unfit;
        if (told.Value.Model is { } model && !request.Register)
            return Problem.Conflict(
                $"run {original.Id} registers a version of model {PlainText.Line(model, ShownBecause)} in environment '{original.Environment}', and a reproduction registers another one there, which is not to be promoted; if that may be, say so: --register"
            );
        var earlier = await ReadEarlierAsync(original, cancellationToken);
        // Who asks while one is under way gets that one: the platform is not paid twice (THREATS T133).
        if (earlier.FirstOrDefault(run => !run.IsFinal) is { } pending)
            return pending;
        if ((await WriteAsync(original, request, by, cancellationToken)).Failed(out var unwritten))
            return unwritten;
        var draft = await DraftAsync(original, told.Value, earlier, cancellationToken);
        var context = await contexts.OpenAsync(draft, cancellationToken);
        if (context.Failed(out var unopened))
            return unopened;
        if ((await context.Value.CompareWithPlanAsync(cancellationToken)).Failed(out var other))
            return other;
        return await StoreAsync(original, draft, AskedBy(by, request), cancellationToken);
    }

    /// <summary>Newest first.</summary>
    private async Task<IReadOnlyList<Run>> ReadEarlierAsync(Run original, CancellationToken cancellationToken)
    {
        var filter = new RunFilter(
            original.Repository,
            Commit: original.Commit,
            Workflow: original.Workflow,
            Limit: MostSiblings
        );
        return [.. (await runs.ListAsync(filter, cancellationToken)).Where(run => run.Reproduces == original.Id)];
    }

    private async Task<Run> DraftAsync(
        Run original,
        Reproducible told,
        IReadOnlyList<Run> earlier,
        CancellationToken cancellationToken
    )
    {
        var epoch = await installation.ReadEpochAsync(cancellationToken);
        var ordinal = earlier.Select(run => run.Ordinal + 1).DefaultIfEmpty(0).Max();
        return original.Afresh(epoch, Trigger.Reproduction(original.Id), ordinal, time.GetUtcNow()) with
        {
            Reproduces = original.Id,
            Unpinned = told.Unpinned,
            Delivery = null,
        };
    }

    private async Task<Result<Run>> StoreAsync(
        Run original,
        Run draft,
        string asked,
        CancellationToken cancellationToken
    )
    {
        var repository = await lookup.OpenAsync(draft.Repository, cancellationToken);
        if (repository.Failed(out var unfound))
            return unfound;
        var opened = await approvals.OpenAsync(draft, move: null, repository.Value.Mirror, root: "", cancellationToken);
        if (opened.Failed(out var unopened))
            return unopened;
        var (run, now) = (opened.Value.Run, time.GetUtcNow());
        var stored = await store.ApplyAsync(
            [
                new AddRun(run),
                Tell(run, now, $"reproduces run {original.Id}, {asked}"),
                .. run.Unpinned.Select(line => Tell(run, now, $"not pinned: {line}")),
                .. run.State == RunState.Queued ? [RunWork.Start(run, now)] : Array.Empty<Change>(),
                .. opened.Value.Changes,
            ],
            cancellationToken
        );
        if (stored.Failed(out var problem))
            return problem;
        // Two people who ask at once get one run: the key is the same.
        if (await runs.FindByKeyAsync(run.Key, cancellationToken) is { } kept && kept.Id != run.Id)
            return kept;
        metrics.RunMoved("none", run.State.Word());
        var noted = await store.ApplyAsync(
            [Tell(original, now, $"run {run.Id} reproduces it, {asked}")],
            cancellationToken
        );
        return noted.Failed(out problem) ? problem : run;
    }

    private static AddTimeline Tell(Run run, DateTimeOffset now, string text) =>
        new(run.Id, new TimelineEntry(now, ReproductionEnds.Step, text));

    private static string AskedBy(string by, ReproductionRequest request) =>
        request.Because is { } because
            ? $"asked for by {by}: {PlainText.Line(because, ShownBecause)}"
            : $"asked for by {by}";

    private Task<Result<Done>> WriteAsync(
        Run original,
        ReproductionRequest request,
        string by,
        CancellationToken cancellationToken
    )
    {
        var facts = new JsonObject
        {
            ["asked"] = "reproduce",
            ["ordinal"] = original.Ordinal.ToString(CultureInfo.InvariantCulture),
        };
        if (request.Because is { } because)
            facts["because"] = PlainText.Line(because, ReproductionRequest.MaxBecause);
        var entry = new AuditEntry(AuditTypes.RunAsked, by)
        {
            Links = new Dictionary<string, string>
            {
                ["run"] = original.Id.Text,
                ["repository"] = original.Repository.ToString(),
            },
            Facts = facts,
        };
        return audit.WriteAsync(entry, cancellationToken);
    }
}
