using Bascule.Core;
using Bascule.Core.Audit;
using Bascule.Core.Forges;
using Bascule.Core.Reconcile;
using Bascule.Core.Runs;
using Bascule.Core.Work;
using Bascule.Server.Connect;
using Bascule.Server.Reconcile;
using Bascule.Server.Tests.Events;
using Bascule.Server.Tests.World;

namespace Bascule.Server.Tests.Reconcile;

public sealed class ReconcileTests : IAsyncLifetime
{
    private const string Gone = "refs/heads/gone";
    private ServerWorld _world = null!;

    private FakeForge Forge => _world.Forge;

    private FakeMirror Mirror => _world.Mirror;

    public async Task InitializeAsync()
    {
        _world = await ServerWorld.OpenAsync();
        Forge.Repositories.Add(ServerWorld.Repository with { UpdatedAt = _world.Clock.GetUtcNow() });
        Mirror.Commit(ServerWorld.Main, 'a', parent: null, (".bascule.yaml", ServerWorld.File));
        Mirror.Point(Gone, FakeMirror.Id('a'));
        await foreach (var _ in _world.Get<Connector>().ConnectAsync(rotate: false, default)) { }
        await _world.ApplyAsync(ReconcileHandler.RowOf(ServerWorld.Churn.ForgeUid, _world.Clock.GetUtcNow()));
        await RoundAsync();
        await RoundAsync();
    }

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    [Trait("Threat", "T11")]
    public async Task AMoveThatNoHookToldOfStartsItsRun()
    {
        var moved = Push('b');

        await RoundAsync();

        (await _world.RunsAsync()).ShouldHaveSingleItem().Commit.ShouldBe(moved);
        var update = (await UpdatesAsync())[^1];
        (update.Ref.ShortName, update.Move, update.Delivery).ShouldBe(("main", RefMove.Forward, null));
        update.Late.ShouldBe(new Lateness(TimeSpan.FromMinutes(5), LateSince.ForgeTime));
    }

    [Fact]
    [Trait("Threat", "T11")]
    public async Task AForgeThatDoesNotTellTheTimeIsStillFoundOutByTheSweep()
    {
        Mirror.Commit(ServerWorld.Main, 'b', FakeMirror.Id('a'), ("train.py", "b"));
        await RoundAsync();
        (await _world.RunsAsync()).ShouldBeEmpty();
        _world.Clock.Advance(TimeSpan.FromHours(22));

        await RoundAsync();

        (await _world.RunsAsync()).ShouldHaveSingleItem();
        (await UpdatesAsync())[^1].Late!.Since.ShouldBe(LateSince.LastComparison);
    }

    [Fact]
    public async Task WhatHasNotChangedCostsOneListing()
    {
        var (listings, lists) = (Forge.Listings, Mirror.Listings);

        await RoundAsync();

        (Forge.Listings - listings, Mirror.Listings - lists).ShouldBe((1, 0));
    }

    [Fact]
    public async Task AHintIsFollowedTwiceBecauseForgesTellWholeSeconds()
    {
        var lists = Mirror.Listings;
        Push('b');

        await RoundAsync();
        await RoundAsync();
        await RoundAsync();
        await RoundAsync();

        (Mirror.Listings - lists).ShouldBe(2); // found, and confirmed while the hint stood still
    }

    [Fact]
    [Trait("Threat", "T106")]
    public async Task ABranchDeletedAndMadeAgainElsewhereBetweenTwoLooksIsARewrite()
    {
        Mirror.Commit(Gone, 'c', parent: null, ("other.py", "c"));
        Touch();

        await RoundAsync();

        (await UpdatesAsync())[^1].Move.ShouldBe(RefMove.Rewritten);
    }

    [Fact]
    [Trait("Threat", "T106")]
    public async Task ABranchSeenDeletedAndMadeAgainElsewhereIsARewriteAndElseIsNot()
    {
        Mirror.Point(Gone, null);
        Touch();
        await RoundAsync();
        Mirror.Point(Gone, FakeMirror.Id('a'));
        Touch();
        await RoundAsync();
        Mirror.Point(Gone, null);
        Touch();
        await RoundAsync();
        Mirror.Commit(Gone, 'c', parent: null, ("other.py", "c"));
        Touch();
        await RoundAsync();

        (await UpdatesAsync())
            .Where(update => update.Ref.ToString() == Gone)
            .Select(update => update.Move)
            .ShouldBe([RefMove.Created, RefMove.Deleted, RefMove.Created, RefMove.Deleted, RefMove.Rewritten]);
    }

    [Fact]
    [Trait("Threat", "T106")]
    public async Task ARewriteThatNoHookToldOfStartsNothing()
    {
        Mirror.Commit(ServerWorld.Main, 'c', parent: null, (".bascule.yaml", ServerWorld.File));
        Touch();

        await RoundAsync();

        var run = (await _world.RunsAsync()).ShouldHaveSingleItem();
        (run.State, run.Commit).ShouldBe((RunState.Refused, FakeMirror.Id('c')));
        run.Reason!.ShouldContain($"bascule run retry {run.Id}");
    }

    [Fact]
    public async Task TheHeadOfAKnownPullRequestIsFollowedWithoutAHook()
    {
        Mirror.Commit("refs/pull/1/head", 'c', FakeMirror.Id('a'), ("train.py", "c"));
        await _world.DeliverAsync(Hints.Pull(PullRequestAction.Opened, FakeMirror.Id('c')));
        await _world.DrainAsync("event");
        var head = Mirror.Commit("refs/pull/1/head", 'd', FakeMirror.Id('c'), ("train.py", "d"));
        Touch();

        await RoundAsync();

        (await _world.RunsAsync())[0].Commit.ShouldBe(head);
    }

    [Theory]
    [InlineData(PullRequestState.Closed)]
    [InlineData(PullRequestState.Merged)]
    [Trait("Threat", "T11")]
    public async Task APullRequestThatEndedWithoutAHookEndsAsAHookWouldHaveEndedIt(PullRequestState state)
    {
        await OpenPullRequestAsync();
        var merge = state == PullRequestState.Merged ? FakeMirror.Id('d') : (CommitId?)null;
        Forge.Standings[1] = new PullRequestStanding(state, merge);
        Touch();

        await RoundAsync();

        var pull = await _world.Storage.Repositories.FindPullRequestAsync(ServerWorld.Churn, 1, default);
        (pull!.State, pull.MergeCommit, pull.Title).ShouldBe((state, merge, "Try alpha 0.2"));
        (await _world.DueAsync("report.comment")).ShouldHaveSingleItem();
        Touch();
        await RoundAsync();
        Forge.Asked.ShouldBe([1]);
    }

    [Fact]
    public async Task AMergeWhoseCommitTheForgeDoesNotTellIsFoundInTheBase()
    {
        var head = await OpenPullRequestAsync();
        Mirror.Commit(ServerWorld.Main, 'd', head);
        Forge.Standings[1] = new PullRequestStanding(PullRequestState.Merged, MergeCommit: null);
        Touch();

        await RoundAsync();

        var pull = await _world.Storage.Repositories.FindPullRequestAsync(ServerWorld.Churn, 1, default);
        (pull!.State, pull.MergeCommit).ShouldBe((PullRequestState.Merged, FakeMirror.Id('d')));
    }

    [Fact]
    public async Task OneThatIsOpenStaysOpenAndIsAskedForOnceAnHourUnlessSomethingChanged()
    {
        await OpenPullRequestAsync();
        Touch();
        await RoundAsync();
        for (var round = 0; round < 5; round++)
            await RoundAsync();

        Forge.Asked.ShouldBe([1]);
        var pull = await _world.Storage.Repositories.FindPullRequestAsync(ServerWorld.Churn, 1, default);
        pull!.State.ShouldBe(PullRequestState.Open);
    }

    [Fact]
    [Trait("Threat", "T11")]
    public async Task ComparisonGoesOnAfterItsRowWasSetAside()
    {
        var row = new WorkItem(1, "lane", ReconcileHandler.ReconcileKind, "f-1", 6, DateTimeOffset.UnixEpoch);

        var left = await _world.Handler<ReconcileHandler>().AbandonAsync(row, Problem.Internal("it broke"), default);

        var again = left.ShouldHaveSingleItem().ShouldBeOfType<AddWork>().Work;
        (again.Kind, again.Subject).ShouldBe((row.Kind, row.Subject));
    }

    [Fact]
    public async Task APullRequestThatNoHookToldOfIsReportedAndNotHandled()
    {
        Mirror.Commit("refs/pull/4/head", 'c', FakeMirror.Id('a'), ("train.py", "c"));
        Touch();

        await RoundAsync();

        (await _world.RunsAsync()).ShouldBeEmpty();
        (await ComparisonAsync()).Unhandled.ShouldBe("4");
        (await GapAsync()).WithUnhandledPullRequests.ShouldBe(1);
    }

    [Fact]
    public async Task TheGapReportCountsBothWaysOfSeeing()
    {
        Mirror.Commit(ServerWorld.Main, 'b', FakeMirror.Id('a'), ("train.py", "b"));
        await _world.DeliverAsync(Hints.Push());
        _world.Clock.Advance(TimeSpan.FromSeconds(2));
        await _world.DrainAsync("event");
        Push('c', 'b');
        await RoundAsync();

        var gap = await GapAsync();

        (gap.ByHook.Count, gap.ByHook.P95).ShouldBe((1, TimeSpan.FromSeconds(2)));
        (gap.ByReconciler.Count, gap.ByReconciler.Longest).ShouldBe((1, TimeSpan.FromMinutes(5)));
        gap.ByReconciler.Within[^1].ShouldBe(1);
        (gap.Repositories, gap.NeverCompared, gap.Waiting).ShouldBe((1, 0, 0));
    }

    [Fact]
    public async Task ARepositoryThatTheForgeHidesStopsNobodyAndIsShown()
    {
        Mirror.Failing = Problem.NotFound("no such repository");
        Touch();
        await RoundAsync();
        (await GapAsync()).Unanswered.ShouldBe(1);

        Mirror.Failing = null;
        Push('b');
        await RoundAsync();

        (await _world.RunsAsync()).ShouldHaveSingleItem();
        (await GapAsync()).Unanswered.ShouldBe(0);
    }

    [Fact]
    public async Task AForgeThatIsAwayIsAskedAgainAndTheRoundGoesOn()
    {
        Push('b');
        _world.Clock.Advance(TimeSpan.FromMinutes(5));
        Forge.Failing = Problem.Unavailable("no answer");
        (await _world.StepAsync("reconcile")).ShouldBeOfType<RepeatedWork>().Problem.ShouldNotBeNull();
        Forge.Failing = null;

        await RoundAsync();

        (await _world.RunsAsync()).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task ANewNameIsFollowedByWhatTheRepositoryIs()
    {
        Forge.Repositories[0] = Forge.Repositories[0] with { Name = "renamed" };

        await RoundAsync();

        (await _world.Storage.Repositories.FindAsync(ServerWorld.Churn, default))!.Name.ShouldBe("renamed");
    }

    [Fact]
    public async Task ASweepEndsWhenEveryRepositoryWasAsked()
    {
        var before = (await GapAsync()).Round!.SweepEndedAt;
        _world.Clock.Advance(TimeSpan.FromHours(22));
        await RoundAsync();

        (await GapAsync()).Round!.SweepEndedAt.ShouldNotBe(before);
    }

    [Fact]
    [Trait("Threat", "T135")]
    public async Task AStatusThatSomebodyElseWroteAfterOurLastOneIsPutRightWithinASweep()
    {
        var forge = (FakeStatusForge)Forge;
        Push('b');
        await RoundAsync();
        await _world.ApplyAsync(new SaveRun((await _world.RunsAsync())[0] with { State = RunState.Failed }));
        await _world.DrainAsync("report");
        forge.Statuses.Insert(0, forge.Statuses[0] with { State = CommitStatusState.Success, CreatorId = 666 });

        _world.Clock.Advance(TimeSpan.FromHours(24));
        await RoundAsync();
        await _world.DrainAsync("report");

        forge.Statuses[0].CreatorId.ShouldNotBe(666);
        (await _world.EntriesAsync(AuditTypes.StatusForged)).ShouldHaveSingleItem();
    }

    /// <summary>A push that no hook tells of, now.</summary>
    private CommitId Push(char digit, char parent = 'a')
    {
        var tip = Mirror.Commit(ServerWorld.Main, digit, FakeMirror.Id(parent), ("train.py", $"{digit}"));
        Touch();
        return tip;
    }

    private void Touch()
    {
        _world.Clock.Advance(TimeSpan.FromSeconds(1));
        Forge.Repositories[0] = Forge.Repositories[0] with { UpdatedAt = _world.Clock.GetUtcNow() };
    }

    /// <summary>One whole round, and the looks that it asks for.</summary>
    private async Task<CommitId> OpenPullRequestAsync()
    {
        var head = Mirror.Commit("refs/pull/1/head", 'c', FakeMirror.Id('a'), ("train.py", "c"));
        await _world.DeliverAsync(Hints.Pull(PullRequestAction.Opened, head));
        await _world.DrainAsync("event");
        await _world.DrainAsync("report");
        return head;
    }

    private async Task RoundAsync()
    {
        _world.Clock.Advance(TimeSpan.FromMinutes(5));
        await _world.DrainAsync("reconcile");
        await _world.DrainAsync("look");
    }

    private Task<IReadOnlyList<RefUpdate>> UpdatesAsync() =>
        _world.Storage.Repositories.ListUpdatesAsync(ServerWorld.Churn, default);

    private async Task<RepositoryComparison> ComparisonAsync() =>
        (await _world.Storage.Reconcile.FindComparisonAsync(ServerWorld.Churn, default)).ShouldNotBeNull();

    private async Task<ForgeGap> GapAsync() =>
        (await _world.Storage.Gaps.ReadAsync(DateTimeOffset.UnixEpoch, default)).ShouldHaveSingleItem();
}
