using System.Text.Json.Nodes;
using Bascule.Core.Audit;
using Bascule.Core.Lineage;
using Bascule.Core.Platforms;
using Bascule.Core.Work;
using Bascule.Server.Audit;
using Bascule.Server.Configuration;
using Bascule.Server.Connections;
using Bascule.Server.Identity;
using Microsoft.Extensions.Logging;

namespace Bascule.Server.Lineage;

/// <summary>
/// Looks, once an hour and with few calls, for runs on a platform that Bascule did not start and that name a commit. What it finds is noted as observed;
/// nothing is decided by it (THREATS T134).
/// </summary>
internal sealed partial class ForeignRunsHandler(
    EnvironmentConnections environments,
    RunIdentities identities,
    ForeignLinks links,
    ILineageStore lineage,
    RetentionSettings retention,
    AuditTrail audit,
    TimeProvider time,
    ILogger<ForeignRunsHandler> log
) : IWorkHandler
{
    public const string ForeignKind = "lineage.foreign";

    /// <summary>Of Databricks' 120 MLflow calls a second this is nothing, once an hour.</summary>
    internal const int Budget = 120;

    internal static readonly TimeSpan Pause = TimeSpan.FromHours(1);
    private const int MostKnown = 5000;
    private const int ForgottenAtOnce = 500;

    public string Kind => ForeignKind;

    /// <summary>The one row of an environment, which repeats itself for ever; asked for at every start.</summary>
    public static Change RowOf(EnvironmentConnection environment, DateTimeOffset due) =>
        new AddWork(new NewWork($"foreign:{environment.Uid}", ForeignKind, environment.Name, due, Once: true));

    public async Task<WorkResult> HandleAsync(WorkItem item, CancellationToken cancellationToken)
    {
        if (
            environments.Find(item.Subject) is not { Platform: IObservesForeignRuns role } environment
            || !role.Observes(environment.Settings)
        )
            return WorkResult.Finished(); // a start with other settings adds the row again
        var look = new ForeignLook(
            environment.Name,
            environment.Settings,
            identities.For(environment),
            Budget,
            KnownAsync
        )
        {
            Since = time.GetUtcNow() - retention.Runs,
        };
        var read = await role.ReadForeignRunsAsync(look, cancellationToken);
        if (read.Failed(out var problem))
        {
            // Nothing waits for it: it is tried again at its time, and never set aside.
            Log.NotRead(log, environment.Name, problem.Message);
            return WorkResult.Again(Pause);
        }
        foreach (var warning in read.Value.Warnings)
            Log.Warned(log, environment.Name, warning);
        var found = await links.FindAsync(environment, read.Value.Runs, cancellationToken);
        Log.Looked(log, environment.Name, read.Value.Runs.Count, found.Observed.Count);
        return WorkResult.Again(
            Pause,
            [
                .. found.Observed.Select(run => new NoteObservedRun(run)),
                .. await FlagAsync(environment, found.Unfounded, cancellationToken),
                new ForgetObservedRuns(time.GetUtcNow() - retention.Runs, ForgottenAtOnce),
            ]
        );
    }

    /// <summary>Each is told once; one that claims another commit than before is told again.</summary>
    private async Task<IReadOnlyList<Change>> FlagAsync(
        EnvironmentConnection environment,
        IReadOnlyList<UnfoundedRun> unfounded,
        CancellationToken cancellationToken
    )
    {
        var told = await lineage.FindUnfoundedAsync(
            environment.Name,
            [.. unfounded.Select(run => run.Id)],
            cancellationToken
        );
        var changes = new List<Change>();
        foreach (var run in unfounded)
        {
            changes.Add(new NoteUnfoundedRun(run));
            if (told.Any(one => one.Id == run.Id && one.Commit == run.Commit))
                continue;
            changes.Add(audit.Record(Entry(environment, run)));
            Log.Unfounded(log, environment.Name, run.Id, run.Commit, run.Tag);
        }
        return changes;
    }

    private static AuditEntry Entry(EnvironmentConnection environment, UnfoundedRun run) =>
        new(AuditTypes.RunUnfounded, "bascule")
        {
            Facts = new JsonObject
            {
                ["environment"] = run.Environment,
                ["platform"] = environment.Platform.Name,
                ["platform_run"] = run.Id,
                ["commit"] = run.Commit.ToString(),
                ["tag"] = run.Tag,
            },
        };

    private async Task<IReadOnlySet<string>> KnownAsync(string model, CancellationToken cancellationToken)
    {
        var found = await lineage.FindVersionsAsync(
            new ModelReference(model, null),
            within: null,
            MostKnown,
            cancellationToken
        );
        return found.Select(version => version.Version).ToHashSet();
    }

    private static partial class Log
    {
        [LoggerMessage(
            1,
            LogLevel.Information,
            "Environment {Environment}: {Found} runs name a commit, {Linked} a known one"
        )]
        public static partial void Looked(ILogger log, string environment, int found, int linked);

        [LoggerMessage(2, LogLevel.Warning, "Environment {Environment}: foreign runs could not be read: {Reason}")]
        public static partial void NotRead(ILogger log, string environment, string reason);

        [LoggerMessage(3, LogLevel.Warning, "Environment {Environment}: while looking for foreign runs: {Reason}")]
        public static partial void Warned(ILogger log, string environment, string reason);

        [LoggerMessage(
            4,
            LogLevel.Warning,
            "Environment {Environment}: run {Run} claims commit {Commit} by {Tag}, and no repository of the environment has it"
        )]
        public static partial void Unfounded(
            ILogger log,
            string environment,
            string run,
            Core.Forges.CommitId commit,
            string tag
        );
    }
}
