using Bascule.Core.Forges;
using Bascule.Core.Reconcile;
using Shouldly;
using Xunit;

namespace Bascule.Testing.Storage;

public abstract class ReconcileStoreConformance(IStorageUnderTest database) : StorageConformance(database)
{
    private const string Forge = "f-one";

    private static readonly DateTimeOffset Round = Noon.AddHours(1);

    [Fact]
    public async Task ARoundIsFoundAsItWasSavedLast()
    {
        (await Storage.Reconcile.FindRoundAsync(Forge, None)).ShouldBeNull();
        var round = new ReconcileRound(Forge)
        {
            StartedAt = Noon,
            NextPage = 3,
            Requests = 7,
        };
        await ApplyAsync(new SaveReconcileRound(round));
        (await Storage.Reconcile.FindRoundAsync(Forge, None)).ShouldBe(round);
        var ended = round with { NextPage = 0, EndedAt = Noon, SweepStartedAt = Noon, SweepEndedAt = Round };
        await ApplyAsync(new SaveReconcileRound(ended));
        (await Storage.Reconcile.FindRoundAsync(Forge, None)).ShouldBe(ended);
    }

    [Fact]
    public async Task OnlyWhatMayHaveChangedIsDueRecentlyActiveFirst()
    {
        await AddAsync(1, Noon, Compared(1));
        await AddAsync(2, Noon.AddSeconds(5), Compared(2));
        await AddAsync(3, Noon.AddSeconds(9), Compared(3));
        await AddAsync(4, Noon, Compared(4) with { Settled = false });
        await AddAsync(5, null, Compared(5));
        await ApplyAsync(new SaveRepository(Key(6), ARepository(6, Noon)));

        (await DueAsync(Round)).ShouldBe([3, 2, 4, 5]);
    }

    [Fact]
    public async Task WhatThisRoundHasAskedIsNotDueAgain()
    {
        await AddAsync(1, Noon.AddSeconds(5), Compared(1) with { AskedAt = Round });

        (await DueAsync(Round)).ShouldBeEmpty();
    }

    [Fact]
    public async Task QuietOnesAreDueWithinTheSweepEachAtItsTime()
    {
        await AddAsync(1, Noon, Compared(1));
        await AddAsync(2, Noon, Compared(2) with { AskedAt = Noon.AddMinutes(-30) });
        await AddAsync(39, Noon, Compared(39));

        (await DueAsync(Noon.AddHours(11))).ShouldBeEmpty();
        (await DueAsync(Noon.AddHours(13))).ShouldBe([2, 1]);
        (await DueAsync(Noon.AddHours(22))).ShouldBe([2, 1, 39]);
    }

    [Fact]
    public async Task ARepositoryWithAnOpenPullRequestFromAForkIsAlwaysDue()
    {
        await AddAsync(7, Noon, Compared(7));
        await ApplyAsync(new SavePullRequest(Sample.PullRequest(4) with { FromFork = true }));
        (await DueAsync(Round)).ShouldBe([7]);

        var closed = Sample.PullRequest(4) with { FromFork = true, State = PullRequestState.Closed };
        await ApplyAsync(new SavePullRequest(closed));

        (await DueAsync(Round)).ShouldBeEmpty();
        (await Storage.Reconcile.ListPullRequestsAsync(Key(7), None)).ShouldBe(
            new Dictionary<long, PullRequestState> { [4] = PullRequestState.Closed }
        );
    }

    [Fact]
    public async Task AComparisonIsFoundAsItWasSavedLast()
    {
        var compared = Compared(1) with { PullRequestsBefore = 4, Unhandled = "5", Problem = "hidden" };
        await AddAsync(1, Noon, compared);

        (await Storage.Reconcile.FindComparisonAsync(Key(1), None)).ShouldBe(compared);
        (await Storage.Reconcile.CountUnaskedAsync(Forge, Round, None)).ShouldBe(1);
        (await Storage.Reconcile.CountUnaskedAsync(Forge, Noon, None)).ShouldBe(0);
    }

    [Fact]
    public async Task WhatWasFoundMissedFirstStaysUntilItIsLookedAt()
    {
        var missed = new MissedRef(Sample.Repository, Sample.Main, Noon, LateSince.ForgeTime, Round);
        await ApplyAsync(new AddMissedRef(missed));
        await ApplyAsync(new AddMissedRef(missed with { Since = Round, Kind = LateSince.LastComparison }));
        (await Storage.Reconcile.FindMissedAsync(Sample.Repository, Sample.Main, None)).ShouldBe(missed);

        await ApplyAsync(new RemoveMissedRef(Sample.Repository, Sample.Main));

        (await Storage.Reconcile.FindMissedAsync(Sample.Repository, Sample.Main, None)).ShouldBeNull();
    }

    [Fact]
    public async Task TheGapReportCountsMovesByHowTheyWereSeen()
    {
        await AddAsync(7, Noon, Compared(7) with { Problem = "hidden", Unhandled = "3" });
        await RecordAsync(1, "d-1", 1, LateSince.Delivery);
        await RecordAsync(2, null, 200, LateSince.LastComparison);
        await RecordAsync(3, null, 100_000, LateSince.ForgeTime);
        await ApplyAsync(new SaveReconcileRound(new ReconcileRound(Forge) { Requests = 5 }));

        var gap = (await Storage.Gaps.ReadAsync(Noon, None)).ShouldHaveSingleItem();

        (gap.ByHook.Count, gap.ByHook.Median).ShouldBe((1, TimeSpan.FromSeconds(1)));
        (gap.ByReconciler.Count, gap.ByReconciler.Longest).ShouldBe((2, TimeSpan.FromSeconds(100_000)));
        gap.ByReconciler.Within.ShouldBe([0, 0, 0, 0, 1, 1, 1, 1, 1]);
        gap.ByReconciler.TotalLate.ShouldBe(TimeSpan.FromSeconds(100_200));
        (gap.Repositories, gap.Unanswered, gap.WithUnhandledPullRequests).ShouldBe((1, 1, 1));
        (gap.OldestComparedAt, gap.Round!.Requests).ShouldBe((Noon, 5));
        (await Storage.Gaps.ReadAsync(Round, None)).ShouldHaveSingleItem().ByHook.Count.ShouldBe(0);
    }

    [Fact]
    public async Task ARefusalIsNotedOnTheWebhookAndIsOverWithTheNextGoodDelivery()
    {
        var webhook = Sample.Webhook("w-1");
        await ApplyAsync(new Core.Deliveries.SaveWebhook(webhook));
        await ApplyAsync(new Core.Deliveries.NoteRefusal("w-1", webhook.CreatedAt.AddHours(9)));

        var noted = (await Storage.Webhooks.FindAsync("w-1", None)).ShouldNotBeNull();
        noted.LastRefusedAt.ShouldBe(webhook.CreatedAt.AddHours(9));
        noted.LooksMissigned.ShouldBeTrue();
        (noted with { LastDeliveryAt = webhook.CreatedAt.AddHours(10) }).LooksMissigned.ShouldBeFalse();
    }

    private static RepositoryKey Key(long id) => new(Forge, id);

    private static ForgeRepository ARepository(long id, DateTimeOffset? updatedAt) =>
        new()
        {
            Id = id,
            Owner = "ml",
            Name = $"r{id}",
            DefaultBranch = "main",
            UpdatedAt = updatedAt,
        };

    private static RepositoryComparison Compared(long id) =>
        new(Key(id))
        {
            AskedAt = Noon,
            ComparedAt = Noon,
            Hint = Noon,
            Settled = true,
        };

    private Task AddAsync(long id, DateTimeOffset? updatedAt, RepositoryComparison compared) =>
        ApplyAsync(new SaveRepository(Key(id), ARepository(id, updatedAt)), new SaveComparison(compared));

    private async Task<IReadOnlyList<long>> DueAsync(DateTimeOffset now)
    {
        var query = new DueRepositories(Forge, now, now, TimeSpan.FromHours(24), 100);
        return [.. (await Storage.Reconcile.ListDueAsync(query, None)).Select(due => due.Key.Id)];
    }

    private Task RecordAsync(long generation, string? delivery, double seconds, LateSince since)
    {
        var before = generation == 1 ? (CommitId?)null : Sample.Commit('a');
        var update = Sample.Update(generation, before, Sample.Commit('a')) with
        {
            Delivery = delivery,
            Late = new Lateness(TimeSpan.FromSeconds(seconds), since),
        };
        return ApplyAsync(new RecordRefUpdate(update));
    }
}
