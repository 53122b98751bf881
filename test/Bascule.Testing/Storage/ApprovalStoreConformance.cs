using Bascule.Core.Approvals;
using Bascule.Core.Content;
using Bascule.Core.Forges;
using Bascule.Core.Runs;
using Shouldly;
using Xunit;

namespace Bascule.Testing.Storage;

public abstract class ApprovalStoreConformance(IStorageUnderTest database) : StorageConformance(database)
{
    [Fact]
    public async Task ARequestIsFoundAsItWasStored()
    {
        var run = await OpenAsync("1");
        var request = (await Storage.Approvals.FindAsync(run.Id, None)).ShouldNotBeNull();
        request.ShouldBe(new ApprovalRequest(run.Id, 1, 0, Noon, Noon.AddDays(3)));

        await ApplyAsync(new SaveApprovalRequest(request with { Generation = 2, CarriedTo = new RunId("0123456789") }));

        (await Storage.Approvals.FindAsync(run.Id, None)).ShouldBe(
            request with
            {
                Generation = 2,
                Revision = 1,
                CarriedTo = new RunId("0123456789"),
            }
        );
    }

    [Fact]
    [Trait("Threat", "T110")]
    public async Task OfTwoChangesOfOneRequestTheSecondIsRefusedWithAllBesideIt()
    {
        var run = await OpenAsync("1");
        var request = (await Storage.Approvals.FindAsync(run.Id, None))!;
        await ApplyAsync(new SaveApprovalRequest(request), new AddApproval(By(run, "p-grace")));

        await ShouldConflictAsync(new AddApproval(By(run, "p-linus")), new SaveApprovalRequest(request));

        (await Storage.Approvals.ReadAsync(run.Id, None)).ShouldHaveSingleItem().PersonUid.ShouldBe("p-grace");
    }

    [Fact]
    [Trait("Threat", "T110")]
    public async Task OnePersonApprovesOnceUntilItIsVoid()
    {
        var run = await OpenAsync("1");
        var first = By(run, "p-grace");
        await ApplyAsync(new AddApproval(first));

        await ShouldConflictAsync(new AddApproval(By(run, "p-grace")));
        await ApplyAsync(new VoidApproval(first.Uid, Noon, "taken back"), new AddApproval(By(run, "p-grace")));

        var given = await Storage.Approvals.ReadAsync(run.Id, None);
        given.Select(approval => approval.IsVoid).ShouldBe([true, false]);
        given[0].ShouldBe(first with { VoidedAt = Noon, VoidedBecause = "taken back" });
    }

    [Fact]
    [Trait("Threat", "T107")]
    public async Task WhatIsVoidStaysVoidForItsFirstReason()
    {
        var run = await OpenAsync("1");
        var approval = By(run, "p-grace");
        await ApplyAsync(new AddApproval(approval), new VoidApproval(approval.Uid, Noon, "pushed over"));

        await ShouldConflictAsync(new VoidApproval(approval.Uid, Noon.AddDays(1), "another"));

        (await Storage.Approvals.ReadAsync(run.Id, None))[0].VoidedBecause.ShouldBe("pushed over");
    }

    [Fact]
    public async Task EveryFieldOfAnApprovalIsKept()
    {
        var run = await OpenAsync("1");
        var approval = By(run, "p-grace") with
        {
            AuthenticatedAt = Noon.AddMinutes(-3),
            Source = ApprovalSource.Review,
            Comment = "looks good",
            CarriedFrom = new RunId("abcdefghjk"),
            Review = new ReviewReference(7, 12),
        };

        await ApplyAsync(new AddApproval(approval));

        (await Storage.Approvals.ReadAsync(run.Id, None)).ShouldHaveSingleItem().ShouldBe(approval);
    }

    [Fact]
    public async Task OfARunThatWasNotAddedNothingIsKept()
    {
        var run = ARun("1");
        await ApplyAsync(
            new AddApprovalRequest(new ApprovalRequest(run.Id, 1, 0, Noon, Noon)),
            new AddApproval(By(run, "p-grace"))
        );

        (await Storage.Approvals.FindAsync(run.Id, None)).ShouldBeNull();
        (await Storage.Approvals.ReadAsync(run.Id, None)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(RunState.AwaitingApproval, false, false, true)]
    [InlineData(RunState.Queued, false, false, true)]
    [InlineData(RunState.Queued, false, true, false)]
    [InlineData(RunState.Planned, true, false, true)]
    [InlineData(RunState.Superseded, false, false, false)]
    [InlineData(RunState.Started, false, true, false)]
    public async Task WhatMayStillGoIsOpen(RunState state, bool onMerge, bool begun, bool open)
    {
        var run = await OpenAsync("1", onMerge);
        await ApplyAsync(new SaveRun(run with { State = state, StartBegun = begun }));

        var listed = await Storage.Approvals.ListOpenAsync(Sample.Repository, None);

        listed.Select(other => other.Id).ShouldBe(open ? [run.Id] : []);
        (await Storage.Approvals.ListOpenAsync(new RepositoryKey("f-other", 7), None)).ShouldBeEmpty();
    }

    [Fact]
    public async Task ALaneIsOneRefWorkflowAndEnvironmentNewestFirst()
    {
        var (first, second) = (await OpenAsync("1"), await OpenAsync("2"));
        await ApplyAsync(new AddRun(Sample.Run("3"))); // never asked

        var lane = await Storage.Approvals.ListLaneAsync(Sample.Repository, Sample.Main, "churn", "ml-prod", 5, None);

        lane.Select(run => run.Id).ShouldBe([second.Id, first.Id]);
        (
            await Storage.Approvals.ListLaneAsync(Sample.Repository, Sample.Main, "churn", "ml-dev", 5, None)
        ).ShouldBeEmpty();
    }

    [Fact]
    public async Task AReproductionIsInNoLaneAndProposesNothing()
    {
        var run = await OpenAsync("1", onMerge: true);
        await ApplyAsync(new SaveRun(run with { Reproduces = RunId.New() }));

        (await ProposedAsync(run.Content!.Value)).ShouldBeEmpty();
        (
            await Storage.Approvals.ListLaneAsync(run.Repository, run.Ref, run.Workflow, run.Environment!, 5, None)
        ).ShouldBeEmpty();
    }

    [Fact]
    [Trait("Threat", "T105")]
    public async Task WhatWasProposedIsFoundByItsContentUntilItIsTakenOver()
    {
        var run = await OpenAsync("1", onMerge: true);
        var request = (await Storage.Approvals.FindAsync(run.Id, None))!;
        (await ProposedAsync(run.Content!.Value)).ShouldBe([run.Id]);
        (await ProposedAsync(new ContentId(new string('9', 64)))).ShouldBeEmpty();

        await ApplyAsync(new SaveApprovalRequest(request with { CarriedTo = RunId.New() }));

        (await ProposedAsync(run.Content!.Value)).ShouldBeEmpty();
    }

    [Fact]
    [Trait("Threat", "T108")]
    public async Task BreakGlassIsOnceAndLookedAtOnce()
    {
        var run = await OpenAsync("1");
        var act = new BreakGlass(run.Id, "p-ada", ThingOf(run), "fire", Noon, Noon.AddHours(1), Noon.AddHours(24));
        await ApplyAsync(new AddBreakGlass(act));
        (await Storage.Approvals.FindBreakGlassAsync(run.Id, None)).ShouldBe(act);
        await ShouldConflictAsync(new AddBreakGlass(act with { PersonUid = "p-bob" }));

        await ApplyAsync(new SaveBreakGlass(act with { FlaggedAt = Noon.AddHours(24) }));
        var seen = act with { FlaggedAt = Noon.AddHours(24), ReviewedBy = "p-bob", ReviewedAt = Noon.AddHours(30) };
        await ApplyAsync(new SaveBreakGlass(seen));

        (await Storage.Approvals.FindBreakGlassAsync(run.Id, None)).ShouldBe(seen);
        await ShouldConflictAsync(new SaveBreakGlass(seen with { ReviewedBy = "p-eve" }));
    }

    private async Task<IEnumerable<RunId>> ProposedAsync(ContentId content) =>
        (await Storage.Approvals.ListProposedAsync(Sample.Repository, "churn", "ml-prod", content, None)).Select(run =>
            run.Id
        );

    private async Task<Run> OpenAsync(string key, bool onMerge = false)
    {
        var run = ARun(key) with { OnMerge = onMerge, PullRequest = onMerge ? 7 : null };
        await ApplyAsync(
            new AddRun(run),
            new AddApprovalRequest(new ApprovalRequest(run.Id, 1, 0, Noon, Noon.AddDays(3)))
        );
        return (await Storage.Runs.FindAsync(run.Id, None)).ShouldNotBeNull();
    }

    private static Run ARun(string key) =>
        Sample.Run(key) with
        {
            State = RunState.AwaitingApproval,
            Content = new ContentId(new string('1', 64)),
            Plan = "{}",
        };

    private static ApprovedThing ThingOf(Run run) => ApprovedThing.Of(run)!;

    private static Approval By(Run run, string person) =>
        new()
        {
            Uid = Approval.NewUid(),
            Run = run.Id,
            Generation = 1,
            PersonUid = person,
            Thing = ThingOf(run),
            At = Noon,
            Source = ApprovalSource.Bascule,
        };
}
