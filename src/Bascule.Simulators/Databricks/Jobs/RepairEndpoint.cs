using System.Text.Json.Nodes;
using Bascule.Simulators.Databricks.Wire;

namespace Bascule.Simulators.Databricks.Jobs;

/// <summary><c>runs/repair</c>: tasks of a run that has ended are run again as part of the same run, under its id.</summary>
internal sealed class RepairEndpoint(JobStore store, Launcher launcher, TimeProvider time)
{
    private static readonly HashSet<string> Known =
    [
        "run_id",
        "latest_repair_id",
        "rerun_all_failed_tasks",
        "rerun_tasks",
    ];

    private long _lastRepair = 300_000_000_000_000;

    public void Map(Routes routes) => routes.Map("POST /api/2.2/jobs/runs/repair", Repair);

    private ApiReply Repair(ApiRequest request)
    {
        var id = request.Number("run_id")!.Value;
        if (request.Fields.Select(field => field.Key).FirstOrDefault(name => !Known.Contains(name)) is { } unknown)
            return ApiReply.Invalid($"The simulator repairs with a run's own parameters only, not with {unknown}.");
        if (store.FindRun(id) is not { } run)
            return ApiReply.Invalid($"Run {id} does not exist.");
        if (!run.State.IsFinal)
            return ApiReply.InvalidState($"Run {id} is still active; only a run that has ended can be repaired.");
        if (request.Number("latest_repair_id") != run.Repairs.LastOrDefault()?.Id)
            return ApiReply.Invalid(
                "latest_repair_id must be the id of the run's latest repair, and absent for its first."
            );
        var named = request.Texts("rerun_tasks");
        if (named.Count > 0 == request.Flag("rerun_all_failed_tasks"))
            return ApiReply.Invalid("Exactly one of rerun_tasks and rerun_all_failed_tasks must be given.");
        if (named.FirstOrDefault(key => run.Tasks.All(task => task.Key != key)) is { } missing)
            return ApiReply.Invalid($"Run {id} has no task '{missing}'.");
        var chosen = run
            .Tasks.Where(task => named.Count > 0 ? named.Contains(task.Key) : !task.State.IsSuccess)
            .ToList();
        return chosen.Count == 0
            ? ApiReply.InvalidState($"Run {id} has no failed task.")
            : ApiReply.Ok(new JsonObject { ["repair_id"] = Again(run, chosen) });
    }

    private long Again(JobRun run, List<TaskRun> chosen)
    {
        List<TaskRun> tasks =
        [
            .. run.Tasks.Select(task =>
                chosen.Contains(task) ? new TaskRun(store.NextRunId(), task.Spec, task.Attempt + 1) : task
            ),
        ];
        var repair = new Repair(
            ++_lastRepair,
            time.GetUtcNow().ToUnixTimeMilliseconds(),
            [.. tasks.Except(run.Tasks).Select(task => task.RunId)]
        );
        run.Repairs.Add(repair);
        store.Reopen(run, tasks);
        launcher.Launch(run);
        return repair.Id;
    }
}
