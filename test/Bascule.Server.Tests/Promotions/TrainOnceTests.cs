using System.Text.Json.Nodes;
using Bascule.Core.Deployments;
using Bascule.Core.Forges;
using Bascule.Core.Platforms;
using Bascule.Core.Promotions;
using Bascule.Core.Runs;
using Bascule.Core.Workflows;
using Bascule.Server.Tests.Approvals;
using Bascule.Server.Tests.Events;
using Bascule.Server.Tests.Runs;
using Bascule.Server.Tests.World;

namespace Bascule.Server.Tests.Promotions;

/// <summary>A merge that brings what its pull request has trained promotes that; each condition that does not hold has it trained again.</summary>
public sealed class TrainOnceTests
{
    private static readonly string File = ApprovalStage.File.Replace(
        "      push:",
        "      pull_request: { branches: [main], environment: ml-dev }\n      push:",
        StringComparison.Ordinal
    );

    /// <summary>For the audit log: a training, and the merge that promotes it.</summary>
    internal static async Task<IReadOnlyList<JsonObject>> PlayAsync()
    {
        await using var lab = await OpenAsync();
        await TrainAsync(lab);
        await lab.FinishAsync(await MergeAsync(lab));
        return await lab.World.EntriesAsync();
    }

    [Fact]
    public async Task TheMergePromotesWhatItsPullRequestHasTrained()
    {
        await using var lab = await OpenAsync();
        var trained = await TrainAsync(lab);

        var merge = await MergeAsync(lab);
        (merge.State, merge.Environment, merge.Content).ShouldBe((RunState.Queued, "ml-prod", trained.Content));
        var calls = lab.World.Platform.RunCount;
        var run = await lab.FinishAsync(merge);

        (run.State, lab.Promoted).ShouldBe((RunState.Succeeded, "7"), run.Reason);
        lab.World.Platform.RunCount.ShouldBe(calls);
        var promotion = (await lab.HistoryAsync()).ShouldHaveSingleItem();
        (promotion.Version, promotion.Run, promotion.Producer).ShouldBe(("7", run.Id, trained.Id));
        (promotion.Commit, promotion.By).ShouldBe((merge.Commit, "bascule"));
        (await lab.World.TimelineAsync(run)).ShouldContain($"promote: {Instead(trained)}");
    }

    [Fact]
    public async Task TheStatusAndTheCommentSaySo()
    {
        await using var lab = await OpenAsync();
        var trained = await TrainAsync(lab);

        var merge = await lab.FinishAsync(await MergeAsync(lab));
        await lab.World.DrainAsync("report");

        var forge = (FakeStatusForge)lab.World.Forge;
        var status = forge.Statuses.First(one => one.Context == "bascule/churn/ml-prod");
        status.State.ShouldBe(CommitStatusState.Success);
        status.Description.ShouldContain("version 7 of run");
        forge.Comments.ShouldContain(comment =>
            comment.Body.Contains($"of run {trained.Id} promoted instead of trained again", StringComparison.Ordinal)
            && comment.Body.Contains(merge.Id.Text, StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task AnEnvironmentThatDoesNotSayItTrainsAgain()
    {
        await using var lab = await OpenAsync(from: []);
        await TrainAsync(lab);

        var merge = await MergeAsync(lab);

        merge.Promotes.ShouldBeNull();
        (await lab.World.TimelineAsync(merge)).ShouldNotContain(line =>
            line.StartsWith("promote:", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task AnotherEnvironmentThanTheOneThatIsNamedIsNotTakenFrom()
    {
        await using var lab = await OpenAsync(from: ["ml-prod"]);
        await TrainAsync(lab);

        await TrainedAgainAsync(
            lab,
            await MergeAsync(lab),
            "no pull request into main has run this content in ml-prod"
        );
    }

    [Fact]
    public async Task AMergeThatMakesSomethingElseTrainsIt()
    {
        await using var lab = await OpenAsync();
        await TrainAsync(lab);

        var merge = await MergeAsync(lab, ("churn/slipped_in.py", "x"));

        await TrainedAgainAsync(lab, merge, "no pull request into main has run this content in ml-dev");
    }

    [Theory]
    [InlineData(PlatformRunState.Failed, "did not succeed (failed)")]
    [InlineData(PlatformRunState.Canceled, "did not succeed (canceled)")]
    [InlineData(PlatformRunState.Running, "did not succeed (started)")]
    public async Task ARunThatDidNotSucceedIsNotTaken(PlatformRunState state, string why)
    {
        await using var lab = await OpenAsync();
        await TrainAsync(lab, state);

        await TrainedAgainAsync(lab, await MergeAsync(lab), why);
    }

    [Fact]
    public async Task ARunThatWasNotGoodEnoughIsNotTaken()
    {
        await using var lab = await OpenAsync();
        var trained = await TrainAsync(lab);
        await lab.World.ApplyAsync(new SaveRun(trained with { Shortfall = "rmse is worse" }));

        await TrainedAgainAsync(lab, await MergeAsync(lab), "was not good enough: rmse is worse");
    }

    [Fact]
    public async Task ARunThatIsNotAttestedIsNotTaken()
    {
        await using var lab = await OpenAsync();
        await TrainAsync(lab, isAttested: false);

        await TrainedAgainAsync(lab, await MergeAsync(lab), "is not attested");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task ARunThatProducedNoneOrSeveralIsNotTaken(int count)
    {
        await using var lab = await OpenAsync();
        await TrainAsync(lab, models: count);

        await TrainedAgainAsync(lab, await MergeAsync(lab), $"produced {count} versions of models");
    }

    /// <summary>Whoever forces the branch to the same content has merged nothing.</summary>
    [Fact]
    [Trait("Threat", "T106")]
    public async Task ABranchThatDidNotGoForwardTrainsWhatItHolds()
    {
        await using var lab = await OpenAsync(rules: rule => rule with { Rewritten = RewrittenHistory.Run });
        var trained = await TrainAsync(lab);
        var world = lab.World;

        var forced = world.Mirror.Commit(
            ServerWorld.Main,
            'c',
            parent: null,
            (".bascule.yaml", File),
            ("churn/train.py", "2")
        );
        await world.HearAsync(Hints.Push(forced));
        var run = (await world.RunsAsync()).First(one => one.Commit == forced);

        run.Content.ShouldBe(trained.Content);
        await TrainedAgainAsync(lab, run, "main did not go forward, so no merge brought it");
    }

    /// <summary>The content is what it was, and the data is not.</summary>
    [Fact]
    public async Task APlannedTimeTrainsWhatTheMergeHasPromoted()
    {
        const string nightly =
            "      schedule: { cron: \"0 3 * * *\", branch: main, environment: ml-prod }\n      push:";
        await using var lab = await OpenAsync();
        await TrainAsync(lab, file: File.Replace("      push:", nightly, StringComparison.Ordinal));
        var merge = await MergeAsync(lab);
        await lab.World.DrainAsync("schedule");

        lab.World.Clock.Advance(TimeSpan.FromDays(1));
        await lab.World.DrainAsync("schedule");
        var run = (await lab.World.RunsAsync())[0];

        merge.Promotes.ShouldNotBeNull();
        (run.Trigger.IsSchedule, run.Content, run.Promotes).ShouldBe((true, merge.Content, null));
    }

    [Fact]
    public async Task APullRequestsOwnRunTrains()
    {
        await using var lab = await PromotionWorld.OpenAsync(rule => rule with { TrainOnce = ["ml-dev"] });

        var trained = await TrainAsync(lab);

        (await lab.World.TimelineAsync(trained)).ShouldNotContain(line =>
            line.StartsWith("promote:", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task AHeadThatHasMovedSinceIsNotTaken()
    {
        await using var lab = await OpenAsync();
        await TrainAsync(lab);
        lab.World.Mirror.Commit(ApprovalStage.Head, 'd', FakeMirror.Id('b'), ("churn/train.py", "3"));
        await lab.World.HearAsync(Hints.Pull(PullRequestAction.Synchronized, FakeMirror.Id('d')));

        await TrainedAgainAsync(lab, await MergeAsync(lab), "no pull request into main has run this content");
    }

    /// <summary>What was proposed to another branch, or by somebody who may not push, says nothing about this one.</summary>
    [Theory]
    [InlineData("refs/heads/next", false)]
    [InlineData("refs/heads/main", true)]
    [Trait("Threat", "T105")]
    public async Task APullRequestIntoAnotherBranchOrFromAForkIsNotTakenFrom(string into, bool fromFork)
    {
        await using var lab = await OpenAsync();
        var trained = await TrainAsync(lab);
        var pull = await lab.World.Storage.Repositories.FindPullRequestAsync(
            trained.Repository,
            trained.PullRequest!.Value,
            default
        );
        await lab.World.ApplyAsync(new SavePullRequest(pull! with { Base = RefName.Parse(into), FromFork = fromFork }));

        await TrainedAgainAsync(lab, await MergeAsync(lab), "no pull request into main has run this content");
    }

    /// <summary>Only the training itself is looked at: what repeats it, promotes it or waits for the merge is none.</summary>
    [Theory]
    [InlineData("reproduction")]
    [InlineData("promotion")]
    [InlineData("waiting for the merge")]
    public async Task NoOtherRunOfTheHeadTakesItsPlace(string kind)
    {
        await using var lab = await OpenAsync();
        var trained = await TrainAsync(lab);
        await lab.World.ApplyAsync(new SaveRun(trained with { Shortfall = "rmse is worse" }));
        var other = trained with
        {
            Id = RunId.New(),
            Key = IdempotencyKey.Derive(1, trained.Repository, trained.Trigger, trained.Commit, kind, "ml-dev", 0),
            CreatedAt = trained.CreatedAt.AddMinutes(1),
        };
        await lab.World.ApplyAsync(
            new AddRun(
                kind switch
                {
                    "reproduction" => other with { Reproduces = trained.Id },
                    "promotion" => other with
                    {
                        Promotes = new PromotionOrder(PromotionWorld.Model, "7", "production", 1, "person:p-x"),
                    },
                    _ => other with { OnMerge = true },
                }
            )
        );

        await TrainedAgainAsync(lab, await MergeAsync(lab), "was not good enough: rmse is worse");
    }

    [Fact]
    [Trait("Threat", "T138")]
    public async Task AVersionThatWasRolledBackThereIsNotTaken()
    {
        await using var lab = await OpenAsync();
        var trained = await TrainAsync(lab);
        var promoted = new Promotion(PromotionWorld.Place, 1, "7", trained.Id, "person:p-x", trained.CreatedAt)
        {
            Repository = trained.Repository,
            Commit = trained.Commit,
            Producer = trained.Id,
        };
        await lab.World.ApplyAsync(
            new RecordPromotion(promoted),
            new RecordPromotion(
                promoted with
                {
                    Generation = 2,
                    Version = null,
                    Producer = null,
                    Replaced = "7",
                    RolledBackBecause = "it forgets people",
                }
            )
        );

        await TrainedAgainAsync(lab, await MergeAsync(lab), "version 7 of main.churn.classifier was rolled back there");
    }

    [Fact]
    [Trait("Threat", "T138")]
    public async Task WhatWasRolledBackThereIsNotTaken()
    {
        await using var lab = await OpenAsync();
        var trained = await TrainAsync(lab);
        var place = new DeployPlace(trained.Repository, "ml-prod");
        await lab.World.ApplyAsync(
            new BlockCommit(new BlockedCommit(place, trained.Commit, "it forgets people", "person:p-x", default))
        );

        await TrainedAgainAsync(lab, await MergeAsync(lab), "was rolled back in environment 'ml-prod'");
    }

    [Fact]
    [Trait("Threat", "T138")]
    public async Task ARollbackKeepsTheVersionOutOfTheNextMerge()
    {
        await using var lab = await OpenAsync();
        var trained = await TrainAsync(lab);
        var merge = await lab.FinishAsync(await MergeAsync(lab));

        await lab.GoBackAsync(seen: 1);

        lab.Promoted.ShouldBeNull();
        var blocked = lab.World.Storage.Deployments;
        var place = new DeployPlace(trained.Repository, "ml-prod");
        (await blocked.FindBlockAsync(place, merge.Commit, default)).ShouldNotBeNull();
        (await blocked.FindBlockAsync(place, trained.Commit, default)).ShouldNotBeNull();
    }

    [Fact]
    [Trait("Threat", "T97")]
    public async Task WhereTheEnvironmentAsksForApprovalItWaitsForOneOfThePromotion()
    {
        await using var lab = await OpenAsync(rules: PromotionWorld.Approved);
        await TrainAsync(lab);
        var proposed = await lab.World.ProposedAsync();
        await lab.World.ApproveAsync(proposed, lab.World.People.Add("linus", 11));

        var merge = await MergeAsync(lab);

        (merge.State, merge.Promotes?.Version).ShouldBe((RunState.AwaitingApproval, "7"));
        (await lab.World.GivenAsync(merge)).ShouldBeEmpty();
        (await lab.FinishAsync(merge)).State.ShouldBe(RunState.AwaitingApproval);
        await lab.World.ApproveAsync(merge, lab.World.People.Add("grace", 10));
        var run = await lab.FinishAsync(merge);
        (run.State, lab.Promoted).ShouldBe((RunState.Succeeded, "7"), run.Reason);
    }

    private static string Instead(Run trained) =>
        $"model {PromotionWorld.Model} version 7 of run {trained.Id} promoted instead of trained again";

    private static Task<PromotionWorld> OpenAsync(
        IReadOnlyList<string>? from = null,
        Func<EnvironmentRule, EnvironmentRule>? rules = null
    ) =>
        PromotionWorld.OpenAsync(rule =>
            rule.Name == "ml-prod" ? (rules ?? (same => same))(rule with { TrainOnce = from ?? ["ml-dev"] }) : rule
        );

    /// <summary>Main, and a pull request whose run of ml-dev has ended so.</summary>
    private static async Task<Run> TrainAsync(
        PromotionWorld lab,
        PlatformRunState state = PlatformRunState.Succeeded,
        bool isAttested = true,
        int models = 1,
        string? file = null
    )
    {
        var world = lab.World;
        var start = world.Mirror.Commit(
            ServerWorld.Main,
            'a',
            null,
            (".bascule.yaml", file ?? File),
            ("churn/train.py", "1")
        );
        await world.HearAsync(Hints.Push(start));
        await world.Get<IRunCommands>().CancelAsync((await world.RunsAsync())[0].Id, "operator", default);
        await world.DrainAsync("run.cancel");
        world.Mirror.Commit(ApprovalStage.Head, 'b', start, ("churn/train.py", "2"));
        await world.HearAsync(Hints.Pull(PullRequestAction.Opened, FakeMirror.Id('b')));
        var run = (await world.RunsAsync()).First(one => one.Environment == "ml-dev");
        world.Platform.Observation = new Observation(state, null, null, null);
        world.Platform.Results = new RunResults(
            [],
            [
                .. Enumerable
                    .Range(7, models)
                    .Select(number => new ModelVersion(PromotionWorld.Model, $"{number}", null)),
            ],
            []
        );
        await world.DrainAsync("run.start");
        await world.DrainAsync("run.observe");
        if (isAttested)
            await world.DrainAsync("attest");
        return await world.FindAsync(run);
    }

    /// <summary>A merge commit on main that holds the head, and whatever else slipped in.</summary>
    private static async Task<Run> MergeAsync(PromotionWorld lab, params (string Path, string Text)[] slipped)
    {
        var world = lab.World;
        var merge = world.Mirror.Commit(ServerWorld.Main, 'c', FakeMirror.Id('b'), slipped);
        await world.HearAsync(Hints.Push(merge));
        await world.HearAsync(Hints.Pull(PullRequestAction.Merged, FakeMirror.Id('b')) with { MergeCommit = merge });
        return (await world.RunsAsync()).First(run => run.Commit == merge);
    }

    private static async Task TrainedAgainAsync(PromotionWorld lab, Run merge, string why)
    {
        (merge.State, merge.Promotes).ShouldBe((RunState.Queued, null));
        (await lab.World.TimelineAsync(merge)).ShouldContain(line =>
            line.StartsWith("promote: ml-prod trains it: ", StringComparison.Ordinal)
            && line.Contains(why, StringComparison.Ordinal)
        );
    }
}
