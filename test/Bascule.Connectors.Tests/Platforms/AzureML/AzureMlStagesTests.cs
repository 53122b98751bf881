using System.Text.Json.Nodes;
using Bascule.Connectors.Outbound;
using Bascule.Connectors.Platforms.AzureML;
using Bascule.Connectors.Platforms.AzureML.Service;
using Bascule.Connectors.ResourceManager;
using Bascule.Core.Platforms;
using Bascule.Testing.Platforms;

namespace Bascule.Connectors.Tests.Platforms.AzureML;

/// <summary>What a move of a stage leaves of the versions. The move itself is in <see cref="AzureMlPromotingTests"/>.</summary>
public sealed class AzureMlStagesTests : IAsyncLifetime
{
    private static readonly ArmSession Session = new(AzureMlStage.Identity, new RecordingAudit());
    private AzureMlStage _stage = null!;
    private AzureMlClient _client = null!;

    public async Task InitializeAsync()
    {
        _stage = await AzureMlStage.StartAsync();
        var options = _stage.Options;
        var http = new OutboundClient(
            new OutboundOptions
            {
                Subject = options.Subject,
                Url = options.Azure.Url,
                CaFile = options.Azure.CaFile,
                Time = _stage.Time,
                Timeout = TimeSpan.FromSeconds(100),
                MaxAnswerBytes = AzureMlDefaults.MaxAnswer,
            }
        );
        var login = new ArmLogin(options.Azure, _stage.Time, detail: null);
        _client = new AzureMlClient(
            options,
            new ArmClient(options.Azure, AzureMlDefaults.ApiVersion, http, login, _stage.Time)
        );
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _stage.DisposeAsync();
    }

    [Fact]
    public async Task EverythingElseOfBothVersionsStays()
    {
        await RegisterAsync("1", "Production");
        await RegisterAsync("2", stage: null);

        var moved = await _stage.Connect().MoveAsync(Call(), "2", default);

        moved.Problem.ShouldBeNull();
        foreach (var (version, stage) in new[] { ("1", (string?)null), ("2", "production") })
        {
            var properties = await PropertiesAsync(version);
            ((string?)properties["stage"]).ShouldBe(stage);
            ((string?)properties["modelUri"]).ShouldBe($"azureml://datastores/data/paths/m/{version}/");
            ((string?)properties["tags"]!["team"]).ShouldBe("ml");
            ((string?)properties["description"]).ShouldBe("of the churn");
        }
    }

    [Fact]
    public async Task TwoVersionsInOneStageAreNeitherOfThem()
    {
        await RegisterAsync("1", "production");
        await RegisterAsync("2", "Production");
        var role = _stage.Connect();

        (await role.ReadAsync(Call(), default)).Value.ShouldBe("1 and 2");
        (await role.MoveAsync(Call(), "1", default)).Problem.ShouldBeNull();

        (await role.ReadAsync(Call(), default)).Value.ShouldBe("1");
    }

    [Theory]
    [InlineData("None")]
    [InlineData("archived")]
    public void AStageThatSaysThatAVersionIsNotUsedIsRefused(string stage) =>
        AzureMlStages.FaultOf(stage).ShouldBe("says that a version is not used, and nothing is promoted to it");

    private static PromotionCall Call() =>
        new("churn", "production", "ml-test", new AzureMlEnvironment(), AzureMlStage.Identity, new RecordingAudit());

    private async Task RegisterAsync(string version, string? stage)
    {
        var properties = new JsonObject
        {
            ["modelUri"] = $"azureml://datastores/data/paths/m/{version}/",
            ["modelType"] = "custom_model",
            ["description"] = "of the churn",
            ["tags"] = new JsonObject { ["team"] = "ml" },
        };
        if (stage is not null)
            properties["stage"] = stage;
        var body = new JsonObject { ["properties"] = properties };
        (
            await _client.PutAsync(Session, $"models/churn/versions/{version}", body, "test.put", default)
        ).Problem.ShouldBeNull();
    }

    private async Task<JsonObject> PropertiesAsync(string version) =>
        (await _client.FindAsync(Session, $"models/churn/versions/{version}", default)).Value!.Properties;
}
