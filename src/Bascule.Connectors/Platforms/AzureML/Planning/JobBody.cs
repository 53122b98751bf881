using System.Text.Json.Nodes;
using Bascule.Connectors.Platforms.AzureML.Jobs;
using Bascule.Connectors.Platforms.AzureML.Service;
using Bascule.Core.Platforms;

namespace Bascule.Connectors.Platforms.AzureML.Planning;

/// <summary>A job as the workspace is told it (`mfe.json` 2024-04-01, JobBase), with placeholders.</summary>
internal static class JobBody
{
    /// <summary>Carries the run's mark.</summary>
    public const string RunTag = "bascule.run";

    /// <summary>What is replaced beside the placeholders that workflows may write.</summary>
    public const string Branch = "branch";

    public const string RepositoryUrl = "repository_url";

    private static readonly IReadOnlyList<(string[] Names, string Value)> GitProperties =
    [
        (["azureml.git.repository_uri", "mlflow.source.git.repoURL"], RepositoryUrl),
        (["azureml.git.branch", "mlflow.source.git.branch"], Branch),
        (["azureml.git.commit", "mlflow.source.git.commit"], "commit"),
    ];

    /// <summary>What jobs of every type have.</summary>
    /// <param name="type">As Azure calls it.</param>
    public static JsonObject Of(AzureMlOptions options, PlanRequest request, JobDescription job, string type)
    {
        var body = new JsonObject
        {
            ["displayName"] = $"{request.Workflow} {{{{commit}}}}",
            ["experimentName"] = job.Experiment ?? request.Workflow,
            ["jobType"] = type,
            ["properties"] = Properties(),
            ["tags"] = Tags(request, job),
        };
        body.AddMember("description", job.Description);
        body.AddMember("identity", Identity((AzureMlEnvironment?)request.Environment));
        body.AddMember("inputs", BodyParts.Map(job.Inputs, input => BodyParts.Input(options, input)));
        body.AddMember("outputs", BodyParts.Map(job.Outputs, BodyParts.Output));
        return body;
    }

    /// <summary>
    /// Where the studio looks for the commit: properties as Microsoft's own tools write them
    /// (https://learn.microsoft.com/azure/machine-learning/concept-train-model-git-integration).
    /// </summary>
    private static JsonObject Properties()
    {
        var json = new JsonObject { ["azureml.git.dirty"] = "False" };
        foreach (var (names, value) in GitProperties)
        foreach (var name in names)
            json[name] = $"{{{{{value}}}}}";
        return json;
    }

    private static JsonObject Tags(PlanRequest request, JobDescription job)
    {
        var tags = BodyParts.Texts(job.Tags) ?? [];
        tags["bascule.commit"] = "{{commit}}";
        tags["bascule.repository"] = request.RepositoryName;
        tags[RunTag] = "{{run}}";
        tags["bascule.workflow"] = request.Workflow;
        return tags;
    }

    private static JsonObject? Identity(AzureMlEnvironment? environment) =>
        environment?.Identity is { } type ? new JsonObject { ["identityType"] = type } : null;
}
