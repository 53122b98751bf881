using Bascule.Core.Approvals;
using Bascule.Core.Forges;
using Bascule.Core.Runs;
using Bascule.Server.Tests.Events;
using Bascule.Server.Tests.World;

namespace Bascule.Server.Tests.Approvals;

/// <summary>Reviews at the forge, where an environment lets them count.</summary>
public sealed class ReviewTests : IAsyncLifetime
{
    private readonly FakeStatusForge _forge = new();
    private ServerWorld _world = null!;
    private Run _run = null!;

    public Task InitializeAsync() => OpenAsync(proven: false);

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task AnOfficialReviewOfThisCommitByALinkedPersonCounts()
    {
        _world.People.Add("grace", 10);
        _forge.Reviews.Add(AReview());

        await LookAsync();

        (await _world.FindAsync(_run)).State.ShouldBe(RunState.Planned);
        var given = (await _world.GivenAsync(_run)).ShouldHaveSingleItem();
        (given.Source, given.PersonUid, given.Review).ShouldBe(
            (ApprovalSource.Review, "p-grace", new ReviewReference(1, 5))
        );
    }

    public static TheoryData<string, Func<PostedReview, PostedReview>> Worthless =>
        new()
        {
            { "not official", review => review with { Official = false } },
            { "stale", review => review with { Stale = true } },
            { "dismissed", review => review with { Dismissed = true } },
            { "of another commit", review => review with { Commit = FakeMirror.Id('a') } },
            { "of no commit", review => review with { Commit = null } },
            { "asks for changes", review => review with { Verdict = ReviewVerdict.ChangesRequested } },
            { "a comment", review => review with { Verdict = ReviewVerdict.Other } },
            { "by nobody", review => review with { By = null } },
            { "by an account nobody linked", review => review with { By = new ForgeAccount(55, "grace") } },
            { "by the pusher", review => review with { By = ServerWorld.Ada } },
        };

    [Theory]
    [MemberData(nameof(Worthless))]
    [Trait("Threat", "T98")]
    public async Task AReviewThatIsNotWorthAnythingDoesNot(string what, Func<PostedReview, PostedReview> change)
    {
        _world.People.Add("grace", 10);
        _world.People.Add("ada", ServerWorld.Ada.Id);
        _forge.Reviews.Add(change(AReview()));

        await LookAsync();

        (await _world.GivenAsync(_run)).ShouldBeEmpty(what);
        (await _world.FindAsync(_run)).State.ShouldBe(RunState.AwaitingApproval);
    }

    [Fact]
    [Trait("Threat", "T98")]
    public async Task WhoAsksForChangesAfterwardsDoesNotApprove()
    {
        _world.People.Add("grace", 10);
        _forge.Reviews.AddRange([
            AReview(),
            AReview() with
            {
                Id = 6,
                Verdict = ReviewVerdict.ChangesRequested,
                At = _world.Clock.GetUtcNow().AddMinutes(1),
            },
        ]);

        await LookAsync();

        (await _world.GivenAsync(_run)).ShouldBeEmpty();
    }

    [Fact]
    [Trait("Threat", "T98")]
    public async Task AReviewThatIsDismissedBeforeTheMergeRunsDoesNotCountAnyMore()
    {
        _world.People.Add("grace", 10);
        _forge.Reviews.Add(AReview());
        await LookAsync();
        var merge = _world.Mirror.Commit(ServerWorld.Main, 'c', FakeMirror.Id('b'), []);
        await _world.HearAsync(Hints.Push(merge));
        var run = (await _world.RunsAsync())[0];
        run.State.ShouldBe(RunState.Queued);
        _forge.Reviews[0] = AReview() with { Dismissed = true };

        await _world.DrainAsync("run.start");

        (await _world.FindAsync(run)).State.ShouldBe(RunState.AwaitingApproval);
        (await _world.VoidAsync(run)).ShouldBe(["the review does not count any more: it was dismissed"]);
        _world.Platform.Calls.ShouldBeEmpty();
    }

    [Fact]
    [Trait("Threat", "T100")]
    public async Task AReviewOfAnEarlierHeadIsNoneOfTheNewOne()
    {
        _world.People.Add("grace", 10);
        _forge.Reviews.Add(AReview());
        await LookAsync();

        _world.Mirror.Commit(ApprovalStage.Head, 'c', FakeMirror.Id('b'), ("churn/train.py", "3"));
        await _world.HearAsync(Hints.Pull(PullRequestAction.Synchronized, FakeMirror.Id('c')));
        await LookAsync();

        var again = await _world.ProposedAsync();
        (again.Commit, again.State).ShouldBe((FakeMirror.Id('c'), RunState.AwaitingApproval));
        (await _world.GivenAsync(again)).ShouldBeEmpty();
    }

    [Fact]
    [Trait("Threat", "T144")]
    public async Task WhereProofIsDemandedAReviewAloneDoesNotStartAnything()
    {
        await _world.DisposeAsync();
        await OpenAsync(proven: true);
        _world.People.Add("grace", 10);
        _forge.Reviews.Add(AReview());

        await LookAsync();

        var asked = await _world.FindAsync(_run);
        (asked.State, asked.Reason).ShouldBe(
            (
                RunState.AwaitingApproval,
                "waits for proof: one approval has to be given at Bascule, by group:ml-leads, or the commit be signed with a confirmed key"
            )
        );
        await _world.ApproveAsync(_run, _world.People.Add("linus", 11));
        (await _world.FindAsync(_run)).State.ShouldBe(RunState.Planned);
    }

    [Fact]
    [Trait("Threat", "T144")]
    public async Task WhereReviewsDoNotCountTheForgeIsNotEvenAsked()
    {
        await _world.DisposeAsync();
        _world = await ApprovalStage.OpenAsync(forge: _forge);
        (_, _run) = await _world.ProposeAsync();
        _world.People.Add("grace", 10);
        _forge.Reviews.Add(AReview());

        await LookAsync();

        (await _world.FindAsync(_run)).State.ShouldBe(RunState.AwaitingApproval);
        (await _world.GivenAsync(_run)).ShouldBeEmpty();
    }

    private async Task OpenAsync(bool proven)
    {
        _world = await ApprovalStage.OpenAsync(
            change: policy => policy with { ForgeReviews = true },
            proven: proven,
            forge: _forge
        );
        (_, _run) = await _world.ProposeAsync();
    }

    private async Task LookAsync()
    {
        _world.Clock.Advance(TimeSpan.FromMinutes(1));
        await _world.DrainAsync("approval.reviews");
    }

    private PostedReview AReview() =>
        new(
            5,
            new ForgeAccount(10, "grace"),
            ReviewVerdict.Approved,
            Official: true,
            Stale: false,
            Dismissed: false,
            FakeMirror.Id('b'),
            _world.Clock.GetUtcNow()
        );
}
