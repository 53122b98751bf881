using System.Globalization;
using Bascule.Simulators.Databricks.Wire;
using Bascule.Simulators.Mlflow;

namespace Bascule.Simulators.Databricks.Jobs;

/// <summary>
/// Inside a Databricks job MLflow's own client sets these two tags. The simulator sets them for a job's token, because a script that speaks REST has no such client.
/// The run id is the task's, as in the notebook context that MLflow reads.
/// </summary>
internal sealed class JobTags(bool tagsParentRun)
{
    public void Set(TrackedRun run, ApiRequest request)
    {
        if (request.Caller.Job is not { } job)
            return;
        run.Tags["mlflow.databricks.jobID"] = job.JobId.ToString(CultureInfo.InvariantCulture);
        run.Tags["mlflow.databricks.jobRunID"] = (tagsParentRun ? job.JobRunId : job.TaskRunId).ToString(
            CultureInfo.InvariantCulture
        );
    }
}
