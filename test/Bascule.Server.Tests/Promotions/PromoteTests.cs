using System.Text.Json.Nodes;
using Bascule.Core;
using Bascule.Core.Platforms;
using Bascule.Core.Provenance.Dsse;
using Bascule.Core.Runs;
using Bascule.Server.Tests.Approvals;
using Bascule.Server.Tests.Runs;
using Bascule.Server.Tests.World;

namespace Bascule.Server.Tests.Promotions;

/// <summary>Promoting a version that an attested run produced.</summary>
public sealed class PromoteTests
{
    [Fact]
    public async Task AVersionOfAnAttestedRunIsPromotedAndRememberedOnceThePlatformHasConfirmedIt()
    {
        await using var lab = await PromotionWorld.OpenAsync();
        var producer = await lab.ProduceAsync('a', "7");

        var asked = await lab.AskAsync(producer, "7");
        asked.Value.State.ShouldBe(RunState.Queued);
        (await lab.HistoryAsync()).ShouldBeEmpty();
        var run = await lab.FinishAsync(asked.Value);

        (run.State, lab.Promoted).ShouldBe((RunState.Succeeded, "7"), run.Reason);
        var promotion = (await lab.HistoryAsync()).ShouldHaveSingleItem();
        (promotion.Generation, promotion.Version, promotion.Replaced).ShouldBe((1, "7", null));
        (promotion.Run, promotion.Producer, promotion.Commit).ShouldBe((run.Id, producer.Id, producer.Commit));
        promotion.By.ShouldBe("person:p-asker");
        (await lab.World.TimelineAsync(producer)).ShouldContain(
            $"promote: run {run.Id} promoted version 7 of {PromotionWorld.Model} to production"
        );
        var entry = (await lab.World.EntriesAsync("model.promoted")).ShouldHaveSingleItem();
        ((string?)entry["facts"]!["after"], (string?)entry["actor"]).ShouldBe(("7", "person:p-asker"));
    }

    [Fact]
    public async Task APromotionIsNoResultOfItsCommit()
    {
        await using var lab = await PromotionWorld.OpenAsync();
        var producer = await lab.ProduceAsync('a', "7");

        await lab.PromoteAsync(producer, "7");

        var last = await lab.World.Storage.Runs.FindLastSuccessAsync(
            producer.Repository,
            producer.Workflow,
            producer.Ref,
            default
        );
        last!.Id.ShouldBe(producer.Id);
        (await lab.World.Storage.Lineage.ListDeployedAsync(null, 10, default))
            .ShouldHaveSingleItem()
            .Id.ShouldBe(producer.Id);
        await lab.World.DrainAsync("report.status");
        ((FakeStatusForge)lab.World.Forge)
            .Statuses.Select(status => status.Context)
            .Distinct()
            .ShouldBe(["bascule/churn/ml-prod", "bascule/churn/ml-prod/production"], ignoreOrder: true);
    }

    [Fact]
    public async Task ItIsAttestedWithWhatItPromoted()
    {
        await using var lab = await PromotionWorld.OpenAsync();
        var producer = await lab.ProduceAsync('a', "7");

        var run = await lab.PromoteAsync(producer, "7");

        var kept = (await lab.World.Storage.Attestations.ListAsync(run.Id, default)).ShouldHaveSingleItem();
        var payload = DsseReader.Parse(kept.Envelope).Value.Payload;
        var promotes = JsonNode.Parse(payload.Span)!["predicate"]!["promotes"]!;
        ((string?)promotes["version"], (string?)promotes["alias"]).ShouldBe(("7", "production"));
        ((string?)promotes["producer"]).ShouldBe(producer.Id.Text);
    }

    [Fact]
    public async Task ItWaitsForNoTrainingAndHoldsNoneUp()
    {
        await using var lab = await PromotionWorld.OpenAsync();
        var producer = await lab.ProduceAsync('a', "7");
        lab.World.Platform.Observation = new Observation(PlatformRunState.Running, null, null, null);
        var training = await lab.World.QueueAsync('b');
        await lab.World.DrainAsync("run.start");

        var run = await lab.PromoteAsync(producer, "7");

        (run.State, lab.Promoted).ShouldBe((RunState.Succeeded, "7"));
        (await lab.World.FindAsync(training)).State.ShouldBe(RunState.Started);
    }

    [Fact]
    public async Task WhoeverAsksTwiceGetsOneRun()
    {
        await using var lab = await PromotionWorld.OpenAsync();
        var producer = await lab.ProduceAsync('a', "7");

        var first = await lab.AskAsync(producer, "7");
        var second = await lab.AskAsync(producer, "7");

        second.Value.Id.ShouldBe(first.Value.Id);
        await lab.FinishAsync(first.Value);
        (await lab.HistoryAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task WhatIsPromotedAlreadyIsSaidAndNothingDoneUnlessSomebodyMovedItByHand()
    {
        await using var lab = await PromotionWorld.OpenAsync();
        var producer = await lab.ProduceAsync('a', "7");
        var run = await lab.PromoteAsync(producer, "7");

        var again = await lab.AskAsync(producer, "7");

        again.Problem!.Code.ShouldBe(ProblemCode.Conflict);
        again.Problem.Message.ShouldContain($"leads to version 7 already, since run {run.Id}; nothing was done");
        lab.World.Platform.Aliases[(PromotionWorld.Model, PromotionWorld.Alias)] = "3";
        await lab.PromoteAsync(producer, "7");
        lab.Promoted.ShouldBe("7");
        (await lab.HistoryAsync())[0].Replaced.ShouldBe("3");
    }

    [Fact]
    [Trait("Threat", "T97")]
    public async Task WhereTheEnvironmentAsksForApprovalItWaitsForOneOfThisVersion()
    {
        await using var lab = await PromotionWorld.OpenAsync(PromotionWorld.Approved);
        var producer = await ApprovedAsync(lab, 'a', "7");

        var asked = await lab.AskAsync(producer, "7");

        asked.Value.State.ShouldBe(RunState.AwaitingApproval);
        (await lab.FinishAsync(asked.Value)).State.ShouldBe(RunState.AwaitingApproval);
        lab.Promoted.ShouldBeNull();
        asked.Value.PlanDigest.ShouldNotBe(producer.PlanDigest);
        await lab.World.ApproveAsync(asked.Value, lab.World.People.Add("grace", 10));
        var run = await lab.FinishAsync(asked.Value);
        (run.State, lab.Promoted).ShouldBe((RunState.Succeeded, "7"), run.Reason);
    }

    [Fact]
    [Trait("Threat", "T97")]
    public async Task WhoeverAskedForItDoesNotApproveIt()
    {
        await using var lab = await PromotionWorld.OpenAsync(PromotionWorld.Approved);
        var producer = await ApprovedAsync(lab, 'a', "7");
        var asker = lab.World.People.Add("asker", 12);
        var asked = await lab.AskAsync(producer, "7");

        var given = await lab.World.GiveAsync(asked.Value, asker);

        given.Problem!.Message.ShouldContain("asked for the promotion; somebody else has to approve");
        (await lab.World.FindAsync(asked.Value)).State.ShouldBe(RunState.AwaitingApproval);
    }

    [Fact]
    public async Task OfTwoVersionsThatWereAskedForTheSecondDoesNotOvertakeTheFirst()
    {
        await using var lab = await PromotionWorld.OpenAsync(PromotionWorld.Approved);
        var older = await ApprovedAsync(lab, 'a', "7");
        var newer = await ApprovedAsync(lab, 'b', "8");
        var (first, second) = ((await lab.AskAsync(older, "7")).Value, (await lab.AskAsync(newer, "8")).Value);
        await lab.World.ApproveAsync(second, lab.World.People.Add("grace", 10));
        await lab.FinishAsync(second);

        await lab.World.ApproveAsync(first, lab.World.People.Add("linus", 11));
        var late = await lab.FinishAsync(first);

        late.State.ShouldBe(RunState.Failed);
        late.Reason.ShouldNotBeNull().ShouldContain("was moved since this was asked for, to version 8");
        lab.Promoted.ShouldBe("8");
    }

    private static async Task<Run> ApprovedAsync(PromotionWorld lab, char digit, string version)
    {
        var queued = await lab.World.QueueAsync(digit);
        await lab.World.ApproveAsync(queued, lab.World.People.Add($"lead-{digit}", 20 + digit));
        await lab.World.DrainAsync("run.start");
        lab.World.Platform.Observation = new Observation(PlatformRunState.Succeeded, null, null, null);
        lab.World.Platform.Results = new RunResults([], [new ModelVersion(PromotionWorld.Model, version, null)], []);
        return await lab.FinishAsync(queued);
    }
}
