using Bascule.Core.Promotions;
using Bascule.Core.Runs;

namespace Bascule.Server.Tests.Promotions;

/// <summary>What a new run is measured by.</summary>
public sealed class PromotedVersionsTests
{
    [Fact]
    public async Task WhatIsPromotedIsFoundForRunsOfItsWorkflow()
    {
        await using var lab = await PromotionWorld.OpenAsync();
        var producer = await lab.ProduceAsync('a', "7");
        await lab.PromoteAsync(producer, "7");
        var next = await lab.ProduceAsync('b', "8");

        var promoted = (await FindAsync(lab, next)).ShouldNotBeNull();

        (promoted.Model, promoted.Version, promoted.Alias).ShouldBe((PromotionWorld.Model, "7", PromotionWorld.Alias));
        promoted.Producer.Id.ShouldBe(producer.Id);
    }

    [Fact]
    public async Task ARunInAnotherEnvironmentIsMeasuredByItAsWell()
    {
        await using var lab = await PromotionWorld.OpenAsync();
        var producer = await lab.ProduceAsync('a', "7");
        await lab.PromoteAsync(producer, "7");

        (await FindAsync(lab, producer with { Environment = "ml-dev" })).ShouldNotBeNull().Version.ShouldBe("7");
    }

    [Fact]
    public async Task WhatIsPromotedInItsOwnEnvironmentComesFirst()
    {
        await using var lab = await PromotionWorld.OpenAsync();
        var producer = await lab.ProduceAsync('a', "7");
        await lab.PromoteAsync(producer, "7");
        var own = (await lab.HistoryAsync())[0];
        await lab.World.ApplyAsync(
            new RecordPromotion(
                own with
                {
                    Place = own.Place with { Environment = "ml-dev" },
                    Version = "9",
                    At = own.At.AddDays(1),
                }
            )
        );

        (await FindAsync(lab, producer)).ShouldNotBeNull().Version.ShouldBe("7");
        (await FindAsync(lab, producer with { Environment = "ml-dev" })).ShouldNotBeNull().Version.ShouldBe("9");
        (await FindAsync(lab, producer with { Environment = "ml-lab" })).ShouldNotBeNull().Version.ShouldBe("9");
    }

    [Fact]
    public async Task NothingIsFoundForAnotherWorkflowOrRepository()
    {
        await using var lab = await PromotionWorld.OpenAsync();
        var producer = await lab.ProduceAsync('a', "7");
        await lab.PromoteAsync(producer, "7");

        (await FindAsync(lab, producer with { Workflow = "other" })).ShouldBeNull();
        (await FindAsync(lab, producer with { Repository = new("forge2", 7) })).ShouldBeNull();
    }

    [Fact]
    public async Task NothingIsFoundWhereTheAliasWasTakenAway()
    {
        await using var lab = await PromotionWorld.OpenAsync();
        var producer = await lab.ProduceAsync('a', "7");
        await lab.PromoteAsync(producer, "7");
        await lab.GoBackAsync(seen: 1);

        (await FindAsync(lab, producer)).ShouldBeNull();
    }

    private static Task<PromotedVersion?> FindAsync(PromotionWorld lab, Run run) =>
        lab.World.Get<IPromotedVersions>().FindAsync(run, default);
}
