using Bascule.Core.Drift;
using Bascule.Core.Forges;
using Bascule.Core.Platforms;
using Bascule.Core.Runs;
using Shouldly;
using Xunit;

namespace Bascule.Testing.Storage;

public abstract class DriftConformance(IStorageUnderTest database) : StorageConformance(database)
{
    private static readonly DriftPlace Place = new(new RepositoryKey("f-one", 7), "publish", "prod");
    private static readonly CommitId Commit = CommitId.Parse(new string('1', 40));

    [Fact]
    public async Task WhatWasFoundStaysAsItWasFound()
    {
        var found = Standing(Place) with
        {
            ComparedAt = Noon.AddMinutes(-1),
            Problem = "the service is away",
            Differences =
            [
                new Difference("apis/pets", DifferenceKind.Changed, ["serviceUrl", "operations"]),
                new Difference("apis/pets/policies/policy", DifferenceKind.Added, []),
                new Difference("namedValues/region", DifferenceKind.Removed, []),
            ],
            Total = 205,
            Since = Noon.AddHours(-1),
        };

        await ApplyAsync(new SaveDrift(found));

        var read = (await Storage.Drift.ListAsync("prod", None)).ShouldHaveSingleItem();
        DifferenceJson.ToText(read.Differences).ShouldBe(DifferenceJson.ToText(found.Differences));
        (read with { Differences = [] }).ShouldBe(found with { Differences = [] });
    }

    [Fact]
    public async Task APlaceHasOneStandingAndTheNewestCounts()
    {
        await ApplyAsync(new SaveDrift(Standing(Place) with { Total = 3, Since = Noon, Problem = "away" }));
        await ApplyAsync(new SaveDrift(Standing(Place) with { Run = new RunId("9876543210"), ComparedAt = Noon }));

        var read = (await Storage.Drift.ListAsync(environment: null, None)).ShouldHaveSingleItem();
        (read.Run.Text, read.Total, read.Since, read.Problem).ShouldBe(("9876543210", 0, null, null));
        read.ComparedAt.ShouldBe(Noon);
    }

    [Fact]
    public async Task PlacesAreApartAndForgottenOneByOne()
    {
        var other = Place with { Workflow = "other" };
        var test = Place with { Environment = "test" };
        var neighbour = Place with { Repository = new RepositoryKey("f-one", 8) };
        foreach (var place in new[] { Place, other, test, neighbour })
            await ApplyAsync(new SaveDrift(Standing(place)));

        await ApplyAsync(new ForgetDrift(Place));
        await ApplyAsync(new ForgetDrift(Place));

        (await Storage.Drift.ListAsync("prod", None)).Select(one => one.Place).ShouldBe([other, neighbour]);
        (await Storage.Drift.ListAsync("test", None)).Select(one => one.Place).ShouldBe([test]);
        (await Storage.Drift.ListAsync(environment: null, None)).Count.ShouldBe(3);
    }

    [Fact]
    public async Task OfManyDifferencesTheFirstAreKeptAndAllAreCounted()
    {
        var many = Enumerable
            .Range(0, DriftStanding.MostKept + 50)
            .Select(number => new Difference($"apis/{number}", DifferenceKind.Changed, ["path"]));

        await ApplyAsync(new SaveDrift(Standing(Place) with { Differences = [.. many], Total = 250 }));

        var read = (await Storage.Drift.ListAsync("prod", None)).ShouldHaveSingleItem();
        (read.Differences.Count, read.Total).ShouldBe((DriftStanding.MostKept, 250));
    }

    private static DriftStanding Standing(DriftPlace place) => new(place, new RunId("0123456789"), Commit, Noon);
}
