using System.Text.Json.Nodes;
using Bascule.Connectors.Platforms.AzureML.Planning;
using Bascule.Core;

namespace Bascule.Connectors.Tests.Platforms.AzureML;

public sealed class AzureMlPinsTests
{
    private const string Workspace =
        "/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w";

    [Fact]
    public void AJobThatPinsAllItCanLeavesTheMachineTheImageAndTheData()
    {
        var pins = AzureMlPins.Read(Plan(("train", $"{Workspace}/data/rows/versions/7"))).Value;

        pins.Unpinned.ShouldBe([
            "serverless compute: which machine it is, is Azure's choice",
            "environment sklearn/versions/1: its image is named by tag, and may have been built anew since",
            "input train is rows/versions/7, whose bytes somebody may have changed in the datastore",
            "what the code reads beside its inputs is as it is now",
        ]);
        pins.Model.ShouldBe("churn");
    }

    [Fact]
    public void AnInputWithoutAVersionIsNamed()
    {
        const string place = "azureml://datastores/blob/paths/rows/";

        AzureMlPins
            .Read(Plan(("train", place)))
            .Value.Unpinned.ShouldContain($"input train is a place and no version: what {place} holds is as it is now");
    }

    [Fact]
    public void AComputeIsNamed()
    {
        var plan = JsonNode.Parse(Plan())!;
        plan["call"]!["body"]!["properties"]!["computeId"] = $"{Workspace}/computes/gpu";

        AzureMlPins
            .Read(plan.ToJsonString())
            .Value.Unpinned[0]
            .ShouldBe("compute gpu: its machines are as they are now");
    }

    [Fact]
    public void APipelineLeavesTheMachinesAndImagesOfItsSteps()
    {
        var plan = JsonNode.Parse(Plan())!;
        var job = plan["call"]!["body"]!["properties"]!.AsObject();
        job.Remove("environmentId");
        job["settings"] = new JsonObject { ["default_compute"] = "serverless" };
        job["jobs"] = new JsonObject
        {
            ["clean"] = new JsonObject(),
            ["train"] = new JsonObject { ["computeId"] = $"{Workspace}/computes/gpu" },
        };
        plan["components"] = new JsonArray(
            Component($"azureml:{Workspace}/environments/clean/versions/2"),
            Component($"azureml:{Workspace}/environments/sklearn/versions/1")
        );

        AzureMlPins
            .Read(plan.ToJsonString())
            .Value.Unpinned.ShouldBe([
                "serverless compute: which machine it is, is Azure's choice",
                "compute gpu: its machines are as they are now",
                "environment clean/versions/2: its image is named by tag, and may have been built anew since",
                "environment sklearn/versions/1: its image is named by tag, and may have been built anew since",
                "what the code reads beside its inputs is as it is now",
            ]);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("""{"call":{"body":{}}}""")]
    [InlineData("not a plan")]
    public void APlanThatIsNoneIsRefused(string plan) =>
        AzureMlPins.Read(plan).Problem!.Code.ShouldBe(ProblemCode.Invalid);

    private static JsonObject Component(string environment) =>
        new() { ["specification"] = new JsonObject { ["environment"] = environment } };

    private static string Plan(params (string Name, string Uri)[] inputs)
    {
        var job = new JsonObject { ["environmentId"] = $"{Workspace}/environments/sklearn/versions/1" };
        if (inputs.Length > 0)
            job["inputs"] = new JsonObject(
                inputs.Select(input =>
                    KeyValuePair.Create<string, JsonNode?>(
                        input.Name,
                        new JsonObject { ["jobInputType"] = "uri_folder", ["uri"] = input.Uri }
                    )
                )
            );
        var call = new JsonObject { ["body"] = new JsonObject { ["properties"] = job } };
        return new JsonObject { ["call"] = call, ["model"] = "churn" }.ToJsonString();
    }
}
