using Bascule.Connectors.Platforms.AzureML.Jobs;
using Bascule.Testing.Platforms;

namespace Bascule.Connectors.Tests.Platforms.AzureML;

/// <summary>Jobs as the CLI (v2) describes them, out of the repository.</summary>
public sealed class JobFileTests
{
    private const string Job = """
        $schema: https://azuremlschemas.azureedge.net/latest/commandJob.schema.json
        type: command
        code: ../src
        command: python train.py --data ${{inputs.data}}
        environment: azureml:sklearn:2
        compute: azureml:cpu-cluster
        inputs:
          data: { type: uri_folder, path: azureml:churn@latest }
        """;

    [Fact]
    public async Task ReadsAJobAsItIsWritten()
    {
        var read = await JobFile.ReadAsync(MemoryTree.Of(("jobs/train.yaml", Job)), "jobs/train.yaml", default);

        var job = read.Value.ShouldBeOfType<CommandJob>();
        (job.CodeFolder, job.Compute, job.Environment.Version).ShouldBe(("src", "cpu-cluster", "2"));
        job.Inputs["data"].Asset!.IsLatest.ShouldBeTrue();
    }

    [Theory]
    [InlineData("type: command", "type: sweep", "train.yaml:2:1: type: 'sweep' is a kind of job")]
    [InlineData("type: command", "type: command\njobs: {}", "train.yaml:3:1: jobs: belongs to a pipeline")]
    [InlineData("type: command", "type: pipeline", "jobs: has to be 1 to 100 steps")]
    [InlineData("code: ../src", "code: ../../src", "train.yaml:3:1: code: is no folder below the workflow's root")]
    [InlineData("code: ../src", "services: { x: y }", "services: cannot be sent by Bascule")]
    [InlineData("code: ../src", "sweep: 1", "sweep: is not a known key")]
    [InlineData("type: command", "type: [", "train.yaml:")]
    public async Task NamesWhatItCannotSendByFileAndLine(string piece, string replacement, string what)
    {
        var tree = MemoryTree.Of(("jobs/train.yaml", Job.Replace(piece, replacement, StringComparison.Ordinal)));

        var read = await JobFile.ReadAsync(tree, "jobs/train.yaml", default);

        read.Problem.ShouldNotBeNull().Message.ShouldContain(what);
    }

    [Fact]
    public async Task SaysThatTheFileIsNotThere() =>
        (await JobFile.ReadAsync(new MemoryTree(), "job.yaml", default)).Problem!.Message.ShouldContain(
            "'job.yaml' is not in the tree"
        );
}
