using Bascule.Testing.Stage;

namespace Bascule.Server.Tests.GitProxy.Pushing;

/// <summary>What a person reads in the terminal after their push. Forge and Databricks are simulated; git is real.</summary>
public sealed class PushFollowingTests(PushStage stage) : IClassFixture<PushStage>
{
    private const string Sleeping = "import time\ntime.sleep(120)\n";

    [Fact]
    public async Task APushSaysWhatIsPlannedAndWhereToLook()
    {
        await using var door = await OpenAsync();
        await ChangeAsync(door);

        var (code, text) = await door.PushAsync("HEAD:refs/heads/main");

        code.ShouldBe(0, text);
        text.ShouldContain("Bascule: churn in ml-prod: ");
        text.ShouldMatch("remote:   plan [0-9a-f]{12}, for ");
        text.ShouldMatch("remote:   https://127.0.0.1:[0-9]+/runs/[0-9a-z-]+");
    }

    [Fact]
    public async Task ABranchThatNoWorkflowNamesRunsNothingAndSaysSo()
    {
        await using var door = await OpenAsync();
        await ChangeAsync(door);

        var (code, text) = await door.PushAsync("-o", "bascule.wait", "HEAD:refs/heads/notes");

        code.ShouldBe(0, text);
        text.ShouldContain("Bascule: no workflow asks for a run");
    }

    [Fact]
    public async Task WhoWaitsReadsTheVerdict()
    {
        await using var door = await OpenAsync();
        await ChangeAsync(door);

        var (code, text) = await door.PushAsync("-o", "bascule.wait", "HEAD:refs/heads/main");

        code.ShouldBe(0, text);
        text.ShouldContain("Bascule: churn in ml-prod: running");
        text.ShouldContain("Bascule: churn in ml-prod: succeeded in ");
        text.ShouldContain("  auc 0.75");
        text.ShouldContain("  model main.churn.classifier version ");
    }

    [Fact]
    public async Task TheRunOfAnOpenPullRequestIsTold()
    {
        await using var door = await OpenAsync();
        var pullRequest = await door.Repository.OpenPullRequestAsync("feature");
        await door.Repository.WaitForCommentAsync(pullRequest, "succeeded");
        await ChangeAsync(door);

        var (code, text) = await door.PushAsync("-o", "bascule.wait", "HEAD:refs/heads/feature");

        code.ShouldBe(0, text);
        text.ShouldContain("Bascule: churn in ml-dev: succeeded in ");
    }

    [Fact]
    public async Task AFailedRunFailsThePushThatWaitedForItAndTheRefHasMovedAllTheSame()
    {
        await using var door = await OpenAsync("raise SystemExit('the data is empty')\n");
        var commit = await ChangeAsync(door);

        var (code, text) = await door.PushAsync("-o", "bascule.wait", "HEAD:refs/heads/main");

        code.ShouldNotBe(0, text);
        text.ShouldContain("the push is through, and not every run ended well: churn in ml-prod failed");
        text.ShouldNotContain("rejected");
        (await door.TipAsync("refs/heads/main")).ShouldBe(commit);
    }

    [Fact]
    public async Task AFailedRunDoesNotFailAPushThatDidNotWait()
    {
        await using var door = await OpenAsync("raise SystemExit('the data is empty')\n");
        await ChangeAsync(door);

        var (code, text) = await door.PushAsync("HEAD:refs/heads/main");

        code.ShouldBe(0, text);
    }

    [Fact]
    [Trait("Threat", "T91")]
    public async Task WaitingEndsBeforeTheTokenDoes()
    {
        await using var door = await OpenAsync(Sleeping);
        door.Pass = door.Pass with { ExpiresAt = DateTimeOffset.UtcNow.AddSeconds(15) };
        await ChangeAsync(door);

        var (code, text) = await door.PushAsync("-o", "bascule.wait=1h", "HEAD:refs/heads/main");

        code.ShouldNotBe(0, text);
        text.ShouldContain("its runs go on, and waiting for them ends here");
        text.ShouldNotContain("succeeded");
    }

    [Theory]
    [InlineData("bascule.wiat")]
    [InlineData("bascule.wait=soon")]
    [InlineData("bascule.wait=0m")]
    [InlineData("bascule.wait=99999999999999h")]
    public async Task AMistypedOptionMovesNothing(string option)
    {
        await using var door = await OpenAsync();
        await ChangeAsync(door);

        var (code, text) = await door.PushAsync("-o", option, "HEAD:refs/heads/main");

        code.ShouldBe(1, text);
        text.ShouldContain($"push.options: the push option '{option}' is none of Bascule's; write -o bascule.wait");
        (await door.TipAsync("refs/heads/main")).ShouldBe(door.Repository.First);
    }

    [Fact]
    public async Task AnOptionOfTheForgeIsNotPassedOn()
    {
        await using var door = await OpenAsync();
        await ChangeAsync(door);

        var (code, text) = await door.PushAsync("-o", "repo.private=false", "HEAD:refs/heads/main");

        code.ShouldBe(0, text);
        text.ShouldContain("push options that are not Bascule's are not passed on to the forge");
    }

    [Fact]
    [Trait("Threat", "T155")]
    public async Task WhatTheRepositorySaysIsOnlyText()
    {
        const string Commands =
            "workflows:\n  \"\\e[2J\\u202Erun \\e]8;;https://evil.example\\aclick\\e]8;;\\a\": { on: { } }\n";
        await using var door = await OpenAsync(workflow: Commands);
        await ChangeAsync(door);

        var (code, text) = await door.PushAsync("HEAD:refs/heads/main");

        code.ShouldBe(0, text);
        text.ShouldContain("refused");
        text.ShouldNotContain("\u001b]8");
        text.ShouldNotContain("\u001b[2J");
        text.ShouldNotContain("\u202e");
    }

    private Task<PushDoor> OpenAsync(string script = StageSource.Script, string workflow = StageSource.Workflow) =>
        stage.OpenAsync(
            files: new Dictionary<string, string>
            {
                [".bascule.yaml"] = workflow,
                ["train.py"] = script,
                ["data.csv"] = "tenure,churned\n1,0\n",
            }
        );

    private static async Task<string> ChangeAsync(PushDoor door)
    {
        door.Developer.Write("data.csv", $"tenure,churned\n{Guid.NewGuid()},1\n");
        return await door.Developer.CommitAsync("Change the data");
    }
}
