using System.Text.Json.Nodes;
using System.Xml;
using Bascule.Connectors.Platforms.AzureML.Jobs;
using Bascule.Connectors.Platforms.AzureML.Service;
using Bascule.Core.Platforms;

namespace Bascule.Connectors.Platforms.AzureML.Planning;

/// <summary>A job as the workspace is told it (`mfe.json` 2024-04-01, CommandJob), with placeholders.</summary>
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

    /// <param name="codeId">Of the version that is sent.</param>
    /// <param name="compute">Null for serverless.</param>
    public static JsonObject Of(
        AzureMlOptions options,
        PlanRequest request,
        CommandJob job,
        string codeId,
        string? compute
    )
    {
        var body = new JsonObject
        {
            ["codeId"] = codeId,
            ["command"] = job.Command,
            ["displayName"] = $"{request.Workflow} {{{{commit}}}}",
            ["environmentId"] = job.Environment.AddressIn(options.WorkspaceId, "environments"),
            ["experimentName"] = job.Experiment ?? request.Workflow,
            ["jobType"] = "Command",
            ["properties"] = Properties(),
            ["tags"] = Tags(request, job),
        };
        Add(body, "computeId", compute is null ? null : $"{options.WorkspaceId}/computes/{compute}");
        Add(body, "description", job.Description);
        Add(body, "identity", Identity((AzureMlEnvironment?)request.Environment));
        Add(body, "environmentVariables", Texts(job.Variables));
        Add(body, "inputs", Map(job.Inputs, input => Input(options, input)));
        Add(body, "outputs", Map(job.Outputs, Output));
        Add(body, "resources", Resources(job.Resources));
        Add(body, "distribution", Distribution(job.Distribution));
        if (job.Timeout is { } timeout)
            body["limits"] = new JsonObject
            {
                ["jobLimitsType"] = "Command",
                ["timeout"] = XmlConvert.ToString(timeout),
            };
        return new JsonObject { ["properties"] = body };
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

    private static JsonObject Tags(PlanRequest request, CommandJob job)
    {
        var tags = Texts(job.Tags) ?? [];
        tags["bascule.commit"] = "{{commit}}";
        tags["bascule.repository"] = request.RepositoryName;
        tags[RunTag] = "{{run}}";
        tags["bascule.workflow"] = request.Workflow;
        return tags;
    }

    private static JsonObject Input(AzureMlOptions options, JobInput input)
    {
        var json = new JsonObject { ["jobInputType"] = input.Type };
        Add(json, "value", input.Value);
        Add(json, "uri", input.Asset?.AddressIn(options.WorkspaceId, input.Collection));
        Add(json, "mode", input.Mode);
        return json;
    }

    private static JsonObject Output(JobOutput output)
    {
        var json = new JsonObject { ["jobOutputType"] = output.Type };
        Add(json, "mode", output.Mode);
        Add(json, "uri", output.Path);
        return json;
    }

    private static JsonObject? Resources(JobResources? resources)
    {
        if (resources is null)
            return null;
        var json = new JsonObject();
        Add(json, "instanceType", resources.InstanceType);
        Add(json, "shmSize", resources.SharedMemory);
        if (resources.InstanceCount is { } count)
            json["instanceCount"] = count;
        return json;
    }

    private static JsonObject? Distribution(JobDistribution? distribution)
    {
        if (distribution is null)
            return null;
        var json = new JsonObject { ["distributionType"] = distribution.Type };
        foreach (var (name, count) in distribution.Counts)
            json[name] = count;
        return json;
    }

    private static JsonObject? Identity(AzureMlEnvironment? environment) =>
        environment?.Identity is { } type ? new JsonObject { ["identityType"] = type } : null;

    private static JsonObject? Texts(IReadOnlyDictionary<string, string> texts) =>
        texts.Count == 0
            ? null
            : new JsonObject(texts.Select(text => new KeyValuePair<string, JsonNode?>(text.Key, text.Value)));

    private static JsonObject? Map<T>(IReadOnlyDictionary<string, T> items, Func<T, JsonObject> json) =>
        items.Count == 0
            ? null
            : new JsonObject(items.Select(item => new KeyValuePair<string, JsonNode?>(item.Key, json(item.Value))));

    private static void Add(JsonObject json, string name, JsonNode? value)
    {
        if (value is not null)
            json[name] = value;
    }
}
