using System.Text.RegularExpressions;
using Bascule.Core;
using Bascule.Core.Runs;
using Bascule.Simulators.Forges;
using Bascule.Testing.Stage;

namespace Bascule.EndToEnd.Training;

/// <summary>
/// Attacks on the loop, through a whole server, on each platform that trains: what must not happen is asked of the platform and the forge, and beside it stands what
/// may. Forge, platforms and provider are simulated.
/// </summary>
public sealed partial class TrainingThreatsTests
{
    public static TheoryData<string> Platforms => new("databricks", "azureml");

    public static TheoryData<string, string> Forks =>
        new()
        {
            { "databricks", "eve" },
            { "databricks", "research" },
            { "azureml", "eve" },
            { "azureml", "research" },
        };

    /// <summary>Of an organisation whose name an environment takes, too: an environment is for the repository that the pull request is in.</summary>
    [Theory]
    [MemberData(nameof(Forks))]
    [Trait("Threat", "T102")]
    [Trait("Threat", "T103")]
    public async Task AForkIsPlannedAndThePlatformHearsNothing(string platform, string owner)
    {
        await using var world = await TrainingWorld.OpenAsync(platform, TrainingWorld.Approved);
        var stranger = await ForkAsync(world, owner);
        stranger.Write(".bascule.yaml", world.File(pulls: owner == "eve" ? "open" : "other"));
        stranger.Write("train.py", "import os; print(os.environ)\n");
        var head = await stranger.CommitAndPushAsync("A kind offer", "offer");
        world.Platform.EndTokens();
        var before = world.Platform.Requests;

        await world.Stage.Forge.OpenPullRequestAsync(
            world.Repository.Forge,
            "eve",
            $"{owner}:offer",
            "main",
            "An offer"
        );
        var run = await world.RunAsync(head, environment: null);
        await world.Stage.SettleAsync();

        run.Run.State.ShouldBe(RunState.Planned);
        (await world.Stage.RunsOfAsync(head)).ShouldHaveSingleItem();
        world.Platform.Requests.ShouldBe(before);
        var (own, _) = await world.ProposeAsync("from-inside");
        (await world.RunAsync(own, "open")).Run.State.ShouldBe(RunState.Succeeded);
        world.Platform.Runs.ShouldBe(1);
    }

    [Theory]
    [MemberData(nameof(Platforms))]
    [Trait("Threat", "T104")]
    public async Task AnApprovalEndsWhenTheBaseMoves(string platform)
    {
        await using var world = await TrainingWorld.OpenAsync(platform, TrainingWorld.Approved);
        using var lead = await world.SignInAsync();
        var (head, pull) = await world.ProposeAsync("proposed");
        await world.RunAsync(head, "open");
        var proposed = await world.AskedAsync(head);
        (await lead.ApproveRunAsync(proposed.Run.Id, "fine", proposed.PlanDigest, default)).Problem.ShouldBeNull();
        await world.RunAsync(head, "live", run => run.State == RunState.Planned);

        await world.Repository.Developer.BranchAsync("main");
        world.Repository.Developer.Write("other.py", "import os\n");
        await world.AskedAsync(await world.Repository.Developer.CommitAndPushAsync("Move the base"));

        var given = (await world.AskedAsync(head)).Approvals.ShouldNotBeNull().Given.ShouldHaveSingleItem();
        given.Counts.ShouldBeFalse();
        given.Because.ShouldNotBeNull().ShouldContain("changed what this is based on");
        await world.AskedAsync(await world.MergeAsync(pull));
        world.Platform.Runs.ShouldBe(1, "the pull request's own training is all that ran");
    }

    [Theory]
    [MemberData(nameof(Platforms))]
    [Trait("Threat", "T105")]
    public async Task AMergeRunsAsApprovedOnlyWithWhatWasApproved(string platform)
    {
        await using var world = await TrainingWorld.OpenAsync(platform, TrainingWorld.Approved);
        using var lead = await world.SignInAsync();
        var (first, clean) = await world.ProposeAsync("as-approved");
        await world.RunAsync(first, "open");
        var seen = await world.AskedAsync(first);
        (await lead.ApproveRunAsync(seen.Run.Id, "fine", seen.PlanDigest, default)).Problem.ShouldBeNull();
        (await world.RunAsync(await world.MergeAsync(clean), "live")).Run.State.ShouldBe(RunState.Succeeded);
        var (second, _) = await world.ProposeAsync("with-more");
        await world.RunAsync(second, "open");
        var other = await world.AskedAsync(second);
        (await lead.ApproveRunAsync(other.Run.Id, "fine", other.PlanDigest, default)).Problem.ShouldBeNull();
        var runs = world.Platform.Runs;

        var developer = world.Repository.Developer;
        await developer.BranchAsync("main");
        await developer.GitAsync("merge", "--quiet", "--no-ff", "--no-commit", "with-more");
        developer.Write("slipped_in.py", "import os\n");
        var merge = await world.AskedAsync(await developer.CommitAndPushAsync("Merge with-more"));

        merge.Approvals.ShouldNotBeNull().Given.ShouldNotContain(given => given.Counts);
        merge.ContentId.ShouldNotBe(other.ContentId);
        world.Platform.Runs.ShouldBe(runs);
    }

    [Theory]
    [MemberData(nameof(Platforms))]
    [Trait("Threat", "T123")]
    public async Task WhatAProgramSaysStaysText(string platform)
    {
        const string name = "www.evil.example.com/beacon.png";
        const string said =
            "```\n</details><img src=https://evil.example.com/x> @everyone ![x](https://evil.example.com/y)\n| a | b |\n";
        await using var world = await TrainingWorld.OpenAsync(platform, TrainingWorld.Approved);
        var developer = world.Repository.Developer;
        await developer.BranchAsync("talkative");
        developer.Write("metrics.json", $$"""{"auc": 0.75, "{{name}}": 1.5}""");
        var measured = await developer.CommitAndPushAsync("Measure", "talkative");
        var pull = await world.Repository.OpenAsync("talkative");
        (await world.RunAsync(measured, "open")).Run.State.ShouldBe(RunState.Succeeded);
        await world.Repository.WaitForCommentAsync(pull, $"`{name}`");
        var row = CommentOf(world, pull).Split('\n').Single(line => line.Contains(name, StringComparison.Ordinal));

        developer.Write("said.txt", said);
        developer.Write("code.txt", "1");
        var failed = await developer.CommitAndPushAsync("Say it", "talkative");
        (await world.RunAsync(failed, "open")).Run.State.ShouldBe(RunState.Failed);
        await world.Repository.WaitForCommentAsync(pull, "@everyone");
        var comment = CommentOf(world, pull);

        row.ShouldStartWith($"| `{name}` | 1.5 |");
        var block = Fenced().Matches(comment).Single(text => text.Value.Contains("evil", StringComparison.Ordinal));
        block.Groups["text"].Value.ShouldContain("<img src=https://evil.example.com/x> @everyone");
        block.Groups["fence"].Value.Length.ShouldBeGreaterThan("```".Length);
        Fenced().Replace(comment, "").Replace($"`{name}`", "", StringComparison.Ordinal).ShouldNotContain("evil");
    }

    [Theory]
    [MemberData(nameof(Platforms))]
    [Trait("Threat", "T138")]
    public async Task AVersionThatWasRolledBackDoesNotComeBack(string platform)
    {
        await using var world = await TrainingWorld.OpenAsync(platform, "promotes: [production]");
        var good = await world.TrainAsync("good");
        await world.PromoteAsync(good);
        var bad = await world.TrainAsync("bad");
        await world.PromoteAsync(bad);
        (await world.Platform.ProductionAsync()).ShouldBe(bad.Version);
        var runs = world.Platform.Runs;

        await world.GoBackAsync("it rejects every new customer");

        (await world.Platform.ProductionAsync()).ShouldBe(good.Version);
        (await world.Stage.Client.PromoteAsync(bad, "production", because: null, default))
            .Problem.ShouldNotBeNull()
            .Code.ShouldBe(ProblemCode.Denied);
        await PushAgainAsync(world, good.Commit, bad.Commit);
        (await world.Platform.ProductionAsync()).ShouldBe(good.Version);
        world.Platform.Runs.ShouldBe(runs);
        var mended = await world.TrainAsync("mended");
        await world.PromoteAsync(mended);
        (await world.Platform.ProductionAsync()).ShouldBe(mended.Version);
    }

    private static async Task<Developer> ForkAsync(TrainingWorld world, string owner)
    {
        var forge = world.Stage.Forge;
        world.Stage.AddPerson("eve");
        if (owner != "eve")
            forge.AddOrganisation(owner, "eve");
        forge.SetCollaborator(world.Repository.Forge, "eve", ForgeAccess.Read);
        return await world.Stage.CloneAsync(await forge.ForkRepositoryAsync(world.Repository.Forge, owner), "eve");
    }

    private static string CommentOf(TrainingWorld world, ForgePullRequest pull) =>
        world.Repository.CommentsOn(pull).ShouldHaveSingleItem().Body;

    /// <summary>A branch that was forced back comes forward again, as something that synchronises does it.</summary>
    private static async Task PushAgainAsync(TrainingWorld world, string good, string bad)
    {
        var developer = world.Repository.Developer;
        var before = (await world.Stage.RunsOfAsync(bad)).Count;
        await developer.GitAsync("push", "--quiet", "--force", "origin", $"{good}:refs/heads/main");
        await world.Stage.SettleAsync();
        await developer.GitAsync("push", "--quiet", "--force", "origin", $"{bad}:refs/heads/main");
        var again = await world.Stage.WaitForAsync(
            "what becomes of the bad commit",
            async () =>
                await world.Stage.RunsOfAsync(bad) is var runs && runs.Count > before && runs[0].Final ? runs[0] : null
        );
        again.State.ShouldBe(RunState.Refused, again.Reason);
        await developer.BranchAsync("main");
    }

    [GeneratedRegex(
        "^(?<fence>`{3,})text\n(?<text>.*?)^\\k<fence>$",
        RegexOptions.Multiline | RegexOptions.Singleline,
        1000
    )]
    private static partial Regex Fenced();
}
