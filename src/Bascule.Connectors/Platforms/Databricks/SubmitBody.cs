using System.Text.Json.Nodes;
using Bascule.Connectors.Platforms.Databricks.Content;
using Bascule.Connectors.Platforms.Sending;
using Bascule.Core.Platforms;

namespace Bascule.Connectors.Platforms.Databricks;

/// <summary>The body of <c>runs/submit</c>: one task, on serverless compute, a cluster, or a job cluster by policy.</summary>
internal static class SubmitBody
{
    public const string RunName = "run_name";
    private const string EnvironmentKey = "default";
    private const int MaxName = 100;

    public static JsonObject Of(
        PlanRequest request,
        DatabricksTask task,
        DatabricksEnvironment environment,
        CodeShipment shipment
    )
    {
        var submitted = Program(task, shipment);
        submitted["task_key"] = DatabricksDefaults.TaskKey;
        var body = new JsonObject
        {
            [RunName] = $"{Cut($"{request.RepositoryName} {request.Workflow}")} {{{{{Placeholders.Commit}}}}}",
            ["tasks"] = new JsonArray(submitted),
            ["queue"] = new JsonObject { ["enabled"] = true },
            ["timeout_seconds"] = (int)(task.Timeout ?? DatabricksDefaults.Timeout).TotalSeconds,
        };
        AddCompute(body, submitted, task, environment);
        return body;
    }

    public static JsonNode ParametersOf(JsonObject body) =>
        body["tasks"]![0]!["spark_python_task"]?["parameters"]
        ?? body["tasks"]![0]!["notebook_task"]!["base_parameters"]!;

    private static JsonObject Program(DatabricksTask task, CodeShipment shipment) =>
        task.Notebook is null
            ? new JsonObject
            {
                ["spark_python_task"] = new JsonObject
                {
                    ["python_file"] = shipment.Program,
                    ["parameters"] = Texts([.. shipment.Arguments, .. task.Arguments]),
                    ["source"] = "WORKSPACE",
                },
            }
            : new JsonObject
            {
                ["notebook_task"] = new JsonObject
                {
                    ["notebook_path"] = shipment.Program,
                    ["base_parameters"] = new JsonObject(
                        task.Widgets.Select(widget => KeyValuePair.Create<string, JsonNode?>(widget.Key, widget.Value))
                    ),
                    ["source"] = "WORKSPACE",
                },
            };

    private static void AddCompute(
        JsonObject body,
        JsonObject submitted,
        DatabricksTask task,
        DatabricksEnvironment environment
    )
    {
        if (environment.IsServerless)
        {
            // Serverless compute would start a failed task again by itself; one run is one execution.
            submitted["disable_auto_optimization"] = true;
            if (task.Notebook is null)
            {
                submitted["environment_key"] = EnvironmentKey;
                body["environments"] = new JsonArray(Serverless(task, environment));
            }
            return;
        }
        if (environment.Cluster is { } cluster)
            submitted["existing_cluster_id"] = cluster;
        else
            submitted["new_cluster"] = JobCluster(environment);
        if (task.Dependencies.Count > 0)
            submitted["libraries"] = new JsonArray([.. task.Dependencies.Select(Library)]);
    }

    private static JsonObject Serverless(DatabricksTask task, DatabricksEnvironment environment) =>
        new()
        {
            ["environment_key"] = EnvironmentKey,
            ["spec"] = new JsonObject
            {
                ["environment_version"] = environment.EnvironmentVersion,
                ["dependencies"] = Texts(task.Dependencies),
            },
        };

    private static JsonObject JobCluster(DatabricksEnvironment environment)
    {
        var cluster = new JsonObject { ["policy_id"] = environment.Policy, ["apply_policy_default_values"] = true };
        if (environment.NodeType is { } node)
            cluster["node_type_id"] = node;
        if (environment.SparkVersion is { } version)
            cluster["spark_version"] = version;
        if (environment.Workers is { } workers)
            cluster["num_workers"] = workers;
        return cluster;
    }

    private static JsonNode? Library(string requirement) =>
        new JsonObject { ["pypi"] = new JsonObject { ["package"] = requirement } };

    private static JsonArray Texts(IEnumerable<string> texts) => [.. texts.Select(text => (JsonNode?)text)];

    private static string Cut(string name) => name.Length <= MaxName ? name : name[..MaxName];
}
