using AngleSharp.Dom;
using Bascule.Core.Approvals;
using Bascule.Core.People;
using Bascule.Core.Runs;
using Bascule.Server.Console;
using Bascule.Server.Console.Parts;
using static Bascule.Server.Tests.Console.SampleApprovals;
using static Bascule.Testing.Runs.RunBuilder;

namespace Bascule.Server.Tests.Console;

/// <summary>The section of a run's page about its approvals.</summary>
public sealed class RunApprovalTests
{
    private static readonly Shell Shell = new("/", "runs/x", Theme.Auto, new ConsoleAssets()) { Seal = "s3al" };

    [Fact]
    public async Task ShowsThePlanBeforeTheFormThatApprovesExactlyIt()
    {
        var run = AWaitingRun();

        var part = await RenderAsync(AView(run, Linked));

        var plan = part.QuerySelector("details.plan")!;
        var form = part.QuerySelector("form")!;
        plan.HasAttribute("open").ShouldBeTrue();
        plan.CompareDocumentPosition(form).ShouldBe(DocumentPositions.Following);
        (form.GetAttribute("method"), form.GetAttribute("action")).ShouldBe(("post", $"runs/{run.Id}/approve"));
        var thing = ApprovedThing.Of(run)!;
        Hidden(form)
            .ShouldBe([
                ("seal", "s3al"),
                ("environment", "ml-prod"),
                ("commit", run.Commit.ToString()),
                ("content", run.Content!.Value.Hex),
                ("plan", thing.PlanDigest),
            ]);
    }

    [Fact]
    public async Task SaysWhoSaidYesAndWhatIsMissingUntilWhen()
    {
        var run = AWaitingRun();
        var given = AnApproval(run, "p-linus") with { Comment = "compared with last week" };
        var gone = AnApproval(run, "p-ada") with { VoidedAt = Noon, VoidedBecause = "a newer push" };

        var part = await RenderAsync(AView(run, Linked) with { State = AState(run, given, gone) });

        Text(part.QuerySelector(".head .state")).ShouldBe("1 of 2");
        Text(part.QuerySelector(".head + p"))
            .ShouldStartWith("One more from group:ml-leads is missing; it waits until");
        var said = part.QuerySelectorAll(".given li");
        Text(said[0]).ShouldMatch("linus.*compared with last week");
        said[0].QuerySelector("time[data-time=full]").ShouldNotBeNull();
        Text(said[1]).ShouldContain("void: a newer push");
    }

    [Fact]
    public async Task GivesNoFormToWhoARuleRefusesButTheReason()
    {
        var part = await RenderAsync(AView(AWaitingRun(), Linked, Wrote));

        part.QuerySelectorAll("form").ShouldBeEmpty();
        Text(part.QuerySelector(".turn")).ShouldContain("wrote commit 9f3ac710; somebody else has to approve");
        part.QuerySelectorAll(".rules-of li.good").Length.ShouldBe(1);
        part.QuerySelectorAll(".rules-of li.bad").Length.ShouldBe(1);
    }

    [Fact]
    public async Task SendsWhoseSignInIsOldToSignInAndBack()
    {
        var run = AWaitingRun();

        var part = await RenderAsync(AView(run, Linked, Stale));

        part.QuerySelectorAll("form").ShouldBeEmpty();
        var link = part.QuerySelector(".turn a")!;
        Text(link).ShouldBe("Sign in again to approve");
        link.GetAttribute("href").ShouldBe($"sign-in?return=%2Fruns%2F{run.Id}&fresh=1");
    }

    [Fact]
    [Trait("Threat", "T108")]
    public async Task GivesNoFormToWhoseRoleDoesNotApprove()
    {
        var actor = Vera.ToActor(Noon);
        var acts = RunActs.Of(new RoleRules(Roles), actor, new Scope());

        var part = await RenderAsync(AView(AWaitingRun(), Linked) with { Actor = actor, Acts = acts });

        part.QuerySelectorAll("form").ShouldBeEmpty();
        Text(part.QuerySelector(".turn")).ShouldContain("to approve a run takes the role approver");
    }

    [Fact]
    [Trait("Threat", "T108")]
    public async Task GivesNoFormToTheLocalToken()
    {
        var acts = RunActs.Of(new RoleRules(Roles), Actor.LocalOperator, new Scope());

        var part = await RenderAsync(AView(AWaitingRun()) with { Actor = Actor.LocalOperator, Acts = acts });

        part.QuerySelectorAll("form").ShouldBeEmpty();
        Text(part.QuerySelector(".turn")).ShouldContain("people who are signed in");
    }

    [Fact]
    public async Task LetsOneWhoApprovedTakeItBackUntilItStarts()
    {
        var run = AWaitingRun();
        var view = AView(run, Linked) with { State = AState(run, AnApproval(run, Grace.Uid)) };

        var waiting = await RenderAsync(view);
        var begun = await RenderAsync(view with { Run = run with { State = RunState.Queued, StartBegun = true } });

        waiting
            .QuerySelectorAll("form")
            .ShouldHaveSingleItem()
            .GetAttribute("action")
            .ShouldBe($"runs/{run.Id}/withdraw");
        begun.QuerySelectorAll("form").ShouldBeEmpty();
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(false, false)]
    [Trait("Threat", "T108")]
    public async Task OffersBreakGlassOnlyWhereTheEnvironmentAllowsIt(bool allowed, bool offered)
    {
        var view = AView(AWaitingRun(), Linked, Wrote);
        var state = view.State with { Policy = view.State.Policy with { BreakGlass = allowed } };

        var part = await RenderAsync(view with { State = state });

        part.QuerySelectorAll(".glass textarea[required]").Length.ShouldBe(offered ? 1 : 0);
        part.QuerySelectorAll("details.glass[open]").ShouldBeEmpty();
    }

    [Fact]
    [Trait("Threat", "T108")]
    public async Task OffersBreakGlassToNobodyWithoutTheRole()
    {
        var actor = Vera.ToActor(Noon);
        var view = AView(AWaitingRun(), Linked);
        var state = view.State with { Policy = view.State.Policy with { BreakGlass = true } };
        var acts = RunActs.Of(new RoleRules(Roles), actor, new Scope());

        var part = await RenderAsync(view with { State = state, Actor = actor, Acts = acts });

        part.QuerySelector(".glass").ShouldBeNull();
    }

    [Fact]
    [Trait("Threat", "T108")]
    public async Task AsksASecondPersonToLookAtABreakGlass()
    {
        var run = AWaitingRun();
        var state = AState(run) with { BreakGlass = AGlass(run) };

        var part = await RenderAsync(AView(run with { State = RunState.Started }, Linked) with { State = state });

        Text(part.QuerySelector(".notice.bad")).ShouldMatch("ada let it go.*production is down");
        Text(part.QuerySelector("form button")).ShouldBe("I have looked at it");
    }

    [Fact]
    public async Task SaysWhereTheApprovalsWent()
    {
        var run = AWaitingRun();
        var view = AView(run with { State = RunState.Superseded }, Linked);
        var next = RunId.New();

        var part = await RenderAsync(
            view with
            {
                State = view.State with { Request = view.State.Request with { CarriedTo = next } },
            }
        );

        part.QuerySelector(".head + p a")!.GetAttribute("href").ShouldBe($"runs/{next}");
        part.QuerySelectorAll("form").ShouldBeEmpty();
    }

    [Fact]
    [Trait("Threat", "T123")]
    public async Task WhatPeopleWroteStaysText()
    {
        const string payload = "<script>alert(1)</script>\u202e\u001b[31m";
        var run = AWaitingRun();
        var given = AnApproval(run, payload) with { Comment = payload, VoidedAt = Noon, VoidedBecause = payload };
        var state = AState(run, given) with { BreakGlass = AGlass(run) with { Reason = payload } };

        var part = await RenderAsync(AView(run, new ApprovalCheck(payload, payload, false)) with { State = state });

        part.QuerySelectorAll("script").ShouldBeEmpty();
        part.InnerHtml.ShouldNotContain("\u202e");
        part.InnerHtml.ShouldNotContain("\u001b");
    }

    private static Task<IElement> RenderAsync(ApprovalView view) =>
        Rendering.OfAsync<RunApproval>(("Shell", Shell), ("View", view));

    private static IEnumerable<(string, string)> Hidden(IElement form) =>
        form.QuerySelectorAll("input[type=hidden]")
            .Select(field => (field.GetAttribute("name")!, field.GetAttribute("value")!));

    private static string Text(IElement? element) =>
        string.Join(' ', element!.TextContent.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
