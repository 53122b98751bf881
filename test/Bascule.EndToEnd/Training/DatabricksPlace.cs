using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Bascule.Core.Api;
using Bascule.Testing.Stage;

namespace Bascule.EndToEnd.Training;

/// <summary>The workspace that every stage has.</summary>
internal sealed class DatabricksPlace : ITrainingPlace
{
    private BasculeStage? _stage;

    public StageOptions StageOptions => new();

    public string Chosen => "platform: dbx, catalog: main";

    public string Workflow =>
        """
                databricks:
                  task: { python: train.py, parameters: ["{{run}}", "{{model}}", "{{experiment}}"] }
                  experiment: /Shared/churn
                  model: churn.classifier
            """;

    public string Script =>
        StageSource
            .Script.Replace(
                "[{\"key\": \"auc\", \"value\": 0.75, \"timestamp\": 1, \"step\": 0}]",
                "[{\"key\": key, \"value\": value, \"timestamp\": 1, \"step\": 0} for key, value in json.loads(beside(\"metrics.json\")).items()]",
                StringComparison.Ordinal
            )
            .Replace("mark, model, name =", $"{TrainingWorld.Beside}\nmark, model, name =", StringComparison.Ordinal)
        + TrainingWorld.LastWords;

    public string Model => "main.churn.classifier";

    public int Runs => Stage.Databricks.PlatformRuns;

    public int Requests => Stage.Databricks.Requests.Count;

    private BasculeStage Stage => _stage ?? throw new InvalidOperationException($"call {nameof(Join)} first");

    public void Join(BasculeStage stage) => _stage = stage;

    /// <summary>The stage does it.</summary>
    public void Paste(Finding finding) { }

    public void EndTokens() => Stage.Databricks.ExpireAllTokens();

    public async Task<string?> ProductionAsync()
    {
        using var colleague = Stage.NewClient();
        var token = Stage.Databricks.CreateToken();
        colleague.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        var address = new Uri(Stage.Databricks.Url, $"/api/2.1/unity-catalog/models/{Model}/aliases/production");
        using var answer = await colleague.GetAsync(address);
        var text = await answer.Content.ReadAsStringAsync();
        if (answer.StatusCode == HttpStatusCode.NotFound)
            return null;
        answer.IsSuccessStatusCode.ShouldBeTrue(text);
        return JsonElement.Parse(text).GetProperty("version").ToString();
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
