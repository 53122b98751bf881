using Bascule.Core.Forges;
using Bascule.Core.Runs;
using Bascule.Server.Reports;
using Bascule.Server.Tests.World;

namespace Bascule.Server.Tests.Reports;

/// <summary>What the comment of a pull request shows of notebooks that it changes.</summary>
public sealed class NotebookCommentTests : IAsyncLifetime
{
    private const string File = """
        workflows:
          churn:
            root: ml
            on:
              pull_request: { branches: [main], environment: ml-dev }
            lab: { run: train.py }
        """;

    private ServerWorld _world = null!;

    public async Task InitializeAsync()
    {
        _world = await ServerWorld.OpenAsync();
        _world.Mirror.Commit(
            ServerWorld.Main,
            'a',
            parent: null,
            (".bascule.yaml", File),
            ("ml/nb.ipynb", Notebook("alpha = 0.1", "1")),
            ("ml/rerun.ipynb", Notebook("same", "1")),
            ("other/nb.ipynb", Notebook("alpha = 0.1", "1")),
            ("ml/lib.py", "x = 1\n"),
            (
                "ml/src.py",
                "# Databricks notebook source\n# MAGIC %md\n# MAGIC # Churn\n\n# COMMAND ----------\n\nfit(1)\n"
            )
        );
        await _world.ApplyAsync(new SavePullRequest(ReportStage.APull()));
        await _world.AddAsync(ReportStage.AHead(RunState.Queued));
    }

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    [Trait("Threat", "T130")]
    public async Task SourcesAreComparedAndOutputsAreNot()
    {
        Head(("ml/nb.ipynb", Notebook("alpha = 0.2", "2")), ("ml/rerun.ipynb", Notebook("same", "2")));

        var body = await ReportAsync();

        body.ShouldContain("<summary>Notebook <code>ml/nb.ipynb</code>: 1 cell changed</summary>");
        body.ShouldContain("```diff\n-alpha = 0.1\n+alpha = 0.2\n```");
        body.ShouldNotContain("hunter");
        body.ShouldNotContain("rerun.ipynb", Case.Sensitive, "only what came out of it differs");
    }

    [Fact]
    public async Task OnlyWhatAWorkflowSendsIsShown()
    {
        Head(("other/nb.ipynb", Notebook("alpha = 0.2", "1")), ("ml/lib.py", "x = 2\n"));

        (await ReportAsync()).ShouldNotContain("Notebook <code>");
    }

    [Fact]
    public async Task NotebooksInThePlatformsOwnFormAreShown()
    {
        Head(
            (
                "ml/src.py",
                "# Databricks notebook source\n# MAGIC %md\n# MAGIC # Churn\n\n# COMMAND ----------\n\nfit(2)\n"
            ),
            ("ml/new.ipynb", Notebook("x", "1"))
        );

        var body = await ReportAsync();

        body.ShouldContain(
            "<code>ml/src.py</code>: 1 cell changed</summary>\n\nCell 2 (`python`) changed\n\n```diff\n-fit(1)\n+fit(2)\n```"
        );
        body.ShouldContain("<code>ml/new.ipynb</code>: added, 1 cell added</summary>");
    }

    [Fact]
    [Trait("Threat", "T130")]
    public async Task ANotebookThatCannotBeReadIsNamed()
    {
        Head(("ml/nb.ipynb", "{"));

        (await ReportAsync()).ShouldContain("Its cells are not shown: it is not valid JSON");
    }

    [Fact]
    [Trait("Threat", "T130")]
    public async Task OfManyNotebooksOnlySomeAreLookedAt()
    {
        Head([.. Enumerable.Range(100, 53).Select(number => ($"ml/{number}.ipynb", Notebook("x", "1")))]);

        var body = await ReportAsync();

        body.ShouldContain("40 more changed notebooks not shown here.");
        body.ShouldContain("3 more changed files may hold notebooks and were not looked at.");
    }

    [Fact]
    [Trait("Threat", "T130")]
    public async Task ANotebookOfTooManyCellsIsNamedAndNotCompared()
    {
        var cells = string.Join(',', Enumerable.Repeat("""{"cell_type":"code","source":"x"}""", 1001));
        Head(("ml/nb.ipynb", $$"""{"nbformat":4,"cells":[{{cells}}]}"""));

        (await ReportAsync()).ShouldContain("Its cells are not shown: it has more than 1000 cells.");
    }

    [Fact]
    [Trait("Threat", "T130")]
    public async Task ANotebookOfTooManyBytesIsNamedAndNotRead()
    {
        Head(("ml/nb.ipynb", Notebook("alpha = 0.2", "2") + new string(' ', 16 * 1024 * 1024)));

        var body = await ReportAsync();

        body.ShouldContain("Its cells are not shown: it has more than 16777216 bytes.");
        body.ShouldNotContain("+alpha = 0.2");
    }

    private void Head(params (string Path, string Text)[] files) =>
        _world.Mirror.Commit("refs/heads/alpha", 'b', FakeMirror.Id('a'), files);

    private async Task<string> ReportAsync()
    {
        _world.Clock.Advance(TimeSpan.FromMinutes(5));
        await _world.DrainAsync(ReportWork.CommentKind);
        return _world.Forge.Comments.ShouldHaveSingleItem().Body;
    }

    private static string Notebook(string source, string output) =>
        $$"""{"nbformat":4,"nbformat_minor":5,"metadata":{},"cells":[{"id":"a","cell_type":"code","execution_count":{{output}},"metadata":{},"outputs":[{"text":"hunter{{output}}"}],"source":"{{source}}"}]}""";
}
