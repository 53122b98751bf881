namespace Bascule.Simulators.Tests.MachineLearning;

/// <summary>Everything of the workspace that a job can name, and models.</summary>
public sealed class AssetTests
{
    [Fact]
    public async Task TheWorkspaceSaysWhereItIsTracked()
    {
        await using var bench = await AmlBench.StartAsync();

        var workspace = await bench.GetAsync("");

        workspace
            .Property("mlFlowTrackingUri")
            .ShouldBe($"azureml://{bench.Simulator.RegionUrl.Authority}/mlflow/v1.0{bench.Simulator.WorkspacePath}");
        (await bench.SendAsync("PUT", "", new { properties = new { } })).Status.ShouldBe(405);
    }

    [Fact]
    public async Task ComputeIsThereOrNot()
    {
        await using var bench = await AmlBench.StartAsync();

        (await bench.GetAsync("computes/cpu-cluster")).Status.ShouldBe(200);
        (await bench.GetAsync("computes")).Names.ShouldBe(["cpu-cluster"]);
        (await bench.GetAsync("computes/none")).Status.ShouldBe(404);
    }

    [Theory]
    [InlineData("environments", "sklearn")]
    [InlineData("data", "churn")]
    public async Task VersionsAreReadAndTheLatestIsKnown(string kind, string name)
    {
        await using var bench = await AmlBench.StartAsync();

        (await bench.GetAsync($"{kind}/{name}/versions/1")).Status.ShouldBe(200);
        (await bench.GetAsync($"{kind}/{name}/versions/3")).Status.ShouldBe(404);
        (await bench.GetAsync($"{kind}/none/versions/1")).Status.ShouldBe(404);
        (await bench.GetAsync($"{kind}/{name}")).Property("latestVersion").ShouldBe("2");
        (await bench.GetAsync($"{kind}/none")).Status.ShouldBe(404);
        (await bench.GetAsync($"{kind}/{name}/versions", "&$orderBy=createdtime%20desc&$top=1")).Names.ShouldBe(["2"]);
        (await bench.GetAsync($"{kind}/{name}/versions", "&$orderBy=odd")).Code.ShouldBe("NotSimulated");
        (await bench.GetAsync($"{kind}/{name}/versions", "&$top=x")).Status.ShouldBe(400);
    }

    [Fact]
    public async Task AnEnvironmentIsMadeAndUsed()
    {
        await using var bench = await AmlBench.StartAsync();
        var image = new { image = "registry.example.com/train:1", inferenceConfig = new { } };

        (await bench.PutAsync("environments/own/versions/1", image)).Status.ShouldBe(201);
        (await bench.PutAsync("environments/own/versions/1", image)).Status.ShouldBe(200);
        (await bench.PutAsync("environments/own/versions/1", new { image = "other" })).Status.ShouldBe(409);
        (await bench.PutAsync("environments/own/versions/2", new { condaFile = "x" })).Status.ShouldBe(400);
        (await bench.PutAsync("data/own/versions/1", new { dataUri = "x" })).Code.ShouldBe("NotSimulated");
        await bench.SubmitAsync("job-1", ("environmentId", bench.Id("environments/own/versions/1")));
    }

    [Fact]
    public async Task AModelIsRegisteredWithTheJobThatMadeIt()
    {
        await using var bench = await AmlBench.StartAsync();
        await bench.SubmitAsync();
        var uri = "azureml://jobs/job-1/outputs/artifacts/paths/model/";

        var made = await ModelAsync(
            new
            {
                modelUri = uri,
                modelType = "mlflow_model",
                jobName = "job-1",
            }
        );

        (made.Status, made.Property("jobName")).ShouldBe((201, "job-1"));
        (await ModelAsync(new { modelUri = uri, jobName = "none" })).Target().ShouldBe("properties.jobName");
        (await ModelAsync(new { modelUri = uri.Replace("job-1", "none") })).Target().ShouldBe("properties.modelUri");
        (await ModelAsync(new { jobName = "job-1" })).Target().ShouldBe("properties.modelUri");
        (await ModelAsync(new { modelUri = uri, datasets = new { } })).Status.ShouldBe(400);
        (await bench.PutAsync("models/a b/versions/1", new { modelUri = uri })).Status.ShouldBe(400);

        Task<ApiManagement.ApimAnswer> ModelAsync(object model) =>
            bench.PutAsync($"models/churn/versions/{Guid.NewGuid()}", model);
    }

    [Fact]
    public async Task ModelsOfAJobAreFoundNewestFirst()
    {
        await using var bench = await AmlBench.StartAsync(options => options with { PageSize = 2 });
        var job = await bench.SubmitAsync();
        foreach (var expected in (string[])["1", "2", "3"])
            job.RegisterModel("churn").ShouldBe(expected);
        await bench.PutAsync(
            "models/churn/versions/4",
            new { modelUri = "azureml://jobs/job-1/outputs/m/", tags = new { stage = "test" } }
        );

        var first = await bench.GetAsync("models/churn/versions");
        var second = await bench.SendAsync("GET", new Uri((string)first.Json["nextLink"]!));

        first.Names.Concat(second.Names).ShouldBe(["4", "3", "2", "1"]);
        ((string?)second.Json["value"]![0]!["properties"]!["jobName"]).ShouldBe("job-1");
        (await bench.GetAsync("models/churn/versions", "&tags=stage=test")).Names.ShouldBe(["4"]);
        (await bench.GetAsync("models/churn/versions", "&tags=stage=prod")).Names.ShouldBeEmpty();
        (await bench.GetAsync("models")).Names.ShouldBe(["churn"]);
    }

    [Fact]
    public async Task AContainerIsMadeByItselfOrByHand()
    {
        await using var bench = await AmlBench.StartAsync();

        (await bench.PutAsync("models/churn", new { description = "d" })).Status.ShouldBe(201);
        (await bench.PutAsync("models/churn", new { tags = new { a = "b" } })).Status.ShouldBe(200);
        (await bench.PutAsync("models/churn", new { latestVersion = "1" })).Status.ShouldBe(400);
        (await bench.GetAsync("models/churn/versions")).Names.ShouldBeEmpty();
        (await bench.SendAsync("DELETE", "models/churn")).Code.ShouldBe("NotSimulated");
        (await bench.GetAsync("strange")).Code.ShouldBe("InvalidResourceType");
        (await bench.PostAsync("models/churn", new { })).Status.ShouldBe(405);
    }

    [Fact]
    public async Task ABodyIsJsonWithPropertiesAndNoMore()
    {
        await using var bench = await AmlBench.StartAsync();

        (await BodyAsync("{")).Code.ShouldBe("InvalidRequestContent");
        (await BodyAsync("""{"properties":{"a":1,"a":2}}""")).Code.ShouldBe("InvalidRequestContent");
        (await BodyAsync("""{"tags":{}}""")).Target().ShouldBe("tags");
        (await BodyAsync("""{"name":"x","properties":{}}""")).Target().ShouldBe("name");
        (await BodyAsync("""{"properties":null}""")).Target().ShouldBe("properties");
        (await BodyAsync("""{"properties":{}}""")).Status.ShouldBe(201);

        Task<ApiManagement.ApimAnswer> BodyAsync(string body) => bench.SendAsync("PUT", "models/m", body);
    }
}
