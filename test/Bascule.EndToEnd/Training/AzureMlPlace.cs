using System.Net.Http.Headers;
using System.Text.Json;
using Bascule.Cli.Demo;
using Bascule.Cli.Demo.AzureML;
using Bascule.Core.Api;
using Bascule.Simulators;
using Bascule.Simulators.Azure.MachineLearning;
using Bascule.Simulators.Azure.Resources;
using Bascule.Testing.Stage;

namespace Bascule.EndToEnd.Training;

/// <summary>A workspace of Azure Machine Learning beside the stage, whose compute runs what it is sent.</summary>
internal sealed class AzureMlPlace : ITrainingPlace
{
    private readonly LoopbackAuthority _authority;
    private readonly AmlSimulator _workspace;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("bascule-compute-");
    private readonly AmlPrograms _compute;
    private BasculeStage? _stage;

    private AzureMlPlace(LoopbackAuthority authority, AmlSimulator workspace)
    {
        (_authority, _workspace) = (authority, workspace);
        _compute = new AmlPrograms(workspace, _folder.FullName, authority.CaPem);
    }

    public StageOptions StageOptions =>
        new() { Authority = _authority, PlatformSettings = AzureMlDemo.Connection(_workspace) };

    public string Chosen => $"platform: {_workspace.WorkspaceName}";

    public string Workflow =>
        """
                azureml:
                  command: python train.py {{model}}
                  environment: azureml:sklearn:2
                  model: churn
            """;

    public string Script =>
        $$"""
            import json, os, sys, urllib.error, urllib.request

            def call(path, body):
                base = os.environ["MLFLOW_TRACKING_URI"].replace("azureml://", "https://", 1) + "/api/2.0/mlflow/"
                request = urllib.request.Request(base + path, json.dumps(body).encode())
                request.add_header("Authorization", "Bearer " + os.environ["MLFLOW_TRACKING_TOKEN"])
                request.add_header("Content-Type", "application/json")
                try:
                    return json.loads(urllib.request.urlopen(request, timeout=60).read() or b"{}")
                except urllib.error.HTTPError as refused:
                    known = json.loads(refused.read())
                    if known.get("error_code") != "RESOURCE_ALREADY_EXISTS":
                        raise SystemExit(f"{path}: {known}")

            {{TrainingWorld.Beside}}
            run, model = os.environ["MLFLOW_RUN_ID"], sys.argv[1]
            metrics = [{"key": key, "value": value, "timestamp": 1, "step": 0} for key, value in json.loads(beside("metrics.json")).items()]
            call("runs/log-batch", {"run_id": run, "metrics": metrics})
            call("registered-models/create", {"name": model})
            source = f"azureml://jobs/{run}/outputs/artifacts/paths/model/"
            call("model-versions/create", {"name": model, "source": source, "run_id": run})

            """ + TrainingWorld.LastWords;

    public string Model => "churn";

    public int Runs => _workspace.Jobs.Count;

    public int Requests =>
        _workspace.Directory.Issued.Count()
        + _workspace.Exchanges.Count
        + _workspace.RegionExchanges.Count
        + _workspace.BlobExchanges.Count;

    public static async Task<AzureMlPlace> StartAsync()
    {
        var authority = new LoopbackAuthority();
        return new AzureMlPlace(
            authority,
            await AmlSimulator.StartAsync(new AmlSimulatorOptions { Authority = authority })
        );
    }

    public void Join(BasculeStage stage) => _stage = stage;

    public void Paste(Finding finding)
    {
        if (finding.Kind == FindingKind.Note)
            AzureAdministrator.Paste(finding.Command, _workspace.Application);
    }

    public void EndTokens() => _workspace.Directory.EndTokens();

    public async Task<string?> ProductionAsync()
    {
        var reader = _workspace.Directory.AddApplication();
        _workspace.Assign(reader, ArmRole.Read);
        using var colleague = _stage!.NewClient();
        var token = _workspace.Directory.Issue(reader);
        colleague.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        var path = $"{_workspace.WorkspacePath}/models/{Model}/versions?api-version=2024-04-01";
        var text = await colleague.GetStringAsync(new Uri(_workspace.ResourceManagerUrl, path));
        var staged = JsonElement
            .Parse(text)
            .GetProperty("value")
            .EnumerateArray()
            .Where(version =>
                version.GetProperty("properties").TryGetProperty("stage", out var stage)
                && stage.ValueEquals("production")
            )
            .ToList();
        return staged.Count == 0 ? null : staged.ShouldHaveSingleItem().GetProperty("name").GetString();
    }

    public async ValueTask DisposeAsync()
    {
        await _compute.DisposeAsync();
        await _workspace.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}
