using Bascule.Core.Drift;
using Bascule.Core.Runs;
using Bascule.Core.Work;
using Bascule.Server.Audit;
using Bascule.Server.Connections;
using Microsoft.Extensions.Logging;

namespace Bascule.Server.Drift;

/// <summary>
/// Looks once a minute whether something of an environment is to be compared: what was deployed since the last look, and what was compared longer ago than the
/// settings say. Only says what it finds; nothing is put right by it.
/// </summary>
internal sealed partial class DriftHandler(
    EnvironmentConnections environments,
    ComparedRuns compared,
    IDriftStore standings,
    DriftComparing comparing,
    AuditTrail audit,
    TimeProvider time,
    ILogger<DriftHandler> log
) : IWorkHandler
{
    public const string DriftKind = "drift";

    /// <summary>A look at the database alone, as a rule.</summary>
    internal static readonly TimeSpan Tick = TimeSpan.FromMinutes(1);

    /// <summary>After a look that could not compare, where the settings do not say less.</summary>
    internal static readonly TimeSpan Again = TimeSpan.FromMinutes(5);

    /// <summary>Of one tick: each is some tens of calls. The others have their turn in the next one.</summary>
    private const int MostLooks = 10;

    public string Kind => DriftKind;

    /// <summary>The one row of an environment, which repeats itself for ever; asked for at every start.</summary>
    public static Change RowOf(EnvironmentConnection environment, DateTimeOffset due) =>
        new AddWork(new NewWork($"drift:{environment.Uid}", DriftKind, environment.Name, due, Once: true));

    public async Task<WorkResult> HandleAsync(WorkItem item, CancellationToken cancellationToken)
    {
        var known = await standings.ListAsync(item.Subject, cancellationToken);
        if (
            environments.Find(item.Subject) is not { Rule.DriftEvery: { } every } environment
            || !ComparedRuns.Compares(environment)
        )
            return WorkResult.Finished([.. known.Select(one => new ForgetDrift(one.Place))]); // a start with other settings adds the row again
        var now = time.GetUtcNow();
        return WorkResult.Again(
            Tick,
            await LookAsync(environment, known, (run, former) => IsDue(run, former, every, now), cancellationToken)
        );
    }

    /// <summary>What came of comparing the places that are due, the longest not looked at first.</summary>
    internal async Task<IReadOnlyList<Change>> LookAsync(
        EnvironmentConnection environment,
        IReadOnlyList<DriftStanding> known,
        Func<Run, DriftStanding?, bool> isDue,
        CancellationToken cancellationToken
    )
    {
        var deployed = await compared.ListAsync(
            [new RunReach(Repositories: null, [environment.Name])],
            cancellationToken
        );
        var formers = known.ToDictionary(one => one.Place);
        var places = deployed.ToDictionary(PlaceOf);
        var due = places
            .Select(place => (Run: place.Value, Former: formers.GetValueOrDefault(place.Key)))
            .Where(place => isDue(place.Run, place.Former))
            .OrderBy(place => place.Former?.LookedAt)
            .Take(MostLooks);
        List<Change> changes = [.. formers.Keys.Where(place => !places.ContainsKey(place)).Select(Forget)];
        foreach (var (run, former) in due)
            if (await comparing.LookAsync(run, former, cancellationToken) is { } found)
                changes.AddRange(Told(run, former, found));
        return changes;
    }

    /// <summary>What was deployed since is looked at at once: a deployment ends most drift.</summary>
    internal static bool IsDue(Run run, DriftStanding? former, TimeSpan every, DateTimeOffset now)
    {
        if (former is null || former.Run != run.Id)
            return true;
        var wait = former.Problem is null || every < Again ? every : Again;
        return now - former.LookedAt >= wait;
    }

    /// <summary>An alias of a model is a place of its own: several may be of one workflow.</summary>
    internal static DriftPlace PlaceOf(Run run) => new(run.Repository, NameOf(run), run.Environment!);

    /// <summary>What is compared there: a workflow, or an alias of a model.</summary>
    internal static string NameOf(Run run) =>
        run.Promotes is { } order ? $"{order.Alias} of {order.Model}" : run.Workflow;

    /// <summary>The entry goes with what it tells of: the same is told once.</summary>
    private IEnumerable<Change> Told(Run run, DriftStanding? former, DriftStanding found)
    {
        yield return new SaveDrift(found);
        if (found.Problem is { } problem)
        {
            if (problem != former?.Problem)
                Log.NotCompared(log, run.Environment!, run.RepositoryName, NameOf(run), problem);
            yield break;
        }
        if (found.Total > 0 && !DriftEntries.IsSame(former, found))
        {
            Log.Found(log, run.Environment!, found.Total, run.RepositoryName, run.Commit.Short);
            yield return audit.Record(DriftEntries.Found(run, found));
        }
        else if (found.Total == 0 && former is { Total: > 0 })
        {
            Log.Ended(log, run.Environment!, run.RepositoryName, run.Commit.Short);
            yield return audit.Record(DriftEntries.Ended(run, former));
        }
    }

    private static Change Forget(DriftPlace place) => new ForgetDrift(place);

    private static partial class Log
    {
        [LoggerMessage(
            1,
            LogLevel.Warning,
            "Environment {Environment}: {Count} resources are not as {Repository} deployed them at {Commit}; `bascule drift` names them"
        )]
        public static partial void Found(ILogger log, string environment, int count, string repository, string commit);

        [LoggerMessage(
            2,
            LogLevel.Information,
            "Environment {Environment}: everything is as {Repository} deployed it at {Commit} again"
        )]
        public static partial void Ended(ILogger log, string environment, string repository, string commit);

        [LoggerMessage(
            3,
            LogLevel.Warning,
            "Environment {Environment}: what {Repository} ({Workflow}) deployed could not be compared: {Reason}"
        )]
        public static partial void NotCompared(
            ILogger log,
            string environment,
            string repository,
            string workflow,
            string reason
        );
    }
}
