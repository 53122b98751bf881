namespace Bascule.Simulators.Airflow.Runs;

/// <summary>What a task's first try wrote.</summary>
internal static class TaskLog
{
    public static IEnumerable<string> Lines(DagRun run, TaskView task)
    {
        yield return $"Airflow simulator: task {task.Id} of {run.Dag.Id}, run {run.Id}";
        yield return $"commit {run.Commit}";
        if (task.State == "failed")
            yield return $"Task failed with exception: simulated failure of {task.Id}";
        else if (task.State == "success")
            yield return "Done. Returned value was: None";
    }
}
