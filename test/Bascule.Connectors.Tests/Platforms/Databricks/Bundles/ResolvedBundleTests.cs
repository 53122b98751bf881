using System.Text;
using Bascule.Connectors.Platforms.Databricks.Bundles;
using Bascule.Core;

namespace Bascule.Connectors.Tests.Platforms.Databricks.Bundles;

/// <summary>What variables could have hidden.</summary>
public sealed class ResolvedBundleTests
{
    private const string Root =
        "\"workspace\":{\"host\":\"https://dbx.example\",\"root_path\":\"/Workspace/Shared/x\"}";

    [Theory]
    [InlineData("\"sync\":{\"paths\":[\".\"]}")]
    [InlineData("\"resources\":{\"dashboards\":{\"d\":{\"file_path\":\"/tmp/b/tree/d.json\"}}}")]
    [InlineData("\"resources\":{\"jobs\":{\"j\":{\"tasks\":[{\"libraries\":[{\"whl\":\"/Volumes/a/b/c/x.whl\"}]}]}}}")]
    [InlineData("\"resources\":{\"jobs\":{\"j\":{\"tasks\":[{\"libraries\":[{\"pypi\":{\"package\":\"numpy\"}}]}]}}}")]
    [InlineData(
        "\"resources\":{\"jobs\":{\"j\":{\"environments\":[{\"spec\":{\"dependencies\":[\"numpy==2.1\",\"-r /Workspace/x/r.txt\"]}}]}}}"
    )]
    [InlineData("\"artifacts\":{},\"experimental\":{\"python\":{}}")]
    public void LetsThrough(string members) =>
        Check($"{{{Root},{members}}}").Value.RootPath.ShouldBe("/Workspace/Shared/x");

    [Theory]
    [Trait("Threat", "T67")]
    [Trait("Threat", "T131")]
    [InlineData(
        "\"artifacts\":{\"python_artifact\":{\"build\":\"python3 setup.py bdist_wheel\"}}",
        "artifacts: runs code"
    )]
    [InlineData("\"experimental\":{\"scripts\":{\"preinit\":\"x\"}}", "experimental.scripts: runs code")]
    [InlineData("\"python\":{\"resources\":[\"a:b\"]}", "python: runs code")]
    [InlineData("\"sync\":{\"paths\":[\"../token\"]}", "sync.paths[0]: is resolved to a path that leads out")]
    [InlineData(
        "\"resources\":{\"dashboards\":{\"d\":{\"file_path\":\"/etc/passwd\"}}}",
        "file outside of the bundle's folder"
    )]
    [InlineData(
        "\"resources\":{\"dashboards\":{\"d\":{\"file_path\":\"/tmp/b/tree2/d\"}}}",
        "file outside of the bundle's folder"
    )]
    [InlineData(
        "\"resources\":{\"jobs\":{\"j\":{\"tasks\":[{\"libraries\":[{\"whl\":\"dist/x.whl\"}]}]}}}",
        "package in the bundle's folder"
    )]
    [InlineData(
        "\"resources\":{\"jobs\":{\"j\":{\"environments\":[{\"spec\":{\"dependencies\":[\"./dist/x.whl\"]}}]}}}",
        "package in the bundle's folder"
    )]
    public void Refuses(string members, string fault)
    {
        var problem = Check($"{{{Root},{members}}}").Problem.ShouldNotBeNull();

        problem.Code.ShouldBe(ProblemCode.Denied);
        problem.Message.ShouldContain(fault);
    }

    [Theory]
    [InlineData("""{"workspace":{"host":"https://evil.example","root_path":"/x"} }""", "another workspace")]
    [InlineData("""{"workspace":{"root_path":"~/x"} }""", "no absolute path")]
    [InlineData("""[]""", "does not answer")]
    [InlineData("""Error: x""", "does not answer")]
    public void RefusesAnAnswerThatIsNotForThisWorkspace(string answer, string fault) =>
        Check(answer).Problem.ShouldNotBeNull().Message.ShouldContain(fault);

    private static Result<ResolvedBundle> Check(string answer) =>
        ResolvedBundle.Check(Encoding.UTF8.GetBytes(answer), "https://dbx.example", "/tmp/b/tree");
}
