using System.Net;
using System.Text.Json;

namespace Bascule.Simulators.Tests.Databricks;

public sealed class RegistryTests : IAsyncLifetime
{
    private const string Unity = "/api/2.0/mlflow/unity-catalog/";
    private const string Model = "main.churn.classifier";
    private Workbench _bench = null!;

    public async Task InitializeAsync()
    {
        _bench = await Workbench.StartAsync();
        _bench.Simulator.AddSchema("main", "churn");
    }

    public async Task DisposeAsync() => await _bench.DisposeAsync();

    [Theory]
    [InlineData("classifier", "INVALID_PARAMETER_VALUE")]
    [InlineData("main..classifier", "INVALID_PARAMETER_VALUE")]
    [InlineData("prod.churn.classifier", "CATALOG_DOES_NOT_EXIST")]
    [InlineData("main.other.classifier", "SCHEMA_DOES_NOT_EXIST")]
    public async Task RefusesAModelWhereThereIsNoSchema(string name, string code) =>
        (await _bench.PostAsync(Unity + "registered-models/create", new { name })).ErrorCode.ShouldBe(code);

    [Fact]
    public async Task KeepsAVersionPendingUntilItIsFinalized()
    {
        await CreateAsync();
        var before = (await CatalogAsync("1")).Json["status"]!.ToString();

        await _bench.PostAsync(Unity + "model-versions/finalize", new { name = Model, version = "1" });

        (before, (await CatalogAsync("1")).Json["status"]!.ToString()).ShouldBe(("PENDING_REGISTRATION", "READY"));
        (
            await _bench.PostAsync(Unity + "model-versions/finalize", new { name = Model, version = "1" })
        ).ErrorCode.ShouldBe("INVALID_STATE");
    }

    [Fact]
    public async Task RefusesAVersionOfNoModelOrOfNoRun()
    {
        (await VersionAsync()).Status.ShouldBe(HttpStatusCode.NotFound);
        await _bench.PostAsync(Unity + "registered-models/create", new { name = Model });

        (await VersionAsync("no-such-run")).ShouldBeRefused(
            HttpStatusCode.NotFound,
            "RESOURCE_DOES_NOT_EXIST",
            "no-such-run"
        );
    }

    [Fact]
    public async Task NeverGivesANumberTwice()
    {
        await CreateAsync();
        await _bench.SendAsync(
            HttpMethod.Delete,
            Unity + "model-versions/delete",
            JsonSerializer.Serialize(new { name = Model, version = "1" })
        );

        (await VersionAsync()).Json["model_version"]!["version"]!.ToString().ShouldBe("2");
    }

    [Fact]
    public async Task ListsVersionsAndFollowsAliases()
    {
        await CreateAsync();
        await VersionAsync();
        const string alias = $"/api/2.1/unity-catalog/models/{Model}/aliases/champion";

        (await _bench.SendAsync(HttpMethod.Put, alias, """{"version_num":2}""")).Status.ShouldBe(HttpStatusCode.OK);

        (await _bench.GetAsync(alias)).Json["version"]!.GetValue<int>().ShouldBe(2);
        (await _bench.SendAsync(HttpMethod.Put, alias, """{"version_num":3}""")).Status.ShouldBe(
            HttpStatusCode.NotFound
        );
        var listed = await _bench.GetAsync($"/api/2.1/unity-catalog/models/{Model}/versions?max_results=1");
        listed.Json["model_versions"]!.AsArray().Count.ShouldBe(1);
        listed.Json["next_page_token"].ShouldNotBeNull();
    }

    [Fact]
    public async Task FindsVersionsByName()
    {
        await CreateAsync();

        var found = await _bench.GetAsync(Unity + $"model-versions/search?filter=name='{Model}'");

        found.Json["model_versions"]!.AsArray().Count.ShouldBe(1);
    }

    [Fact]
    public async Task LetsOnlyNamedWritersIntoACatalog()
    {
        _bench.Simulator.RestrictWriters("main", "prod-app");
        _bench.Client.DefaultRequestHeaders.Authorization = new(
            "Bearer",
            _bench.Simulator.CreateToken("dev-app", isAdmin: false)
        );
        var refused = await _bench.PostAsync(Unity + "registered-models/create", new { name = Model });

        _bench.Client.DefaultRequestHeaders.Authorization = new(
            "Bearer",
            _bench.Simulator.CreateToken("prod-app", isAdmin: false)
        );

        refused.ShouldBeRefused(HttpStatusCode.Forbidden, "PERMISSION_DENIED", "dev-app");
        (await _bench.PostAsync(Unity + "registered-models/create", new { name = Model })).Status.ShouldBe(
            HttpStatusCode.OK
        );
    }

    [Fact]
    public async Task MovesAVersionOfTheWorkspaceRegistryThroughStages()
    {
        const string registry = "/api/2.0/mlflow/";
        await _bench.PostAsync(registry + "registered-models/create", new { name = "churn" });
        var created = await _bench.PostAsync(
            registry + "model-versions/create",
            new { name = "churn", source = "dbfs:/m" }
        );
        object To(string stage) =>
            new
            {
                name = "churn",
                version = "1",
                stage,
                archive_existing_versions = false,
            };

        var moved = await _bench.PostAsync(registry + "databricks/model-versions/transition-stage", To("Production"));
        var refused = await _bench.PostAsync(registry + "databricks/model-versions/transition-stage", To("Live"));

        created.Json["model_version"]!["status"]!.ToString().ShouldBe("PENDING_REGISTRATION");
        moved.Json["model_version_databricks"]!["current_stage"]!.ToString().ShouldBe("Production", moved.Text);
        refused.ErrorCode.ShouldBe("INVALID_PARAMETER_VALUE");
        var version = (await _bench.GetAsync(registry + "model-versions/get?name=churn&version=1")).Json[
            "model_version"
        ]!;
        version["status"]!.ToString().ShouldBe("READY");
    }

    private async Task CreateAsync()
    {
        await _bench.PostAsync(Unity + "registered-models/create", new { name = Model });
        (await VersionAsync()).Status.ShouldBe(HttpStatusCode.OK);
    }

    private Task<Answer> VersionAsync(string? run = null) =>
        _bench.PostAsync(
            Unity + "model-versions/create",
            new
            {
                name = Model,
                source = "dbfs:/m",
                run_id = run,
            }
        );

    private Task<Answer> CatalogAsync(string version) =>
        _bench.GetAsync($"/api/2.1/unity-catalog/models/{Model}/versions/{version}");
}
