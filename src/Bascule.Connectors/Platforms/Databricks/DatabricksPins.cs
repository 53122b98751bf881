using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Bascule.Core;
using Bascule.Core.Platforms;

namespace Bascule.Connectors.Platforms.Databricks;

/// <summary>What a plan leaves to the workspace, so that it may be another thing the next time.</summary>
internal static partial class DatabricksPins
{
    private const string Data = "what the code reads: tables and files are as they are now";

    public static Result<PlanPins> Read(string plan)
    {
        try
        {
            var read = JsonNode.Parse(plan) as JsonObject;
            if (read?["bundle"] is JsonObject)
                return Problem.Conflict(
                    "the run deployed a bundle, and a deployment is not done over to look at it; to bring it back: bascule run retry"
                );
            return read is { } json && json["call"] is JsonObject call && call["body"] is JsonObject body
                ? new PlanPins([.. Unpinned(body)], Text(json["model"]))
                : Problem.Invalid("the run's plan is none for Databricks, so nobody can tell what it leaves open");
        }
        catch (JsonException)
        {
            return Problem.Invalid("the run's plan cannot be read, so nobody can tell what it leaves open");
        }
    }

    private static IEnumerable<string> Unpinned(JsonObject body)
    {
        if (body["job_id"] is { } job)
        {
            yield return $"job {Text(job) ?? job.ToJsonString()} is the workspace's own: its code, cluster and libraries are as they are now";
            yield return Data;
            yield break;
        }
        var task = (body["tasks"] as JsonArray)?.FirstOrDefault() as JsonObject ?? [];
        foreach (var line in Compute(body, task).Concat(Packages(body, task)))
            yield return line;
        yield return Data;
    }

    private static IEnumerable<string> Compute(JsonObject body, JsonObject task)
    {
        if (Text(task["existing_cluster_id"]) is { } cluster)
            yield return $"cluster {cluster}: its runtime, size and libraries are as they are now";
        else if (task["new_cluster"] is JsonObject made)
        {
            yield return $"cluster policy {Text(made["policy_id"])}: what it sets is as it is now";
            if (Text(made["spark_version"]) is not { } version)
                yield return "the runtime of the job cluster: the environment names no spark_version";
            else if (version.StartsWith("auto:", StringComparison.Ordinal))
                yield return $"the runtime of the job cluster: spark_version {version} is whichever is newest";
        }
        else if (Serverless(body) is { } spec)
            yield return $"serverless compute: what Databricks has in environment version {Text(spec["environment_version"])} now";
        else
            yield return "serverless compute: the notebook's runtime is Databricks' own choice, and %pip installs what is newest unless the notebook says otherwise";
    }

    private static IEnumerable<string> Packages(JsonObject body, JsonObject task)
    {
        var listed = Serverless(body)?["dependencies"] as JsonArray;
        var libraries = task["libraries"] as JsonArray ?? [];
        var all = (listed ?? [])
            .Select(Text)
            .Concat(
                libraries.Select(library =>
                    library is JsonObject one && one["pypi"] is JsonObject from ? Text(from["package"]) : null
                )
            )
            .OfType<string>()
            .ToList();
        foreach (var package in all.Where(package => !Exact().IsMatch(package)))
            yield return $"dependency {package}: write it with == and a version";
        if (all.Count > 0)
            yield return "what the dependencies themselves depend on: only those of the workflow are listed";
    }

    private static JsonObject? Serverless(JsonObject body) =>
        (body["environments"] as JsonArray)?.FirstOrDefault() is JsonObject environment
            ? environment["spec"] as JsonObject
            : null;

    private static string? Text(JsonNode? node) =>
        node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    /// <summary>A name, extras, and one version without a wildcard; what follows <c>;</c> only says where it is installed (PEP 508).</summary>
    [GeneratedRegex(
        @"\A[A-Za-z0-9._-]+(\[[A-Za-z0-9._, -]*\])? *={2,3} *[A-Za-z0-9._!+-]+ *(;.*)?\z",
        RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture
    )]
    private static partial Regex Exact();
}
