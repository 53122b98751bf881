using System.Net;

namespace Bascule.Simulators.Tests.Databricks;

public sealed class PythonClientTests
{
    private const string Script = """
        import json, os, sys, time, urllib.request

        def call(method, path, body=None):
            request = urllib.request.Request(
                os.environ["DATABRICKS_HOST"] + path,
                method=method,
                data=None if body is None else json.dumps(body).encode(),
                headers={"Authorization": "Bearer " + os.environ["DATABRICKS_TOKEN"], "Content-Type": "application/json"},
            )
            with urllib.request.urlopen(request) as reply:
                return json.load(reply)

        mlflow = "/api/2.0/mlflow/"
        experiment = call("POST", mlflow + "experiments/create", {"name": "/Shared/churn"})["experiment_id"]
        run = call("POST", mlflow + "runs/create", {"experiment_id": experiment, "start_time": int(time.time() * 1000)})
        run_id = run["run"]["info"]["run_id"]
        metrics = [{"key": "auc", "value": 0.9, "timestamp": 1, "step": 0}]
        call("POST", mlflow + "runs/log-batch", {"run_id": run_id, "metrics": metrics,
             "params": [{"key": "alpha", "value": sys.argv[1]}], "tags": [{"key": "commit", "value": "abc"}]})
        call("POST", mlflow + "unity-catalog/registered-models/create", {"name": "main.churn.classifier"})
        version = call("POST", mlflow + "unity-catalog/model-versions/create",
                       {"name": "main.churn.classifier", "source": "dbfs:/m", "run_id": run_id})["model_version"]
        call("POST", mlflow + "unity-catalog/model-versions/finalize",
             {"name": "main.churn.classifier", "version": version["version"]})
        call("POST", mlflow + "runs/update", {"run_id": run_id, "status": "FINISHED"})
        print("registered version", version["version"])
        """;

    [Fact]
    public async Task TrainsLogsAndRegistersFromARealChildProcess()
    {
        await using var bench = await Workbench.StartAsync();
        bench.Simulator.AddSchema("main", "churn");

        var run = await bench.WaitAsync(await bench.SubmitAsync(Script, null, "0.1"));

        var output = await bench.OutputAsync(run);
        run["status"]!["termination_details"]!["code"]!.GetValue<string>().ShouldBe("SUCCESS", output.ToJsonString());
        output["logs"]!.GetValue<string>().ShouldBe("registered version 1\n");
        var version = (await bench.GetAsync("/api/2.1/unity-catalog/models/main.churn.classifier/versions/1")).Json;
        version["status"]!.GetValue<string>().ShouldBe("READY");
        await ShouldCarryTagsOfAsync(bench, version["run_id"]!.GetValue<string>(), run);
    }

    private static async Task ShouldCarryTagsOfAsync(
        Workbench bench,
        string mlflowRun,
        System.Text.Json.Nodes.JsonObject run
    )
    {
        var found = await bench.GetAsync($"/api/2.0/mlflow/runs/get?run_id={mlflowRun}");
        found.Status.ShouldBe(HttpStatusCode.OK);
        var data = found.Json["run"]!["data"]!;
        var tags = data["tags"]!.AsArray().ToDictionary(t => t!["key"]!.ToString(), t => t!["value"]!.ToString());
        tags["mlflow.databricks.jobID"].ShouldBe(run["job_id"]!.ToString());
        tags["mlflow.databricks.jobRunID"].ShouldBe(run["tasks"]![0]!["run_id"]!.ToString());
        tags["commit"].ShouldBe("abc");
        data["metrics"]![0]!["value"]!.GetValue<double>().ShouldBe(0.9);
        data["params"]![0]!["value"]!.ToString().ShouldBe("0.1");
    }
}
