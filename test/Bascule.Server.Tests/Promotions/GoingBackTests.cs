using Bascule.Core;
using Bascule.Core.Runs;
using Bascule.Server.Tests.Runs;
using Bascule.Server.Tests.World;

namespace Bascule.Server.Tests.Promotions;

/// <summary>The way back to the version that was promoted before.</summary>
[Trait("Threat", "T138")]
public sealed class GoingBackTests
{
    [Fact]
    public async Task ItGoesBackToTheLastGoodVersionAndTheBadCommitDoesNotComeBack()
    {
        await using var lab = await PromotionWorld.OpenAsync();
        var (_, bad) = await PromoteTwoAsync(lab);

        var run = await lab.GoBackAsync(seen: 2);

        (run.State, lab.Promoted).ShouldBe((RunState.Succeeded, "7"), run.Reason);
        var now = (await lab.HistoryAsync())[0];
        (now.Generation, now.Version, now.RolledBackBecause).ShouldBe((3, "7", "it forgets people"));
        (now.Run, now.By).ShouldBe((run.Id, "person:p-approver"));
        (await lab.World.TimelineAsync(bad)).ShouldContain(
            $"rollback: rolled back in ml-prod by run {run.Id}, from version 8 to version 7: it forgets people"
        );
        var entry = (await lab.World.EntriesAsync("model.rolled_back")).ShouldHaveSingleItem();
        ((string?)entry["facts"]!["before"], (string?)entry["facts"]!["after"]).ShouldBe(("8", "7"));
        var again = await lab.AskAsync(bad, "8");
        again.Problem!.Message.ShouldContain("was rolled back in environment 'ml-prod' (it forgets people)");
    }

    [Fact]
    public async Task ItNeedsNoApprovalSinceWhatItLeadsToWasApproved()
    {
        await using var lab = await PromotionWorld.OpenAsync();
        await PromoteTwoAsync(lab);

        var asked = await lab.AskBackAsync(seen: 2);

        asked.Value.State.ShouldBe(RunState.Queued);
        asked.Value.Rule.ShouldBe("rollback");
        (await lab.World.Storage.Approvals.FindAsync(asked.Value.Id, default)).ShouldBeNull();
    }

    [Fact]
    public async Task WhatIsToldOfTheBadCommitSaysThatItWasRolledBack()
    {
        await using var lab = await PromotionWorld.OpenAsync();
        await PromoteTwoAsync(lab);
        await lab.World.DrainAsync("report.status");

        await lab.GoBackAsync(seen: 2);
        await lab.World.DrainAsync("report.status");

        ((FakeStatusForge)lab.World.Forge).Statuses.ShouldContain(status =>
            status.Context == "bascule/churn/ml-prod" && status.Description.Contains("rolled back since")
        );
    }

    [Fact]
    public async Task WhoeverAsksTwiceAtOnceGoesBackOnce()
    {
        await using var lab = await PromotionWorld.OpenAsync();
        await PromoteTwoAsync(lab);

        var asked = await Task.WhenAll(lab.AskBackAsync(seen: 2, "once"), lab.AskBackAsync(seen: 2, "twice"));

        asked[0].Value.Id.ShouldBe(asked[1].Value.Id);
        await lab.FinishAsync(asked[0].Value);
        (await lab.HistoryAsync()).Count.ShouldBe(3);
        var late = await lab.AskBackAsync(seen: 2);
        late.Problem!.Code.ShouldBe(ProblemCode.Conflict);
        late.Problem.Message.ShouldContain("was moved meanwhile, to version 7");
    }

    [Fact]
    public async Task FromTheFirstVersionTheAliasIsTakenAwayWhereItLedNowhereBefore()
    {
        await using var lab = await PromotionWorld.OpenAsync();
        await lab.PromoteAsync(await lab.ProduceAsync('a', "7"), "7");

        var run = await lab.GoBackAsync(seen: 1);

        (run.State, lab.Promoted).ShouldBe((RunState.Succeeded, null), run.Reason);
        (await lab.HistoryAsync())[0].Version.ShouldBeNull();
        (await lab.AskBackAsync(seen: 2)).Problem!.Code.ShouldBe(ProblemCode.NotFound);
    }

    [Fact]
    public async Task NobodyGoesBackToAVersionThatBasculeKnowsNothingOf()
    {
        await using var lab = await PromotionWorld.OpenAsync();
        lab.World.Platform.Aliases[(PromotionWorld.Model, PromotionWorld.Alias)] = "3";
        await lab.PromoteAsync(await lab.ProduceAsync('a', "7"), "7");

        var asked = await lab.AskBackAsync(seen: 1);

        asked.Problem!.Code.ShouldBe(ProblemCode.Conflict);
        asked.Problem.Message.ShouldContain("led to version 3, which nobody here knows anything of");
        lab.Promoted.ShouldBe("7");
    }

    [Fact]
    public async Task ASecondRollbackPassesOverWhatWasLeftBefore()
    {
        await using var lab = await PromotionWorld.OpenAsync();
        await PromoteTwoAsync(lab);
        await lab.PromoteAsync(await lab.ProduceAsync('c', "9"), "9");
        await lab.GoBackAsync(seen: 3);
        lab.Promoted.ShouldBe("8");

        await lab.GoBackAsync(seen: 4);

        lab.Promoted.ShouldBe("7");
    }

    /// <summary>Trained twice of one commit, the second time worse: the commit stays, and the version does not come back.</summary>
    [Fact]
    public async Task OfOneCommitWithTwoVersionsTheGoodOneStaysGood()
    {
        await using var lab = await PromotionWorld.OpenAsync();
        var producer = await lab.ProduceAsync('a', "7");
        await lab.PromoteAsync(producer, "7");
        var again = await lab.World.Get<IRunCommands>().RetryAsync(producer.Id, "operator", default);
        lab.World.Platform.Results = new Core.Platforms.RunResults(
            [],
            [new ModelVersion(PromotionWorld.Model, "8", null)],
            []
        );
        var retrained = await lab.FinishAsync(again.Value);
        await lab.PromoteAsync(retrained, "8");

        await lab.GoBackAsync(seen: 2);

        lab.Promoted.ShouldBe("7");
        (await lab.AskAsync(retrained, "8")).Problem!.Message.ShouldContain("version 8 of");
        (await lab.AskAsync(producer, "7")).Problem!.Message.ShouldContain("leads to version 7 already");
    }

    [Fact]
    public async Task ARollbackThatIsAskedForAgainAfterTheNextPromotionChangesNothing()
    {
        await using var lab = await PromotionWorld.OpenAsync();
        await PromoteTwoAsync(lab);
        var back = await lab.GoBackAsync(seen: 2);
        await lab.PromoteAsync(await lab.ProduceAsync('c', "9"), "9");

        var again = await lab.World.Get<IRunCommands>().RetryAsync(back.Id, "operator", default);
        var late = await lab.FinishAsync(again.Value);

        (late.State, lab.Promoted).ShouldBe((RunState.Superseded, "9"));
    }

    private static async Task<(Run Good, Run Bad)> PromoteTwoAsync(PromotionWorld lab)
    {
        var good = await lab.ProduceAsync('a', "7");
        await lab.PromoteAsync(good, "7");
        var bad = await lab.ProduceAsync('b', "8");
        await lab.PromoteAsync(bad, "8");
        return (good, bad);
    }
}
