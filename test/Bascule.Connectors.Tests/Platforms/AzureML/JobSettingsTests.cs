using Bascule.Connectors.Platforms.AzureML.Jobs;
using Bascule.Testing.Platforms;

namespace Bascule.Connectors.Tests.Platforms.AzureML;

/// <summary>What a workflow may ask for. What cannot be sent is named: nothing is left out of what was written.</summary>
public sealed class JobSettingsTests
{
    private const string Least = "\"command\":\"python train.py\",\"environment\":\"azureml:sklearn:2\"";

    [Fact]
    public void ReadsACommandWithAllThatItHas()
    {
        var (reader, problems) = SettingTree.Read(
            $$$"""
            { {{{Least}}}, "compute": "azureml:gpu", "environment_variables": { "SEED": 7 },
              "inputs": { "alpha": 0.1, "data": { "type": "mltable", "path": "azureml:churn:3", "mode": "ro_mount" } },
              "outputs": { "model": { "type": "mlflow_model", "mode": "upload" } },
              "resources": { "instance_count": 2, "instance_type": "Standard_DS3_v2", "shm_size": "2g" },
              "distribution": { "type": "pytorch", "process_count_per_instance": 4 },
              "limits": { "timeout": 3600 }, "experiment_name": "churn.daily", "tags": { "team": "ml" }, "model": "churn" }
            """
        );

        var task = AzureMlTask.Read(reader);

        problems.ShouldBeEmpty();
        var job = task!.Job.ShouldBeOfType<CommandJob>();
        (job.Compute, task!.Model, job.Timeout).ShouldBe(("gpu", "churn", TimeSpan.FromHours(1)));
        job.Inputs["alpha"].Value.ShouldBe("0.1");
        (job.Inputs["data"].Asset!.Version, job.Inputs["data"].Mode).ShouldBe(("3", "ReadOnlyMount"));
        job.Outputs["model"].ShouldBe(new JobOutput("mlflow_model", "Upload", null));
        job.Distribution!.Counts["processCountPerInstance"].ShouldBe(4);
    }

    [Theory]
    [InlineData("{}", "command: is missing")]
    [InlineData("""{"command":"x","environment":"azureml:sklearn@latest"}""", "is whichever is the newest")]
    [InlineData("""{"command":"x","environment":{"image":"x"}}""", "describes an image")]
    [InlineData("""{"command":"x","environment":"sklearn"}""", "'sklearn' names no environment")]
    [InlineData($"{{ {Least},\"name\":\"mine\" }}", "name: cannot be sent by Bascule")]
    [InlineData($"{{ {Least},\"identity\":{{}} }}", "as whom a job runs is the environment's")]
    [InlineData($"{{ {Least},\"settings\":{{}} }}", "belongs to a pipeline")]
    [InlineData($"{{ {Least},\"sweep\":{{}} }}", "sweep: is not a known key")]
    [InlineData($"{{ {Least},\"code\":\"../x\" }}", "code: is no folder below the workflow's root")]
    [InlineData($"{{ {Least},\"distribution\":{{\"type\":\"ray\"}} }}", "'ray' cannot be sent")]
    [InlineData($"{{ {Least},\"resources\":{{\"docker_args\":\"--privileged\"}} }}", "docker_args: is not a known key")]
    [InlineData($"{{ {Least},\"inputs\":{{\"d\":{{\"path\":\"https://x\"}}}} }}", "is nothing of the workspace")]
    [InlineData($"{{ {Least},\"inputs\":{{\"a-b\":\"1\"}} }}", "cannot be a name here")]
    [InlineData($"{{ {Least},\"outputs\":{{\"o\":{{\"path\":\"azureml:x:1\"}}}} }}", "is no place in a datastore")]
    [InlineData($"{{ {Least},\"tags\":{{\"bascule.run\":\"x\"}} }}", "tags.bascule.run: cannot be set")]
    [InlineData($"{{ {Least},\"limits\":{{\"timeout\":0}} }}", "limits.timeout: is not a whole number")]
    [InlineData("""{"command":"x {{secret}}","environment":"azureml:a:1"}""", "has {{secret}}, which nobody knows")]
    [InlineData("""{"command":"x {{model}}","environment":"azureml:a:1"}""", "model: is missing")]
    [InlineData("""{"job":"../job.yaml"}""", "job: is not a path below the workflow's root")]
    [InlineData($"{{ {Least},\"job\":\"job.yaml\" }}", "command: is not a known key")]
    public void SaysWhatIsWrong(string json, string what)
    {
        var (reader, problems) = SettingTree.Read(json);

        AzureMlTask.Read(reader).ShouldBeNull();

        problems.Select(problem => problem.ToString()).ShouldContain(problem => problem.Contains(what));
    }

    [Theory]
    [InlineData("azureml:churn:3", "churn", "3")]
    [InlineData("azureml:churn@latest", "churn", null)]
    [InlineData("azureml://registries/azureml/environments/sklearn-1.5/versions/1", null, null)]
    [InlineData("azureml://datastores/blob/paths/a/b.csv", null, null)]
    public void KnowsHowThingsAreNamed(string text, string? name, string? version)
    {
        var reference = AssetReference.Parse(text).ShouldNotBeNull();

        (reference.Name, reference.Version).ShouldBe((name, version));
    }

    [Theory]
    [InlineData("churn")]
    [InlineData("azureml:churn")]
    [InlineData("azureml:churn@newest")]
    [InlineData("azureml:../churn:1")]
    [InlineData("azureml://registries/a/../environments/x/versions/1")]
    [InlineData("azureml://datastores/blob/paths/a?sig=x")]
    public void AndWhatNamesNothing(string text) => AssetReference.Parse(text).ShouldBeNull();
}
