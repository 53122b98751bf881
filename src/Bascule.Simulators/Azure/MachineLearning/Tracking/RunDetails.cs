using System.Text.Json.Nodes;
using Bascule.Simulators.Azure.MachineLearning.Jobs;
using Bascule.Simulators.Azure.MachineLearning.Storage;
using Bascule.Simulators.Azure.MachineLearning.Workspace;
using Bascule.Simulators.Azure.Resources;

namespace Bascule.Simulators.Azure.MachineLearning.Tracking;

/// <summary>
/// <c>runs/{id}/details</c> of the run history: where the logs of a job are read. No description of it is published with those of the workspace; path and fields are
/// those that the client inside Microsoft's Python SDK azure-ai-ml was generated with. Assumed: that the region's endpoint serves it, and what each field holds.
/// </summary>
internal sealed class RunDetails(
    JobStore jobs,
    BlobStore blobs,
    SharedAccess access,
    AmlPlace place,
    Func<Func<ArmReply>, ArmReply> locked
)
{
    private const string Container = "azureml";

    public ArmReply Answer(string path) =>
        path.Split('/') is ["", "runs", var name, "details"]
            ? locked(() => jobs.Find(name) is { } job ? Show(job) : AmlReply.NotFound($"Run {name}"))
            : ArmReply.Unknown($"'{path}' of the run history");

    private ArmReply Show(Job job)
    {
        var body = new JsonObject
        {
            ["runId"] = job.Name,
            ["status"] = job.Status,
            ["startTimeUtc"] = Stamp.Text(job.Stamp.CreatedAt),
            ["logFiles"] = new JsonObject(
                job.Logs.Select(log => KeyValuePair.Create(log.Key, (JsonNode?)Publish(job, log.Key, log.Value)))
            ),
        };
        if (job.IsOver)
            body["endTimeUtc"] = Stamp.Text(job.Stamp.ModifiedAt);
        return new(200, body);
    }

    /// <summary>The address of a log, good for reading it alone.</summary>
    private string Publish(Job job, string path, string text)
    {
        var (name, file) = ($"ExperimentRun/dcid.{job.Name}/{path}", blobs.NewFile());
        File.WriteAllText(file, text);
        blobs.Locked(() =>
        {
            blobs.Put(Container, name, file);
            return true;
        });
        return $"{place.Blobs.AbsoluteUri}{Container}/{name}?{access.ForBlob(Container, name, SharedAccess.Read)}";
    }
}
