using Bascule.Connectors.Platforms.AzureML.Jobs;
using Bascule.Testing.Platforms;

namespace Bascule.Connectors.Tests.Platforms.AzureML;

/// <summary>Pipelines as a workflow may write them: whatever leads nowhere is named before anything is sent.</summary>
public sealed class PipelineSettingsTests
{
    private const string Prepare =
        "\"prepare\":{\"command\":\"python prepare.py ${{inputs.raw}}\",\"environment\":\"azureml:sklearn:2\",\"code\":\"prep\","
        + "\"inputs\":{\"raw\":{\"path\":\"${{parent.inputs.raw}}\",\"mode\":\"download\"},\"seed\":7},"
        + "\"outputs\":{\"clean\":{\"type\":\"mltable\"}}}";

    private const string Train =
        "\"train\":{\"type\":\"command\",\"command\":\"python train.py\",\"environment\":\"azureml:sklearn:2\",\"compute\":\"azureml:gpu\","
        + "\"inputs\":{\"data\":\"${{parent.jobs.prepare.outputs.clean}}\",\"run\":\"{{run}}\"},\"outputs\":{\"model\":\"${{parent.outputs.model}}\"}}";

    private const string Around =
        "\"inputs\":{\"raw\":{\"type\":\"uri_folder\",\"path\":\"azureml:churn@latest\"}},\"outputs\":{\"model\":{\"type\":\"mlflow_model\"}}";

    [Fact]
    public void ReadsStepsAndHowTheyHangTogether()
    {
        var (reader, problems) = SettingTree.Read(
            $"{{ {Around}, \"jobs\":{{ {Prepare}, {Train} }}, \"settings\":{{ \"default_compute\":\"azureml:cpu\", \"force_rerun\":true }} }}"
        );

        var task = AzureMlTask.Read(reader);

        problems.ShouldBeEmpty();
        var job = task!.Job.ShouldBeOfType<PipelineJob>();
        (job.Compute, job.RunsAgain, job.ContinuesOnFailure).ShouldBe(("cpu", true, null));
        var (prepare, train) = (job.Steps[0], job.Steps[1]);
        (prepare.Name, prepare.Command.CodeFolder, train.Command.Compute).ShouldBe(("prepare", "prep", "gpu"));
        prepare.Inputs["raw"].ShouldBe(new StepInput(new JobInput { Mode = "Download" }, new StepSource(null, "raw")));
        train.After.ShouldBe(["prepare"]);
        job.TypeOf(prepare.Inputs["raw"]).ShouldBe("uri_folder");
        job.TypeOf(prepare.Inputs["seed"]).ShouldBe("string");
        job.TypeOf(train.Inputs["data"]).ShouldBe("mltable");
        job.TypeOf(train.Outputs["model"]).ShouldBe("mlflow_model");
    }

    [Theory]
    [InlineData("parent.inputs.raw}}", "parent.inputs.none}}", "input 'raw' comes from ${{parent.inputs.none}}")]
    [InlineData(
        "jobs.prepare.outputs",
        "jobs.other.outputs",
        "input 'data' comes from ${{parent.jobs.other.outputs.clean}}"
    )]
    [InlineData("outputs.clean}}", "outputs.dirty}}", "input 'data' comes from ${{parent.jobs.prepare.outputs.dirty}}")]
    [InlineData(
        "parent.outputs.model",
        "parent.outputs.none",
        "becomes output 'none' of the pipeline, which it has not"
    )]
    [InlineData("jobs.prepare.outputs.clean", "jobs.train.outputs.model", "train: waits for itself")]
    [InlineData("${{parent.jobs.prepare.outputs.clean}}", "${{prepare.clean}}", "names nothing of the pipeline")]
    [InlineData("\"seed\":7", "\"seed\":\"{{secret}}\"", "has {{secret}}, which nobody knows")]
    [InlineData("python train.py", "python train.py {{run}}", "has {{run}}, and the command of a step is shared")]
    [InlineData("python train.py", "python train.py {{odd}}", "has {{odd}}, which nobody knows")]
    [InlineData(
        "\"run\":\"{{run}}\"",
        "\"d\":{\"path\":\"azureml:a@latest\"}",
        "looked up for inputs of the pipeline alone"
    )]
    [InlineData("\"type\":\"command\"", "\"type\":\"sweep\"", "'sweep' is a kind of step that Bascule does not send")]
    [InlineData("\"command\":\"python train.py\"", "\"component\":\"azureml:train:1\"", "write the command itself")]
    [InlineData("\"code\":\"prep\"", "\"code\":\"../prep\"", "code: is no folder below")]
    [InlineData("\"train\":", "\"1st step\":", "cannot be the name of a step")]
    [InlineData("\"jobs\":", "\"environment\":\"azureml:a:1\",\"jobs\":", "environment: is not a known key")]
    [InlineData(
        "\"jobs\":",
        "\"compute\":\"a\",\"settings\":{\"default_compute\":\"b\"},\"jobs\":",
        "stands beside the pipeline's compute"
    )]
    [InlineData(
        "\"jobs\":",
        "\"settings\":{\"default_datastore\":\"b\"},\"jobs\":",
        "default_datastore: is not a known key"
    )]
    [InlineData("\"jobs\":", "\"type\":\"command\",\"jobs\":", "jobs: belongs to a pipeline")]
    [InlineData("{{run}}", "{{model}}", "model: is missing")]
    public void SaysWhatIsWrong(string piece, string replacement, string what)
    {
        var json = $"{{ {Around}, \"jobs\":{{ {Prepare}, {Train} }} }}";
        json.ShouldContain(piece);
        var (reader, problems) = SettingTree.Read(json.Replace(piece, replacement, StringComparison.Ordinal));

        AzureMlTask.Read(reader).ShouldBeNull();

        problems
            .Select(problem => problem.ToString())
            .ShouldContain(text => text.Contains(what, StringComparison.Ordinal));
    }

    [Fact]
    public void APipelineWithoutStepsIsNone()
    {
        var (reader, problems) = SettingTree.Read("{ \"type\":\"pipeline\" }");

        AzureMlTask.Read(reader).ShouldBeNull();

        problems.ShouldHaveSingleItem().ToString().ShouldContain("jobs: has to be 1 to 100 steps");
    }
}
