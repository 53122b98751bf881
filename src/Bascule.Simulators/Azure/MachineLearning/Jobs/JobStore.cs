using System.Text.Json.Nodes;
using Bascule.Simulators.Azure.MachineLearning.Workspace;
using Bascule.Simulators.Mlflow;

namespace Bascule.Simulators.Azure.MachineLearning.Jobs;

/// <summary>
/// All jobs of the workspace, and with each the MLflow run that has the job's name for its id (assumed: how Azure ML's plug-in of MLflow behaves). The run has the
/// job's tags, and those of its properties that MLflow knows as tags (assumed).
/// </summary>
internal sealed class JobStore(TrackingStore tracking, TimeProvider time)
{
    private const string MlflowStart = "mlflow.";
    private readonly Dictionary<string, Job> _jobs = [];
    private readonly Dictionary<string, Job> _steps = [];

    /// <summary>Oldest first, without the steps of pipelines.</summary>
    public IEnumerable<Job> All => _jobs.Values;

    /// <summary>A job, or a step of one.</summary>
    public Job? Find(string name) => _jobs.GetValueOrDefault(name) ?? _steps.GetValueOrDefault(name);

    /// <summary>With its steps, each a job of its own (assumed: how they are named, and that the MLflow run of each has the step's name and names the pipeline's as its parent).</summary>
    public Job Add(string name, JsonObject properties)
    {
        var job = _jobs[name] = Make(name, properties);
        foreach (var (step, node) in properties["jobs"] as JsonObject ?? [])
            job.Children[step] = AddStep(job, step, node?["tags"]?.DeepClone());
        return job;
    }

    public Job AddStep(Job parent, string step, JsonNode? tags)
    {
        var own = new JsonObject
        {
            ["jobType"] = "Command",
            ["displayName"] = step,
            ["experimentName"] = (string?)parent.Properties["experimentName"],
            ["tags"] = tags,
        };
        var child = Make(Guid.NewGuid().ToString(), own);
        child.Run.Tags["mlflow.parentRunId"] = parent.Name;
        child.Run.Tags["mlflow.rootRunId"] = parent.Name;
        return _steps[child.Name] = child;
    }

    private Job Make(string name, JsonObject properties)
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
        foreach (var (key, value) in properties["properties"] as JsonObject ?? [])
            if (key.StartsWith(MlflowStart, StringComparison.Ordinal))
                run.Tags[key] = (string?)value ?? "";
        run.Tags["mlflow.runName"] = run.Name;
        tracking.Add(run);
        return new(name, properties, run, new Stamp(now));
    }

    /// <summary>Without a trace, as an administrator can.</summary>
    public void Remove(Job job)
    {
        foreach (var child in job.Children.Values)
        {
            _steps.Remove(child.Name);
            tracking.Remove(child.Run);
        }
        _jobs.Remove(job.Name);
        tracking.Remove(job.Run);
    }
}
