using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Bascule.Connectors.Outbound;
using Bascule.Core;
using Bascule.Core.Platforms;

namespace Bascule.Connectors.Platforms.Airflow;

/// <summary>
/// How far a deployment has come, found out anew at each look from what the run's row says: first Airflow must have the version, then the DAG run that the
/// workflow asks for is started and watched. A crash in between changes nothing, since the id of that run is Bascule's own.
/// </summary>
internal sealed class AirflowProgress(AirflowOptions options, AirflowClient client, TimeProvider time)
{
    /// <summary>What the platform's id of such a run begins with; behind it stands when the ref moved, in Unix milliseconds.</summary>
    public const string IdStart = "deploy-";

    private const int MostErrors = 5;
    private const int MostTasks = 200;

    /// <summary>One look.</summary>
    public async Task<Result<Observation>> LookAsync(StartedRun run, CancellationToken cancellationToken)
    {
        var plan = AirflowPlan.Read(run.Run.Plan);
        if (plan.Failed(out var problem))
            return problem;
        var session = new AirflowSession(run.Identity, run.Audit);
        if (run.Run.PlatformPage is null)
        {
            var waiting = await WaitAsync(session, run, plan.Value, cancellationToken);
            if (waiting.Failed(out problem))
                return problem;
            if (waiting.Value is { } seen)
                return seen;
        }
        return ((AirflowTask)run.Task).Run is { } dag
            ? await WatchAsync(session, run, dag, cancellationToken)
            : new Observation(PlatformRunState.Succeeded, "Airflow has read the version", null, null);
    }

    /// <summary>Null once Airflow has the version.</summary>
    private async Task<Result<Observation?>> WaitAsync(
        AirflowSession session,
        StartedRun run,
        AirflowPlan plan,
        CancellationToken cancellationToken
    )
    {
        var moved = MovedAt(run);
        var environment = (AirflowEnvironment)run.Environment;
        var clock = await client.Versions.ClockAsync(session, cancellationToken);
        if (clock.Failed(out var problem))
            return problem;
        var now = time.GetUtcNow();
        // What Airflow says of times is by its own clock; its answers tell whole seconds.
        var movedThere = moved + (clock.Value - now) - TimeSpan.FromSeconds(1);
        var awaited = new AwaitedVersion(run.Run.Commit, movedThere, plan.Dags, plan.Files.ToHashSet());
        var look = await client.Versions.LookAsync(session, awaited, cancellationToken);
        if (look.Failed(out problem))
            return problem;
        var errors = look.Value.Errors;
        if (errors.Count > 0 && now - moved >= environment.ErrorStands)
            return new Observation(PlatformRunState.Failed, Describe(errors), Traces(errors), null);
        if (look.Value.IsSeen && errors.Count == 0)
            return run.Run.CancelRequested
                ? new Observation(PlatformRunState.Canceled, "canceled after Airflow had read the version", null, null)
                : Result.Of<Observation?>(null);
        if (run.Run.CancelRequested)
            return new Observation(PlatformRunState.Canceled, "canceled; the deploy ref stays where it is", null, null);
        return now - moved >= environment.Patience
            ? new Observation(PlatformRunState.Failed, Late(environment.Patience, look.Value), null, null)
            : new Observation(PlatformRunState.Waiting, null, null, null);
    }

    private async Task<Result<Observation>> WatchAsync(
        AirflowSession session,
        StartedRun run,
        string dag,
        CancellationToken cancellationToken
    )
    {
        var (id, conf) = (run.Run.Key.Hex, Conf(run));
        var found = await client.Runs.FindAsync(session, dag, id, conf, cancellationToken);
        if (found.Failed(out var problem) && problem.Code == ProblemCode.NotFound)
        {
            if (run.Run.PlatformPage is not null)
                return Problem.NotFound(
                    $"{options.Subject}: run {id} of {dag} is not there any more; somebody deleted it. `bascule run retry {run.Run.Id}` starts it anew"
                );
            found = await client.Runs.StartAsync(session, dag, id, run.Run.Commit, conf, cancellationToken);
        }
        if (found.Failed(out problem))
            return problem;
        var page = AirflowPages.OfRun(options, dag, id);
        if (!found.Value.IsTerminal)
            return new Observation(PlatformRunState.Running, null, null, page);
        return await EndAsync(session, run, found.Value, page, cancellationToken);
    }

    private async Task<Result<Observation>> EndAsync(
        AirflowSession session,
        StartedRun run,
        AirflowRun ended,
        Uri page,
        CancellationToken cancellationToken
    )
    {
        var read = await client.Runs.TasksAsync(session, ended.DagId, ended.RunId, cancellationToken);
        if (read.Failed(out var problem))
            return problem;
        var failed = read.Value.Where(task => task.State == "failed").ToList();
        var log = new StringBuilder();
        foreach (var task in read.Value.Take(MostTasks))
            log.Append(CultureInfo.InvariantCulture, $"{NameOf(task)}: {task.State ?? "not begun"}\n");
        if (read.Value.Count > MostTasks)
            log.Append(CultureInfo.InvariantCulture, $"and {read.Value.Count - MostTasks} more tasks\n");
        if (failed.LastOrDefault() is { } last)
        {
            var tail = await client.Logs.TailAsync(session, ended, last, cancellationToken);
            log.Append(CultureInfo.InvariantCulture, $"\n{NameOf(last)}:\n{tail.Problem?.Message ?? tail.Value}\n");
        }
        var state =
            ended.State == PlatformRunState.Failed && run.Run.CancelRequested ? PlatformRunState.Canceled : ended.State;
        return new Observation(state, failed.Count == 0 ? null : Failed(failed), log.ToString(), page);
    }

    private static JsonObject Conf(StartedRun run) =>
        ((AirflowTask)run.Task).ConfOf(run.Run.Commit.ToString(), run.Mark);

    private static DateTimeOffset MovedAt(StartedRun run) =>
        DateTimeOffset.FromUnixTimeMilliseconds(
            long.Parse(run.PlatformRunId[IdStart.Length..], NumberStyles.None, CultureInfo.InvariantCulture)
        );

    private static string NameOf(AirflowTaskRun task) =>
        task.MapIndex is { } part
            ? string.Create(CultureInfo.InvariantCulture, $"task {StatusProblem.Clean(task.Id)}[{part}]")
            : $"task {StatusProblem.Clean(task.Id)}";

    private static string Failed(List<AirflowTaskRun> failed) =>
        failed.Count == 1
            ? $"{NameOf(failed[0])} failed"
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{failed.Count} tasks failed, {NameOf(failed[^1])} among them"
            );

    private static string Describe(IReadOnlyList<DagImportError> errors)
    {
        var files = string.Join(
            "; ",
            errors.Take(MostErrors).Select(error => $"{error.Path}: {LastLine(error.Trace)}")
        );
        return string.Create(
            CultureInfo.InvariantCulture,
            $"Airflow cannot import {errors.Count} of the files: {files}. The deploy ref stays where it is; `bascule rollback` goes back"
        );
    }

    /// <summary>Python says at the end what is wrong.</summary>
    private static string LastLine(string trace) => StatusProblem.Clean(trace.TrimEnd().Split('\n')[^1]);

    private static string Traces(IEnumerable<DagImportError> errors) =>
        string.Join('\n', errors.Select(error => $"{error.Path}:\n{error.Trace}"));

    private static string Late(TimeSpan patience, VersionLook look)
    {
        var unseen = string.Join("; ", look.Unseen.Take(MostErrors).Select(one => $"DAG {one.Dag.Id}: {one.Why}"));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"Airflow has not read the version within {patience.TotalMinutes:0} minutes: {unseen}. Does its bundle follow the deploy ref? The ref stays where it is"
        );
    }
}
