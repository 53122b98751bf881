using System.Text.Json.Nodes;
using Bascule.Simulators.Azure.MachineLearning.Assets;
using Bascule.Simulators.Azure.MachineLearning.Jobs;
using Bascule.Simulators.Azure.MachineLearning.Tracking;
using Bascule.Simulators.Azure.Resources;

namespace Bascule.Simulators.Azure.MachineLearning;

/// <summary>What a test may do to jobs, between two requests.</summary>
internal sealed class AmlJobHand(ArmServer server, JobStore jobs, AssetStore assets, TimeProvider time)
{
    public DateTimeOffset Now => time.GetUtcNow();

    public T Locked<T>(Func<T> act) => server.Locked(act);

    public void Do(Action act) =>
        Locked(() =>
        {
            act();
            return true;
        });

    public string Register(Job job, string name, string? version) =>
        Locked(() =>
        {
            var next = version ?? ModelEndpoints.Next(assets.Ensure(AssetKind.Models, name));
            var properties = new JsonObject
            {
                ["modelUri"] = $"azureml://jobs/{job.Name}/outputs/artifacts/paths/model/",
                ["modelType"] = "mlflow_model",
                ["jobName"] = job.Name,
            };
            return assets.Write(AssetKind.Models, name, next, properties).Version;
        });

    public Job Forge(Job parent, string step) => Locked(() => jobs.AddStep(parent, step, tags: null));

    public void Delete(Job job) => Do(() => jobs.Remove(job));
}
