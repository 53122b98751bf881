using Bascule.Core;
using Bascule.Core.Work;
using Shouldly;
using Xunit;

namespace Bascule.Testing.Storage;

public abstract class WorkStoreConformance(IStorageUnderTest database) : StorageConformance(database)
{
    private IWorkStore Work => Storage.Work;

    [Fact]
    public async Task OnlyTheFirstRowOfALaneIsGivenOut()
    {
        await ApplyAsync(Add("lane", "a"), Add("lane", "b"), Add("other", "c"));
        (await DueAsync()).ShouldBe(["a", "c"]);
    }

    [Fact]
    public async Task AFirstRowThatIsNotDueHoldsBackItsLane()
    {
        await ApplyAsync(Add("lane", "later", Noon.AddMinutes(1)), Add("lane", "now"));
        (await DueAsync()).ShouldBeEmpty();
        (await Work.ReadNextDueAsync([], None)).ShouldBe(Noon.AddMinutes(1));
    }

    [Fact]
    public async Task TheOldestDueComesFirstAndTheLimitHolds()
    {
        await ApplyAsync(Add("1", "new"), Add("2", "old", Noon.AddHours(-1)), Add("3", "older", Noon.AddHours(-2)));
        var due = await Work.ReadDueAsync(Noon, [], limit: 2, None);
        due.Select(item => item.Subject).ShouldBe(["older", "old"]);
    }

    [Fact]
    public async Task BusyLanesAreLeftOutWithoutUsingUpTheLimit()
    {
        await ApplyAsync(Add("1", "a"), Add("2", "b"), Add("3", "c", Noon.AddHours(1)));
        var due = await Work.ReadDueAsync(Noon, ["1"], limit: 1, None);
        due.ShouldHaveSingleItem().Subject.ShouldBe("b");
        (await Work.ReadNextDueAsync(["1", "2"], None)).ShouldBe(Noon.AddHours(1));
    }

    [Fact]
    public async Task NothingIsDueInAnEmptyInbox() => (await Work.ReadNextDueAsync([], None)).ShouldBeNull();

    [Fact]
    public async Task AFinishedRowIsGoneAndItsLaneGoesOn()
    {
        await ApplyAsync(Add("lane", "a"), Add("lane", "b"));
        await SettleAsync(await FirstAsync(), WorkResult.Finished(Add("lane", "c")));
        (await DrainAsync()).ShouldBe(["b", "c"]);
    }

    [Fact]
    public async Task ARepeatedRowKeepsItsPlaceAndStartsItsAttemptsAnew()
    {
        await ApplyAsync(Add("lane", "a"), Add("lane", "b"));
        var failing = WorkResult.Retry(TimeSpan.FromSeconds(5), Problem.Unavailable("no answer"));
        await SettleAsync(await FirstAsync(), failing);
        var tried = await FirstAsync(Noon.AddSeconds(5));
        (tried.Subject, tried.Attempt).ShouldBe(("a", 1));
        await SettleAsync(tried, WorkResult.Again(TimeSpan.Zero));
        (await FirstAsync()).Attempt.ShouldBe(0);
        (await DrainAsync()).ShouldBe(["a", "b"]);
    }

    [Fact]
    public async Task ARetryWaitsAsLongAsItSays()
    {
        await ApplyAsync(Add("lane", "a"));
        await SettleAsync(await FirstAsync(), WorkResult.Again(TimeSpan.FromSeconds(5)));
        (await Work.ReadDueAsync(Noon.AddSeconds(4.999), [], 10, None)).ShouldBeEmpty();
        (await Work.ReadDueAsync(Noon.AddSeconds(5), [], 10, None)).ShouldHaveSingleItem();
    }

    [Fact]
    [Trait("Threat", "T148")]
    public async Task AQuarantinedRowIsKeptWithItsReasonAndItsLaneGoesOn()
    {
        await ApplyAsync(Add("lane", "poison"), Add("lane", "good"));
        var poison = await FirstAsync();
        await SettleAsync(poison, new QuarantinedWork(Problem.Internal("it threw ten times")));
        (await DueAsync()).ShouldBe(["good"]);
        var aside = (await Work.ReadQuarantinedAsync(10, None)).ShouldHaveSingleItem();
        aside.ShouldBe(new QuarantinedItem(poison, "it threw ten times", Noon));
    }

    [Fact]
    [Trait("Threat", "T148")]
    public async Task AQuarantinedRowIsPutBackOnceHoweverManyAsk()
    {
        await ApplyAsync(Add("lane", "poison"), Add("lane", "good"));
        var poison = await FirstAsync();
        await SettleAsync(poison, new QuarantinedWork(Problem.Internal("no")));
        (await Work.FindQuarantinedAsync(poison.Id, None)).ShouldNotBeNull().Item.ShouldBe(poison);

        var answers = await Task.WhenAll(
            Enumerable.Range(0, 10).Select(_ => Work.ApplyAsync([new ReplayQuarantined(poison.Id, Noon)], None))
        );

        answers.Count(answer => answer.Problem is null).ShouldBe(1);
        (await Work.ReadQuarantinedAsync("poison", None)).ShouldBeEmpty();
        (await Work.ReadWaitingAsync("poison", None)).ShouldHaveSingleItem().Attempt.ShouldBe(0);
        (await DrainAsync()).ShouldBe(["good", "poison"]);
    }

    [Fact]
    public async Task AQuarantinedRowIsDismissedOnceAndOnlyIt()
    {
        await ApplyAsync(Add("lane", "a"), Add("lane", "b"));
        var first = await FirstAsync();
        await SettleAsync(first, new QuarantinedWork(Problem.Internal("no")));
        await SettleAsync(await FirstAsync(), new QuarantinedWork(Problem.Internal("no")));

        await ApplyAsync(new DismissQuarantined(first.Id));

        (await Work.ReadQuarantinedAsync(10, None)).ShouldHaveSingleItem().Item.Subject.ShouldBe("b");
        (await DueAsync()).ShouldBeEmpty();
        await ShouldConflictAsync(new DismissQuarantined(first.Id));
        await ShouldConflictAsync(new ReplayQuarantined(first.Id, Noon));
    }

    [Fact]
    public async Task AQuarantinedRowStaysAsideWhileTheSameWaits()
    {
        await ApplyAsync(Add("lane", "a"));
        var item = await FirstAsync();
        await SettleAsync(item, new QuarantinedWork(Problem.Internal("no")));
        await ApplyAsync(Add("lane", "a"));
        await ShouldConflictAsync(new ReplayQuarantined(item.Id, Noon));
        (await Work.ReadQuarantinedAsync(10, None)).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task TheBacklogIsWhatIsDueAndWhatWasSetAside()
    {
        (await Storage.Backlog.ReadAsync(Noon, None)).ShouldBe(new WorkBacklog(0, null, 0));
        await ApplyAsync(Add("1", "poison"), Add("2", "old", Noon.AddHours(-1)), Add("2", "behind it"));
        await ApplyAsync(Add("3", "later", Noon.AddMinutes(1)));
        await SettleAsync(
            (await Work.ReadDueAsync(Noon, ["2"], 1, None))[0],
            new QuarantinedWork(Problem.Internal("no"))
        );

        (await Storage.Backlog.ReadAsync(Noon, None)).ShouldBe(new WorkBacklog(2, Noon.AddHours(-1), 1));
    }

    [Fact]
    public async Task QuarantineIsReadNewestFirst()
    {
        await ApplyAsync(Add("lane", "a"), Add("lane", "b"), Add("lane", "c"));
        for (var i = 0; i < 3; i++)
        {
            await SettleAsync(await FirstAsync(), new QuarantinedWork(Problem.Internal("no")));
        }
        var aside = await Work.ReadQuarantinedAsync(2, None);
        aside.Select(item => item.Item.Subject).ShouldBe(["c", "b"]);
        var page = await Work.ReadQuarantinedAsync(2, aside[1].Item.Id, None);
        page.Select(item => item.Item.Subject).ShouldBe(["a"]);
        (await Work.ReadQuarantinedAsync(2, 4711, None)).ShouldBeEmpty();
    }

    [Fact]
    public async Task ARowIsSettledOnlyOnce()
    {
        await ApplyAsync(Add("lane", "a"));
        var item = await FirstAsync();
        await SettleAsync(item, WorkResult.Finished());
        var again = await Work.SettleAsync(item, WorkResult.Finished(Add("lane", "b")), Noon, None);
        again.Problem!.Code.ShouldBe(ProblemCode.Conflict);
        (await DueAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task WhenOneChangeDoesNotFitNothingIsStoredAndTheRowStays()
    {
        await ApplyAsync(Add("lane", "a"));
        var item = await FirstAsync();
        var stale = new Core.Forges.RecordRefUpdate(Sample.Update(5, before: null, Sample.Commit('a')));
        var settled = await Work.SettleAsync(item, WorkResult.Finished(Add("other", "b"), stale), Noon, None);
        settled.Problem!.Code.ShouldBe(ProblemCode.Conflict);
        (await DueAsync()).ShouldBe(["a"]);
    }

    [Fact]
    public async Task AChangeThatNobodyKnowsIsABugAndLeavesNothing()
    {
        await Should.ThrowAsync<InvalidOperationException>(() => ApplyAsync(Add("lane", "a"), new UnknownChange()));
        (await DueAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task WorkAddedOnceIsMergedAndTheEarlierTimeHolds()
    {
        await ApplyAsync(Once("a", Noon.AddHours(2)), Once("a", Noon.AddHours(1)), Once("a", Noon.AddHours(3)));
        (await Work.ReadNextDueAsync([], None)).ShouldBe(Noon.AddHours(1));
        (await DrainAsync(Noon.AddHours(4))).ShouldBe(["a"]);
    }

    [Fact]
    public async Task WorkAddedOnceIsMergedOnlyWithItsLikes()
    {
        await ApplyAsync(
            Once("a", Noon),
            Once("b", Noon),
            new AddWork(new NewWork("lane", "other", "a", Noon, Once: true))
        );
        await ApplyAsync(new AddWork(new NewWork("other", "kind", "a", Noon, Once: true)), Add("lane", "a"));
        (await DrainAsync()).Count.ShouldBe(5);
    }

    /// <summary>Its handler may have looked at the forge already: merging the news into it would lose them.</summary>
    [Fact]
    public async Task WorkAddedOnceIsNotMergedIntoARowThatIsBeingHandled()
    {
        await ApplyAsync(Once("a", Noon));
        var inHand = await FirstAsync();
        await ApplyAsync(Once("a", Noon), Once("a", Noon));
        await SettleAsync(inHand, WorkResult.Finished());
        (await DrainAsync()).ShouldBe(["a"]);
    }

    /// <summary>Else the news would wait out the back-off of the row before them.</summary>
    [Fact]
    public async Task ARowThatFailsGivesWayToTheSameAskedForAgain()
    {
        await ApplyAsync(Once("a", Noon));
        var inHand = await FirstAsync();
        await ApplyAsync(Once("a", Noon));
        await SettleAsync(inHand, WorkResult.Retry(TimeSpan.FromHours(1), Problem.Unavailable("no answer")));
        (await DrainAsync()).ShouldBe(["a"]);
        (await Work.ReadNextDueAsync([], None)).ShouldBeNull();
    }

    [Fact]
    public async Task ARowThatRepeatsItselfWaitsAgainAndTakesNews()
    {
        await ApplyAsync(Once("a", Noon));
        await SettleAsync(await FirstAsync(), WorkResult.Again(TimeSpan.FromHours(1)));
        await ApplyAsync(Once("a", Noon));
        (await DrainAsync()).ShouldBe(["a"]);
    }

    [Fact]
    public async Task AddedWorkWakesTheDispatcher()
    {
        var next = Storage.WorkSignal.Next;
        await ApplyAsync(Add("lane", "a"));
        await next.WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task WorkSurvivesARestartInItsOrder()
    {
        await ApplyAsync(Add("lane", "a"), Add("lane", "b"), Add("lane", "c"));
        await SettleAsync(await FirstAsync(), WorkResult.Finished());
        await ReopenAsync();
        (await DrainAsync()).ShouldBe(["b", "c"]);
    }

    [Fact]
    public async Task RowsAddedAtTheSameTimeByManyAllArrive()
    {
        await Task.WhenAll(Enumerable.Range(0, 300).Select(i => ApplyAsync(Add($"lane {i % 3}", $"{i}"))));
        (await DrainAsync()).Count.ShouldBe(300);
    }

    private static AddWork Add(string lane, string subject, DateTimeOffset? due = null) =>
        new(new NewWork(lane, "kind", subject, due ?? Noon));

    private static AddWork Once(string subject, DateTimeOffset due) =>
        new(new NewWork("lane", "kind", subject, due, Once: true));

    private async Task<WorkItem> FirstAsync(DateTimeOffset? now = null) =>
        (await Work.ReadDueAsync(now ?? Noon, [], 1, None)).ShouldHaveSingleItem();

    private async Task<IReadOnlyList<string>> DueAsync() =>
        [.. (await Work.ReadDueAsync(Noon, [], 100, None)).Select(item => item.Subject)];

    private async Task SettleAsync(WorkItem item, WorkResult result) =>
        (await Work.SettleAsync(item, result, Noon, None)).Problem.ShouldBeNull();

    private async Task<IReadOnlyList<string>> DrainAsync(DateTimeOffset? now = null)
    {
        var subjects = new List<string>();
        while (await Work.ReadDueAsync(now ?? Noon, [], 100, None) is { Count: > 0 } due)
        {
            subjects.AddRange(due.Select(item => item.Subject));
            await Task.WhenAll(due.Select(item => SettleAsync(item, WorkResult.Finished())));
        }
        return subjects;
    }

    private sealed record UnknownChange : Change;
}
