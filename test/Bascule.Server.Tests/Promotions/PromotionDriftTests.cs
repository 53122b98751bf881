using Bascule.Core.Drift;
using Bascule.Core.Platforms;
using Bascule.Core.Work;
using Bascule.Server.Drift;

namespace Bascule.Server.Tests.Promotions;

/// <summary>An alias that somebody moves without Bascule is said, and said to be over.</summary>
public sealed class PromotionDriftTests
{
    private const string Name = $"{PromotionWorld.Alias} of {PromotionWorld.Model}";

    [Fact]
    public async Task AnAliasThatLeadsToAnotherVersionIsFoundOnceAndItsEndIsSaid()
    {
        await using var lab = await OpenAsync();
        var run = await lab.PromoteAsync(await lab.ProduceAsync('a', "7"), "7");
        (await TurnAsync(lab)).Total.ShouldBe(0);

        lab.World.Platform.Aliases[(PromotionWorld.Model, PromotionWorld.Alias)] = "3";
        var found = await TurnAsync(lab);
        await TurnAsync(lab);

        (found.Total, found.Run).ShouldBe((1, run.Id));
        var difference = found.Differences.ShouldHaveSingleItem();
        difference.What.ShouldBe($"{Name}: it leads to version 3, and version 7 was promoted");
        difference.How.ShouldBe(DifferenceKind.Changed);
        var entry = (await lab.World.EntriesAsync("drift.found")).ShouldHaveSingleItem();
        ((string?)entry["facts"]!["workflow"]).ShouldBe(Name);
        lab.World.Platform.Aliases[(PromotionWorld.Model, PromotionWorld.Alias)] = "7";
        (await TurnAsync(lab)).Total.ShouldBe(0);
        (await lab.World.EntriesAsync("drift.ended")).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task AnAliasThatIsGoneIsFoundAndWhatWasRolledBackIsNoDrift()
    {
        await using var lab = await OpenAsync();
        await lab.PromoteAsync(await lab.ProduceAsync('a', "7"), "7");
        await lab.PromoteAsync(await lab.ProduceAsync('b', "8"), "8");
        await lab.GoBackAsync(seen: 2);
        (await TurnAsync(lab)).Total.ShouldBe(0);

        lab.World.Platform.Aliases.Clear();

        (await TurnAsync(lab)).Differences.ShouldHaveSingleItem().How.ShouldBe(DifferenceKind.Removed);
    }

    private static Task<PromotionWorld> OpenAsync() =>
        PromotionWorld.OpenAsync(rule =>
            rule with
            {
                DriftEvery = rule.Name == "ml-prod" ? TimeSpan.FromHours(1) : null,
            }
        );

    /// <summary>The row's turn an hour later, and what is known of the alias then.</summary>
    private static async Task<DriftStanding> TurnAsync(PromotionWorld lab)
    {
        lab.World.Clock.Advance(TimeSpan.FromHours(1));
        var row = new WorkItem(1, "drift", DriftHandler.DriftKind, "ml-prod", 0, lab.World.Clock.GetUtcNow());
        var result = await lab.World.Get<DriftHandler>().HandleAsync(row, default);
        await lab.World.ApplyAsync([.. result.Changes]);
        var known = await lab.World.Storage.Drift.ListAsync("ml-prod", default);
        return known.Single(one => one.Place.Workflow == Name);
    }
}
