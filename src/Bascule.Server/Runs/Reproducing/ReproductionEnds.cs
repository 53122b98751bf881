using Bascule.Core.Platforms;
using Bascule.Core.Runs;
using Bascule.Core.Work;

namespace Bascule.Server.Runs.Reproducing;

/// <summary>What is said when a reproduction has ended at its platform: whether it came out as its original did.</summary>
internal sealed class ReproductionEnds(IRunStore runs)
{
    public const string Step = "reproduce";

    /// <summary>The run with its <see cref="Run.Differences"/>; as it is when it is no reproduction.</summary>
    /// <param name="state">In which it ended.</param>
    /// <param name="rules">Of metrics, by name.</param>
    public async Task<Run> CompareAsync(
        Run run,
        RunState state,
        RunResults results,
        IReadOnlyDictionary<string, MetricRule> rules,
        CancellationToken cancellationToken
    )
    {
        if (run.Reproduces is not { } id)
            return run;
        // Retention may have taken the original away meanwhile.
        if (await runs.FindAsync(id, cancellationToken) is not { } original)
            return run with { Differences = [$"run {id} is in no record any more, so nothing could be compared"] };
        var then = new RunOutcome(
            original.State,
            await runs.ReadMetricsAsync(id, cancellationToken),
            await runs.ReadModelsAsync(id, cancellationToken)
        );
        var now = new RunOutcome(state, results.Metrics, results.Models);
        return run with { Differences = ReproducedOutcome.Compare(then, now, rules) };
    }

    /// <summary>In the timelines of both runs; nothing for a run that was not compared.</summary>
    public static IReadOnlyList<Change> Tell(Run run, DateTimeOffset now) =>
        run.Reproduces is { } original && ReproducedOutcome.Words(run) is { } words
            ?
            [
                new AddTimeline(run.Id, new TimelineEntry(now, Step, $"run {original}: {words}")),
                new AddTimeline(original, new TimelineEntry(now, Step, $"run {run.Id}: {words}")),
            ]
            : [];
}
