using System.Text;
using System.Text.Json;
using Bascule.Core.Runs;
using Bascule.Testing.Stage;

namespace Bascule.EndToEnd.Capabilities;

/// <summary>A Jupyter notebook that was committed with what came out of it. Forge and platform are simulated.</summary>
public sealed class NotebookTests(QuickStage quick) : IClassFixture<QuickStage>
{
    private const string Output = "customer 4711 owes 900";

    private const string Workflow = """
        workflows:
          explore:
            on:
              pull_request: { branches: [main], environment: ml-dev }
            databricks:
              task: { notebook: explore.ipynb }

        """;

    private readonly BasculeStage _stage = quick.Stage;

    [Fact]
    [Trait("Capability", "Notebooks")]
    public async Task RunsWithoutItsOutputsAndTheCommentShowsTheCellThatChanged()
    {
        var repository = await quick.RepositoryAsync(
            (".bascule.yaml", Workflow),
            ("explore.ipynb", Notebook("total = 1"))
        );
        await repository.Developer.BranchAsync("sums");
        repository.Developer.Write("explore.ipynb", Notebook("total = 40 + 2"));
        var head = await repository.Developer.CommitAndPushAsync("Sum up", "sums");

        var pull = await repository.OpenAsync("sums");

        var run = await _stage.WaitForRunAsync(head);
        run.Run.State.ShouldBe(RunState.Succeeded, run.Run.Reason);
        var sent = Sent("/explore");
        sent.ShouldContain("total = 40 + 2");
        sent.ShouldNotContain(Output);
        await repository.WaitForCommentAsync(pull, "+total = 40 + 2");
        var comment = repository.CommentsOn(pull).ShouldHaveSingleItem().Body;
        comment.ShouldContain("-total = 1");
        comment.ShouldNotContain(Output);
    }

    /// <summary>What the workspace was asked to import, as the request held it.</summary>
    private string Sent(string path) =>
        _stage
            .Databricks.Requests.Where(request => request.Path == "/api/2.0/workspace/import")
            .Select(request => JsonElement.Parse(request.Body))
            .Where(body => body.GetProperty("path").GetString()!.EndsWith(path, StringComparison.Ordinal))
            .Select(body => Encoding.UTF8.GetString(body.GetProperty("content").GetBytesFromBase64()))
            .Last();

    private static string Notebook(string sum) =>
        $$"""
            {
             "nbformat": 4,
             "nbformat_minor": 5,
             "metadata": { "language_info": { "name": "python" } },
             "cells": [
              {
               "cell_type": "code",
               "id": "sum",
               "metadata": {},
               "execution_count": 7,
               "outputs": [{ "output_type": "stream", "name": "stdout", "text": "{{Output}}" }],
               "source": "{{sum}}"
              }
             ]
            }

            """;
}
