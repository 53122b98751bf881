using System.Text;
using Bascule.Connectors.Platforms.Airflow.Gate.Reading;
using Bascule.Core;

namespace Bascule.Connectors.Tests.Platforms.Airflow.Gate.Reading;

/// <summary>A file might get hold of the process that reads it: what that process says is believed in one form alone.</summary>
[Trait("Threat", "T131")]
public sealed class AnswerReaderTests
{
    private const string First = """{"file": 0, "dags": [], "names": [], "hidden_imports": []}""";
    private const string Second = """{"file": 1, "fault": "syntax", "line": 3, "text": "x"}""";
    private const string End = """{"end": 2, "python": "3.11.2"}""";

    [Fact]
    public void TakesEveryFileOnceAndTheEnd()
    {
        var (reader, read) = Read(First, Second, End);

        read.Failed(out _).ShouldBeFalse();
        reader.Files.Count.ShouldBe(2);
        reader.Files[1].Fault.ShouldBe(new FileFault(FaultKind.Syntax, 3, "x"));
        reader.Version.ShouldBe("3.11.2");
    }

    [Fact]
    public void TakesWhatStandsInAFile()
    {
        var (reader, _) = Read(
            """
            {"file": 0, "dags": [{"id": "a", "line": 2, "schedule": null, "owner": true, "tasks": 3, "hidden": false, "mapped": 1}], "names": [{"name": "os", "line": 1}], "hidden_imports": []}
            """
        );

        reader.Files[0].Dags.ShouldBe([new DagAnswer("a", 2, null, true, 3, false, 1)]);
        reader.Files[0].Names.ShouldBe([new NameAnswer("os", 1)]);
        reader.IsAtEnd.ShouldBeFalse();
    }

    [Fact]
    public void ALineThatWasCutOffCountsForNothing()
    {
        var reader = new AnswerReader(2);

        reader.Read(Encoding.UTF8.GetBytes(First + "\n" + Second)).Failed(out _).ShouldBeFalse();

        reader.Files.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("out of order", Second)]
    [InlineData("twice", First, First)]
    [InlineData("more than were asked for", First, Second, """{"file": 2, "fault": "syntax", "line": 1, "text": ""}""")]
    [InlineData("an early end", First, End)]
    [InlineData("another count at the end", First, Second, """{"end": 3, "python": "3"}""")]
    [InlineData("an end without a version", First, Second, """{"end": 2}""")]
    [InlineData("an end with more", First, Second, """{"end": 2, "python": "3", "line": 1}""")]
    [InlineData("something after the end", First, Second, End, End)]
    [InlineData("no JSON", "hello")]
    [InlineData("an empty line", "")]
    [InlineData("a list", "[]")]
    [InlineData("an unknown key", """{"file": 0, "dags": [], "names": [], "hidden_imports": [], "more": 1}""")]
    [InlineData("a key twice", """{"file": 0, "file": 0, "dags": [], "names": [], "hidden_imports": []}""")]
    [InlineData("a key missing", """{"file": 0, "dags": [], "names": []}""")]
    [InlineData("null in a list", """{"file": 0, "dags": [null], "names": [], "hidden_imports": []}""")]
    [InlineData("half a DAG", """{"file": 0, "dags": [{"id": "a"}], "names": [], "hidden_imports": []}""")]
    [InlineData("line 0", """{"file": 0, "fault": "syntax", "line": 0, "text": ""}""")]
    [InlineData("an unknown fault", """{"file": 0, "fault": "none", "line": 1, "text": ""}""")]
    [InlineData("a fault and more", """{"file": 0, "fault": "syntax", "line": 1, "text": "", "dags": []}""")]
    [InlineData(
        "a nameless name",
        """{"file": 0, "dags": [], "names": [{"name": "", "line": 1}], "hidden_imports": []}"""
    )]
    public void RefusesEverythingElse(string name, params string[] lines)
    {
        var (_, read) = Read(lines);

        read.Failed(out var problem).ShouldBeTrue(name);
        problem.Code.ShouldBe(ProblemCode.Internal);
    }

    [Fact]
    public void RefusesALongName()
    {
        var (_, read) = Read(
            $$"""{"file": 0, "dags": [], "names": [{"name": "{{new string('a', 301)}}", "line": 1}], "hidden_imports": []}"""
        );

        read.Failed(out _).ShouldBeTrue();
    }

    private static (AnswerReader Reader, Result<Done> Read) Read(params string[] lines)
    {
        var reader = new AnswerReader(2);
        return (reader, reader.Read(Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => line + "\n")))));
    }
}
