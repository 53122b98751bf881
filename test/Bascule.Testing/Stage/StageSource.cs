namespace Bascule.Testing.Stage;

/// <summary>A repository's files: a workflow and a script that logs one metric and registers a model through MLflow's REST paths.</summary>
public static class StageSource
{
    public const string Workflow = """
        workflows:
          churn:
            on:
              push:         { branches: [main], environment: ml-prod }
              pull_request: { branches: [main], environment: ml-dev }
            databricks:
              task: { python: train.py, parameters: ["{{run}}", "{{model}}", "{{experiment}}"] }
              experiment: /Shared/churn
              model: churn.classifier
            report: { metrics: { auc: higher } }

        """;

    public const string Script = """
        import json, os, sys, urllib.error, urllib.parse, urllib.request

        def call(path, body=None):
            data = None if body is None else json.dumps(body).encode()
            request = urllib.request.Request(os.environ["DATABRICKS_HOST"].rstrip("/") + path, data)
            request.add_header("Authorization", "Bearer " + os.environ["DATABRICKS_TOKEN"])
            request.add_header("Content-Type", "application/json")
            try:
                return json.loads(urllib.request.urlopen(request, timeout=60).read() or b"{}")
            except urllib.error.HTTPError as refused:
                known = json.loads(refused.read())
                if known.get("error_code") != "RESOURCE_ALREADY_EXISTS":
                    raise SystemExit(f"{path}: {known}")

        mark, model, name = sys.argv[1:4]
        experiments = "/api/2.0/mlflow/experiments/"
        made = call(experiments + "create", {"name": name})
        if made is None:
            made = call(experiments + "get-by-name?experiment_name=" + urllib.parse.quote(name))["experiment"]
        tags = [{"key": "bascule.run", "value": mark}]
        run = call("/api/2.0/mlflow/runs/create", {"experiment_id": made["experiment_id"], "tags": tags})["run"]["info"]
        metrics = [{"key": "auc", "value": 0.75, "timestamp": 1, "step": 0}]
        call("/api/2.0/mlflow/runs/log-batch", {"run_id": run["run_id"], "metrics": metrics})
        registry = "/api/2.0/mlflow/unity-catalog/"
        call(registry + "registered-models/create", {"name": model})
        new = {"name": model, "source": run["artifact_uri"] + "/model", "run_id": run["run_id"]}
        version = call(registry + "model-versions/create", new)["model_version"]["version"]
        call(registry + "model-versions/finalize", {"name": model, "version": version})
        call("/api/2.0/mlflow/runs/update", {"run_id": run["run_id"], "status": "FINISHED", "end_time": 2})
        print("registered", model, version)

        """;

    public static IReadOnlyDictionary<string, string> Files { get; } =
        new Dictionary<string, string>
        {
            [".bascule.yaml"] = Workflow,
            ["train.py"] = Script,
            ["data.csv"] = "tenure,churned\n1,0\n",
        };
}
