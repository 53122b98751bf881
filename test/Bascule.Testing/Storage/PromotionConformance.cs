using Bascule.Core;
using Bascule.Core.Content;
using Bascule.Core.Forges;
using Bascule.Core.Promotions;
using Bascule.Core.Retention;
using Bascule.Core.Runs;
using Shouldly;
using Xunit;

namespace Bascule.Testing.Storage;

public abstract class PromotionConformance(IStorageUnderTest database) : StorageConformance(database)
{
    private static readonly PromotionPlace Place = new("prod", "main.churn.classifier", "production");

    [Fact]
    public async Task TheNewestMoveIsWhereTheAliasLeads()
    {
        (await Storage.Promotions.FindAsync(Place, None)).ShouldBeNull();
        var first = Move(1, "7") with { Replaced = "3" };
        var second = Move(2, "8");
        var gone = Move(3, null) with { Producer = null, RolledBackBecause = "it forgets people" };

        await ApplyAsync(new RecordPromotion(first));
        await ApplyAsync(new RecordPromotion(second), new RecordPromotion(gone));

        (await Storage.Promotions.FindAsync(Place, None)).ShouldBe(gone);
        (await Storage.Promotions.ReadHistoryAsync(Place, 10, None)).ShouldBe([gone, second, first]);
        (await Storage.Promotions.ReadHistoryAsync(Place, 2, None)).ShouldBe([gone, second]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(0)]
    public async Task WhoeverDoesNotNameTheNextMoveIsRefused(long generation)
    {
        await ApplyAsync(new RecordPromotion(Move(1, "7")));

        var refused = await Storage.Work.ApplyAsync([new RecordPromotion(Move(generation, "8"))], None);

        refused.Problem.ShouldNotBeNull().Code.ShouldBe(ProblemCode.Conflict);
        (await Storage.Promotions.FindAsync(Place, None))!.Version.ShouldBe("7");
    }

    [Fact]
    public async Task PlacesAreApart()
    {
        var other = Place with { Alias = "champion" };
        var elsewhere = Place with { Environment = "test" };
        await ApplyAsync(
            new RecordPromotion(Move(1, "7")),
            new RecordPromotion(Move(2, "8")),
            new RecordPromotion(Move(1, "9") with { Place = other }),
            new RecordPromotion(Move(1, "5") with { Place = elsewhere })
        );

        (await Storage.Promotions.ListAsync("prod", None))
            .Select(one => (one.Place, one.Version))
            .ShouldBe([(other, "9"), (Place, "8")]);
        (await Storage.Promotions.ListAsync(environment: null, None)).Count.ShouldBe(3);
    }

    [Fact]
    public async Task ARunKeepsWhatItPromotesAndIsLeftOutWhereItSaysNothingOfItsCommit()
    {
        var order = new PromotionOrder("main.churn.classifier", "7", "production", 3, "person:p-x")
        {
            Producer = new RunId("0123456789"),
            Because = "it is \"better\"",
        };
        var run = Sample.Run("1") with
        {
            Promotes = order,
            State = RunState.Succeeded,
            Trigger = Trigger.Promotion(order, goesBack: false),
        };

        await ApplyAsync(new AddRun(run));

        (await Storage.Runs.FindAsync(run.Id, None))!.Promotes.ShouldBe(order);
        (await Storage.Runs.ListAsync(new RunFilter(), None)).Count.ShouldBe(1);
        (await Storage.Runs.ListAsync(new RunFilter { WithoutPromotions = true }, None)).ShouldBeEmpty();
        (await Storage.Runs.ListAsync(new RunFilter { WithoutAskedPromotions = true }, None)).ShouldBeEmpty();
        (await Storage.Runs.FindLastSuccessAsync(run.Repository, run.Workflow, run.Ref, None)).ShouldBeNull();
    }

    [Fact]
    public async Task AMergeThatPromotesStandsWhereItsTrainingWouldAndIsFoundByItsContent()
    {
        var order = new PromotionOrder(Place.Model, "7", Place.Alias, 1, "bascule");
        var content = new ContentId(new string('a', 64));
        var run = Sample.Run("1") with { Promotes = order, Content = content, Trigger = Trigger.Ref(Sample.Main, 3) };

        await ApplyAsync(new AddRun(run));

        var found = await Storage.Runs.ListAsync(
            new RunFilter { WithoutAskedPromotions = true, Content = content },
            None
        );
        found.ShouldHaveSingleItem().IsTrainedOnce.ShouldBeTrue();
        var other = new ContentId(new string('b', 64));
        (await Storage.Runs.ListAsync(new RunFilter { Content = other }, None)).ShouldBeEmpty();
    }

    [Fact]
    public async Task TheRunsOfTheNewestMovesStaySoThatTheyCanBeGoneBackTo()
    {
        var runs = new List<Run>();
        for (var generation = 1; generation <= 12; generation++)
        {
            var run = Sample.Run($"moved-{generation}") with
            {
                State = RunState.Succeeded,
                FinishedAt = Noon,
                Promotes = new PromotionOrder(Place.Model, "7", Place.Alias, generation, "person:p-x"),
            };
            await ApplyAsync(new AddRun(run), new RecordPromotion(Move(generation, "7") with { Run = run.Id }));
            runs.Add(run);
        }

        await ApplyAsync(new ForgetRuns(Noon.AddYears(1), 100));

        foreach (var forgotten in runs[..2])
            (await Storage.Runs.FindAsync(forgotten.Id, None)).ShouldBeNull();
        foreach (var kept in runs[2..])
            (await Storage.Runs.FindAsync(kept.Id, None)).ShouldNotBeNull();
    }

    private static Promotion Move(long generation, string? version) =>
        new(Place, generation, version, new RunId("0123456789"), "person:p-x", Noon)
        {
            Repository = new RepositoryKey("f-one", 7),
            Commit = CommitId.Parse(new string('1', 40)),
            Producer = new RunId("9876543210"),
        };
}
