using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using Bascule.Connectors.Platforms.Databricks;
using Bascule.Connectors.Platforms.Databricks.Content;
using Bascule.Connectors.Tests.Platforms.Sending;
using Bascule.Core.Notebooks;
using Bascule.Testing.Platforms;

namespace Bascule.Connectors.Tests.Platforms.Databricks;

public sealed class NotebookTests : IDisposable
{
    private readonly DatabricksFixture _fixture = new();

    public NotebookTests()
    {
        _fixture.Tree = MemoryTree.Of(("nb.ipynb", SentTreeTests.Dirty), ("lib.py", "x = 1\n"));
        _fixture.Task = new DatabricksTask { Notebook = "nb.ipynb" };
    }

    private FakeWorkspace Workspace => _fixture.Workspace;

    public void Dispose() => _fixture.Dispose();

    [Fact]
    [Trait("Threat", "T130")]
    public async Task OutputsStayBehindUnlessTheEnvironmentKeepsThem()
    {
        (await _fixture.Platform.StartAsync(_fixture.Start, default)).Problem.ShouldBeNull();

        Content("nb").ShouldBe(SentTreeTests.Clean);
        Workspace.Calls.ShouldAllBe(call => !Sent(call).Contains("hunter2", StringComparison.Ordinal));

        _fixture.Environment = _fixture.Environment with { NotebookOutputs = NotebookOutputs.Keep };
        (await _fixture.Platform.StartAsync(_fixture.Start, default)).Problem.ShouldBeNull();

        Content("nb").ShouldBe(SentTreeTests.Dirty);
    }

    /// <summary>Of one commit: neither finds the other's folder complete.</summary>
    [Fact]
    [Trait("Threat", "T130")]
    public async Task WhatIsSentUnderOnePolicyIsNotTakenUnderAnother()
    {
        await _fixture.Platform.StartAsync(_fixture.Start, default);
        var first = _fixture.Workspace.Imported.Last();
        _fixture.Environment = _fixture.Environment with { NotebookOutputs = NotebookOutputs.Keep };

        await _fixture.Platform.StartAsync(_fixture.Start, default);

        var second = _fixture.Workspace.Imported.Last();
        first.ShouldEndWith("/.bascule-content");
        second.ShouldBe($"/Workspace/Shared/bascule/ml/churn/{_fixture.Tree.Content}/.bascule-content");
        second.ShouldNotBe(first);
        Workspace.To("/submit").Select(call => Notebook(call)).Distinct().Count().ShouldBe(2);
        ContentMarker
            .Parse(Workspace.Files[first])!
            .Content.ShouldBe(first.Split('/')[^2], "it is collected like others");
    }

    [Fact]
    [Trait("Threat", "T130")]
    public async Task AnEnvironmentThatRefusesOutputsSendsNothing()
    {
        _fixture.Environment = _fixture.Environment with { NotebookOutputs = NotebookOutputs.Refuse };

        var refused = (await _fixture.Platform.StartAsync(_fixture.Start, default)).Problem.ShouldNotBeNull();

        refused.Message.ShouldContain("nb.ipynb: cell 1 holds 1 output");
        Workspace.Calls.ShouldBeEmpty();
        _fixture.Tree = MemoryTree.Of(("nb.ipynb", SentTreeTests.Clean));
        (await _fixture.Platform.StartAsync(_fixture.Start, default)).Problem.ShouldBeNull();
    }

    [Fact]
    [Trait("Threat", "T130")]
    public async Task ThePlanSaysWhatIsLeftBehind()
    {
        var plan = (await _fixture.Platform.PlanAsync(_fixture.Planned, default)).Value;
        var kept = _fixture.Environment with { NotebookOutputs = NotebookOutputs.Keep };
        var other = (await _fixture.Platform.PlanAsync(_fixture.Planned with { Environment = kept }, default)).Value;

        var upload = JsonNode.Parse(plan.Json)!["upload"]!;
        upload["stripped"]!.ToJsonString().ShouldBe("""{"notebooks":["nb.ipynb"],"outputs":"stripped"}""");
        plan.Summary.ShouldContain("leaves the outputs of 1 notebook behind: nb.ipynb");
        JsonNode.Parse(plan.Json)!["content"]!.GetValue<string>().ShouldBe(_fixture.Tree.Content.Hex);
        var unstripped = JsonNode.Parse(other.Json)!["upload"]!;
        unstripped["stripped"].ShouldBeNull();
        unstripped["tree"]!.GetValue<string>().ShouldBe(_fixture.Tree.TreeDigest);
        upload["tree"]!.GetValue<string>().ShouldNotBe(_fixture.Tree.TreeDigest);
        upload["folder"]!.GetValue<string>().ShouldNotBe(unstripped["folder"]!.GetValue<string>());
    }

    [Fact]
    public async Task APackHoldsNotebooksAsFilesWithoutTheirOutputs()
    {
        _fixture.Task = new DatabricksTask { Python = "train.py" };
        _fixture.Tree.Add("train.py", "print(1)\n").Add("src.py", "# Databricks notebook source\nx = 1\n");
        for (var i = 0; i < 30; i++)
            _fixture.Tree.Add(string.Create(CultureInfo.InvariantCulture, $"lib/m{i}.py"), "x\n");

        (await _fixture.Platform.StartAsync(_fixture.Start, default)).Problem.ShouldBeNull();

        var files = Packed();
        files["nb.ipynb"].ShouldBe(SentTreeTests.Clean);
        files["src.py"].ShouldBe("# Databricks notebook source\nx = 1\n");
        Workspace.To("/import").ShouldAllBe(call => call.Json["format"]!.GetValue<string>() == "RAW");
    }

    [Theory]
    [InlineData("nb.ipynb", "{}", "JUPYTER")]
    [InlineData("NB.IPYNB", "{}", "JUPYTER")]
    [InlineData("nb.py", "# Databricks notebook source\nx", "SOURCE PYTHON")]
    [InlineData("nb.py", "# Databricks notebook source\r\nx", "SOURCE PYTHON")]
    [InlineData("nb.py", "# Databricks notebook source", "SOURCE PYTHON")]
    [InlineData("nb.r", "# Databricks notebook source\nx", "SOURCE R")]
    [InlineData("nb.R", "# Databricks notebook source\nx", "SOURCE R")]
    [InlineData("nb.scala", "// Databricks notebook source\nx", "SOURCE SCALA")]
    [InlineData("nb.sql", "-- Databricks notebook source\nx", "SOURCE SQL")]
    [InlineData("nb.py", "x = 1\n# Databricks notebook source\n", "RAW")]
    [InlineData("nb.py", "# Databricks notebook sources\n", "RAW")]
    [InlineData("nb.py", "-- Databricks notebook source\n", "RAW")]
    [InlineData("nb.sql", "# Databricks notebook source\n", "RAW")]
    [InlineData("nb.py", "", "RAW")]
    [InlineData("nb.txt", "# Databricks notebook source\n", "RAW")]
    [InlineData("nb", "# Databricks notebook source\n", "RAW")]
    public void TellsNotebooksFromFiles(string path, string content, string format)
    {
        var found = NotebookFormat.Of(path, Encoding.UTF8.GetBytes(content));

        $"{found.Format} {found.Language}".Trim().ShouldBe(format);
        found.IsNotebook.ShouldBe(format != "RAW");
    }

    [Theory]
    [InlineData("nb.py", "# ", "python")]
    [InlineData("nb.R", "# ", "r")]
    [InlineData("nb.scala", "// ", "scala")]
    [InlineData("nb.sql", "-- ", "sql")]
    public void ReadsTheCellsOfASourceNotebook(string path, string comment, string language)
    {
        var text =
            $"{comment}Databricks notebook source\n\none\ntwo\n\n{comment}COMMAND ----------\r\n\n{comment}MAGIC %md\n{comment}MAGIC # Title\n{comment}MAGIC\n{comment}MAGICIAN\n\n{comment}COMMAND ----------\n{comment}COMMAND -----\n";
        var connector = new DatabricksConnector();

        connector.MayBeNotebook(path).ShouldBeTrue();
        connector
            .ReadCells(path, Encoding.UTF8.GetBytes(text))
            .ShouldBe([
                new NotebookCell(null, language, "one\ntwo"),
                new NotebookCell(null, "markdown", $"%md\n# Title\n\n{comment}MAGICIAN"),
                new NotebookCell(null, language, $"{comment}COMMAND -----"),
            ]);
        connector.ReadCells(path, "x = 1\n"u8).ShouldBeNull();
        connector.ReadCells("nb.txt", Encoding.UTF8.GetBytes(text)).ShouldBeNull();
        connector.MayBeNotebook("nb.txt").ShouldBeFalse();
    }

    private string Content(string name) =>
        Encoding.UTF8.GetString(
            Convert.FromBase64String(
                Workspace
                    .To("/import")
                    .Last(call => call.Json["path"]!.GetValue<string>().EndsWith("/" + name, StringComparison.Ordinal))
                    .Json["content"]!.GetValue<string>()
            )
        );

    private static string Sent(Received call) =>
        call.Path.EndsWith("/import", StringComparison.Ordinal)
            ? Encoding.UTF8.GetString(Convert.FromBase64String(call.Json["content"]!.GetValue<string>()))
            : call.Body;

    private static string Notebook(Received call) =>
        call.Json["tasks"]![0]!["notebook_task"]!["notebook_path"]!.GetValue<string>();

    private Dictionary<string, string> Packed()
    {
        var files = new Dictionary<string, string>();
        foreach (var (_, bytes) in Workspace.Files.Where(file => file.Key.EndsWith(".zip", StringComparison.Ordinal)))
        {
            using var zip = new ZipArchive(new MemoryStream(bytes));
            foreach (var entry in zip.Entries)
            {
                using var reader = new StreamReader(entry.Open());
                files[entry.FullName] = reader.ReadToEnd();
            }
        }
        return files;
    }
}
