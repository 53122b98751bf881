using System.Text;
using Bascule.Core.Notebooks;

namespace Bascule.Core.Tests.Notebooks;

public sealed class JupyterFileTests
{
    private const string Head = """{"nbformat":4,"nbformat_minor":5,"metadata":{},"cells":[""";

    /// <summary>As Jupyter writes it: one space a level, keys in order, a line break at its end.</summary>
    private const string Dirty = """
        {
         "cells": [
          {
           "cell_type": "markdown",
           "id": "a1",
           "metadata": {},
           "source": [
            "# Churn\n",
            "Größe 😀"
           ]
          },
          {
           "cell_type": "code",
           "execution_count": 12,
           "id": "a2",
           "metadata": {
            "ExecuteTime": {"end_time": "2026-11-20"},
            "tags": ["parameters"],
            "execution": {"iopub.status.busy": "x"}
           },
           "outputs": [
            {"output_type": "stream", "name": "stdout", "text": ["secret = hunter2\n"]},
            {"output_type": "display_data", "data": {"text/html": "<script>1</script>"}, "metadata": {}}
           ],
           "source": [
            "print(1)"
           ]
          }
         ],
         "metadata": {
          "kernelspec": {"name": "python3"},
          "widgets": {"application/vnd.jupyter.widget-state+json": {"state": {"x": "hunter2"}}}
         },
         "nbformat": 4,
         "nbformat_minor": 5
        }

        """;

    private const string Clean = """
        {
         "cells": [
          {
           "cell_type": "markdown",
           "id": "a1",
           "metadata": {},
           "source": [
            "# Churn\n",
            "Größe 😀"
           ]
          },
          {
           "cell_type": "code",
           "execution_count": null,
           "id": "a2",
           "metadata": {
            "tags": ["parameters"]
           },
           "outputs": [],
           "source": [
            "print(1)"
           ]
          }
         ],
         "metadata": {
          "kernelspec": {"name": "python3"}
         },
         "nbformat": 4,
         "nbformat_minor": 5
        }

        """;

    [Fact]
    [Trait("Threat", "T130")]
    public void TakesOutputsOutAndLeavesEverythingElseByteForByte()
    {
        Strip(Dirty).ShouldBe(Clean);
        Strip(Clean).ShouldBe(Clean);
        Read(Clean).IsClean.ShouldBeTrue();
    }

    [Fact]
    public void SaysWhereOutputsAre() =>
        Read(Dirty).Outputs.ShouldBe(["cell 2 holds 2 outputs", "the notebook's metadata holds widgets"]);

    [Fact]
    public void ReadsCells()
    {
        Read(Dirty)
            .Cells.ShouldBe([
                new NotebookCell("a1", "markdown", "# Churn\nGröße 😀"),
                new NotebookCell("a2", "code", "print(1)"),
            ]);
        Read(Head + """{"cell_type":"code","source":"a\r\nb","metadata":{},"outputs":[]}]}""")
            .Cells.ShouldHaveSingleItem()
            .Source.ShouldBe("a\nb");
    }

    [Theory]
    [InlineData("""{"widgets":{"a":1}}""", "{}")]
    [InlineData("""{ "widgets":{"a":1} , "b":2 }""", """{ "b":2 }""")]
    [InlineData("""{"b":2, "widgets":{"a":1}}""", """{"b":2}""")]
    [InlineData("""{"execution":1,"b":2,"outputs":[1],"widgets":{"a":1}}""", """{"b":2}""")]
    [InlineData("""{"execution":1,"widgets":{"a":1},"b":2,"outputs":[1],"c":3}""", """{"b":2,"c":3}""")]
    [InlineData("""{"\u0077idgets":{"a":1},"b":2}""", """{"b":2}""")]
    [InlineData("""{"widgets":{},"b":2}""", """{"widgets":{},"b":2}""")]
    public void TakesResultsOutOfMetadataWithTheirCommas(string metadata, string left) =>
        Strip(Head + $$"""{"cell_type":"code","metadata":{{metadata}},"outputs":[],"source":""}]}""")
            .ShouldBe(Head + $$"""{"cell_type":"code","metadata":{{left}},"outputs":[],"source":""}]}""");

    [Theory]
    [InlineData("""{"cell_type":"markdown","\u006futputs":[1],"source":""}""")]
    [InlineData("""{"outputs":[[[1]],{"a":[]}],"cell_type":"code"}""")]
    public void FindsOutputsHoweverTheyAreWritten(string cell)
    {
        Read(Head + cell + "]}").Outputs.ShouldHaveSingleItem().ShouldStartWith("cell 1 holds ");
        Strip(Head + cell + "]}").ShouldContain("\":[]");
    }

    [Theory]
    [InlineData("no JSON", "", "not valid JSON")]
    [InlineData("cut off", """{"nbformat":4,"cells":[""", "not valid JSON")]
    [InlineData("more behind", """{"nbformat":4,"cells":[]}{}""", "not valid JSON")]
    [InlineData("a list", "[]", "not a JSON object")]
    [InlineData("another format", """{"nbformat":3,"worksheets":[]}""", "nbformat 4")]
    [InlineData("a format in words", """{"nbformat":"4","cells":[]}""", "nbformat 4")]
    [InlineData("no cells", """{"nbformat":4}""", "nbformat 4")]
    [InlineData("cells that are no list", """{"nbformat":4,"cells":{}}""", "nbformat 4")]
    [InlineData("a cell that is none", """{"nbformat":4,"cells":[1]}""", "cell 1 that is no object")]
    [InlineData("outputs that are no list", """{"nbformat":4,"cells":[{"outputs":{"a":1}}]}""", "cell 1 whose outputs")]
    [InlineData("cells twice", """{"nbformat":4,"cells":[],"cells":[{"outputs":[1]}]}""", "repeats a key")]
    [InlineData("outputs twice", """{"nbformat":4,"cells":[{"outputs":[],"\u006futputs":[1]}]}""", "repeats a key")]
    [InlineData("metadata twice", """{"nbformat":4,"cells":[],"metadata":{"a":1,"a":2}}""", "repeats a key")]
    [InlineData("NaN", """{"nbformat":4,"cells":[{"outputs":[NaN]}]}""", "not valid JSON")]
    [InlineData("a lone surrogate", """{"nbformat":4,"cells":[{"source":"\ud800"}]}""", "lone surrogate")]
    [Trait("Threat", "T130")]
    public void RefusesWhatCouldBeReadInTwoWays(string name, string json, string fault) =>
        JupyterFile.Read(Encoding.UTF8.GetBytes(json)).Problem.ShouldNotBeNull(name).Message.ShouldContain(fault);

    [Fact]
    [Trait("Threat", "T130")]
    public void RefusesWhatIsTooDeepOrHasTooMuch()
    {
        var deep = Head + $$"""{"outputs":{{new string('[', 100_000)}}""";
        var many = Head + string.Join(',', Enumerable.Repeat("{}", JupyterFile.MaxCells + 1)) + "]}";

        Nested(JupyterFile.MaxDepth + 1).Problem!.Message.ShouldContain("deeper than 64");
        Nested(JupyterFile.MaxDepth).Problem.ShouldBeNull();
        JupyterFile.Read(Encoding.UTF8.GetBytes(deep)).Problem!.Message.ShouldContain("deeper than 64");
        JupyterFile.Read(Encoding.UTF8.GetBytes(many)).Problem!.Message.ShouldContain("more than 10000 cells");
        JupyterFile.Read(new byte[JupyterFile.MaxBytes + 1]).Problem!.Message.ShouldContain("at most");
        JupyterFile.Read([0x7b, 0xff, 0x7d]).Problem!.Message.ShouldContain("UTF-8");
    }

    /// <summary>The notebook is the first level.</summary>
    private static Result<JupyterFile> Nested(int levels) =>
        JupyterFile.Read(
            Encoding.UTF8.GetBytes(
                $$"""{"nbformat":4,"x":{{new string('[', levels - 1)}}{{new string(']', levels - 1)}},"cells":[]}"""
            )
        );

    private static JupyterFile Read(string json) => JupyterFile.Read(Encoding.UTF8.GetBytes(json)).Value;

    private static string Strip(string json)
    {
        var bytes = Encoding.UTF8.GetBytes(json);
        return Encoding.UTF8.GetString(JupyterFile.Read(bytes).Value.WithoutOutputs(bytes));
    }
}
