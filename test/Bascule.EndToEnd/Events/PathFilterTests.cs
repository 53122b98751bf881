using Bascule.Core.Runs;
using Bascule.Testing.Stage;

namespace Bascule.EndToEnd.Events;

/// <summary>Forges keep five commits of a push in its hook; Bascule looks at all of them.</summary>
[Trait("Threat", "T18")]
public sealed class PathFilterTests(QuickStage quick) : IClassFixture<QuickStage>
{
    private static readonly (string, string)[] Files =
    [
        (
            ".bascule.yaml",
            StageSource.Workflow.Replace("  churn:\n", "  churn:\n    root: churn\n", StringComparison.Ordinal)
        ),
        ("churn/train.py", StageSource.Script),
        ("docs/notes.md", "Notes\n"),
    ];

    [Fact]
    public async Task MatchesAPushOfEightCommitsWhoseFirstTouchedTheRoot()
    {
        var repository = await quick.RepositoryAsync(Files);
        var tip = await PushEightAsync(repository, first: "churn/params.txt");

        var run = await quick.Stage.WaitForRunAsync(tip);

        run.Run.State.ShouldBe(RunState.Succeeded);
        var hook = quick.Stage.Forge.Deliveries.Single(sent => sent.Body.Contains(tip, StringComparison.Ordinal));
        hook.Body.ShouldNotContain("churn/params.txt");
    }

    [Fact]
    public async Task RunsNothingWhenAllEightTouchedOtherFolders()
    {
        var repository = await quick.RepositoryAsync(Files);
        var tip = await PushEightAsync(repository, first: "docs/first.md");

        await quick.Stage.SettleAsync();

        (await repository.UpdatesAsync("main"))[^1].After!.ToString().ShouldBe(tip);
        (await quick.Stage.RunsOfAsync(tip)).ShouldBeEmpty();
    }

    private static async Task<string> PushEightAsync(StageRepository repository, string first)
    {
        repository.Developer.Write(first, "1\n");
        await repository.Developer.CommitAsync("Commit 1");
        for (var i = 2; i <= 8; i++)
        {
            repository.Developer.Write($"docs/{i}.md", "text\n");
            await repository.Developer.CommitAsync($"Commit {i}");
        }
        await repository.Developer.PushAsync();
        return await repository.Developer.GitAsync("rev-parse", "HEAD");
    }
}
