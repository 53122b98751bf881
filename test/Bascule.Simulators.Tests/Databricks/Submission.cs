using System.Text.Json;
using System.Text.Json.Nodes;

namespace Bascule.Simulators.Tests.Databricks;

/// <summary>Bodies of <c>runs/submit</c>.</summary>
public static class Submission
{
    public static JsonObject Python(string file, params string[] parameters) =>
        JsonSerializer
            .SerializeToNode(
                new
                {
                    run_name = "train",
                    tasks = new[]
                    {
                        new
                        {
                            task_key = "train",
                            environment_key = "default",
                            spark_python_task = new
                            {
                                python_file = file,
                                source = "WORKSPACE",
                                parameters,
                            },
                        },
                    },
                    environments = new[]
                    {
                        new
                        {
                            environment_key = "default",
                            spec = new { environment_version = "3", dependencies = new[] { "scikit-learn==1.7" } },
                        },
                    },
                }
            )!
            .AsObject();

    public static JsonObject Notebook(string path, object parameters) =>
        JsonSerializer
            .SerializeToNode(
                new
                {
                    tasks = new[]
                    {
                        new
                        {
                            task_key = "nb",
                            notebook_task = new
                            {
                                notebook_path = path,
                                source = "WORKSPACE",
                                base_parameters = parameters,
                            },
                        },
                    },
                }
            )!
            .AsObject();
}
