using System.Text.Json.Nodes;
using Bascule.Simulators.Azure.MachineLearning.Workspace;
using Bascule.Simulators.Mlflow;

namespace Bascule.Simulators.Azure.MachineLearning.Jobs;

/// <summary>All jobs of the workspace, and with each the MLflow run that has the job's name for its id (assumed: how Azure ML's plug-in of MLflow behaves).</summary>
internal sealed class JobStore(TrackingStore tracking, TimeProvider time)
{
    private readonly Dictionary<string, Job> _jobs = [];

    /// <summary>Oldest first.</summary>
    public IEnumerable<Job> All => _jobs.Values;

    public Job? Find(string name) => _jobs.GetValueOrDefault(name);

    public Job Add(string name, JsonObject properties)
    {
        var now = time.GetUtcNow();
        var title = (string?)properties["experimentName"] ?? "Default";
        var experiment = tracking.FindByName(title) ?? tracking.Create(title, now.ToUnixTimeMilliseconds(), tags: []);
        var run = new TrackedRun(name, experiment.Id, "azureml")
        {
            Name = (string?)properties["displayName"] ?? name,
            StartTime = now.ToUnixTimeMilliseconds(),
            Status = "SCHEDULED",
            ArtifactUri = $"{experiment.ArtifactLocation}/{name}/artifacts",
        };
        foreach (var (key, value) in properties["tags"] as JsonObject ?? [])
            run.Tags[key] = (string?)value ?? "";
        run.Tags["mlflow.runName"] = run.Name;
        tracking.Add(run);
        return _jobs[name] = new(name, properties, run, new Stamp(now));
    }

    /// <summary>Without a trace, as an administrator can.</summary>
    public void Remove(Job job)
    {
        _jobs.Remove(job.Name);
        tracking.Remove(job.Run);
    }
}
