using Bascule.Connectors.Platforms.Databricks;
using Bascule.Core;
using Bascule.Testing.Platforms;

namespace Bascule.Connectors.Tests.Platforms.Databricks;

/// <summary>What a plan leaves open, by the plans that are really made.</summary>
public sealed class DatabricksPinsTests : IDisposable
{
    private const string Beyond = "what the dependencies themselves depend on: only those of the workflow are listed";
    private readonly DatabricksFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void ServerlessComputeIsWhatItIsNow()
    {
        var pins = _fixture.Platform.ReadPins(Plan()).Value;

        pins.Unpinned.Count.ShouldBe(2);
        pins.Unpinned[0].ShouldStartWith("serverless compute: what Databricks has in environment version ");
        pins.Unpinned[1].ShouldBe("what the code reads: tables and files are as they are now");
        pins.Model.ShouldBe("main.churn.classifier");
    }

    [Fact]
    public void DependenciesWithoutAnExactVersionAreNamed()
    {
        _fixture.Task = _fixture.Task with
        {
            Dependencies =
            [
                "scikit-learn==1.7",
                "pandas[excel] == 2.2.1; python_version > '3.9'",
                "numpy>=2",
                "torch==2.*",
                "polars",
                "/Volumes/main/x.whl",
            ],
        };

        var named = Unpinned().Where(line => line.StartsWith("dependency ", StringComparison.Ordinal));

        named
            .Select(line => line.Split(' ')[1].TrimEnd(':'))
            .ShouldBe(["numpy>=2", "torch==2.*", "polars", "/Volumes/main/x.whl"]);
        Unpinned().ShouldContain(Beyond);
    }

    [Fact]
    public void AClusterAndItsLibrariesAreNamed()
    {
        _fixture.Environment = new DatabricksEnvironment { Catalog = "main", Cluster = "c-1" };
        _fixture.Task = _fixture.Task with { Dependencies = ["polars"] };

        Unpinned()
            .Take(2)
            .ShouldBe([
                "cluster c-1: its runtime, size and libraries are as they are now",
                "dependency polars: write it with == and a version",
            ]);
    }

    [Theory]
    [InlineData(null, "the runtime of the job cluster: the environment names no spark_version")]
    [InlineData(
        "auto:latest-lts",
        "the runtime of the job cluster: spark_version auto:latest-lts is whichever is newest"
    )]
    [InlineData("15.4.x-scala2.12", null)]
    public void APolicyAndAnOpenRuntimeAreNamed(string? version, string? line)
    {
        _fixture.Environment = new DatabricksEnvironment
        {
            Catalog = "main",
            Policy = "p-1",
            SparkVersion = version,
        };

        var unpinned = Unpinned();

        unpinned[0].ShouldBe("cluster policy p-1: what it sets is as it is now");
        unpinned.Where(one => one.StartsWith("the runtime", StringComparison.Ordinal)).SingleOrDefault().ShouldBe(line);
    }

    [Fact]
    public void AnExistingJobIsTheWorkspacesOwn()
    {
        _fixture.Task = new DatabricksTask { Job = 123456789012345 };
        _fixture.Environment = new DatabricksEnvironment { Jobs = [123456789012345] };

        Unpinned()[0].ShouldStartWith("job 123456789012345 is the workspace's own");
    }

    [Fact]
    public void ADeploymentIsNotDoneOver() =>
        _fixture.Platform.ReadPins("""{"bundle":{"target":"prod"}}""").Problem!.Code.ShouldBe(ProblemCode.Conflict);

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("""{"call":{"body":[]}}""")]
    [InlineData("not a plan")]
    public void APlanThatIsNoneIsRefused(string plan) =>
        _fixture.Platform.ReadPins(plan).Problem!.Code.ShouldBe(ProblemCode.Invalid);

    private IReadOnlyList<string> Unpinned() => _fixture.Platform.ReadPins(Plan()).Value.Unpinned;

    private string Plan() => _fixture.Platform.Plan(_fixture.Planned).Value.Json;
}
