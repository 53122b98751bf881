using Bascule.Core;
using Bascule.Core.Approvals;
using Bascule.Core.People;
using Bascule.Core.Runs;
using Bascule.Server.Tests.World;

namespace Bascule.Server.Tests.Approvals;

/// <summary>What somebody approves who looked at something, and what is said of somebody who does not ask themselves.</summary>
public sealed class SeenApprovalTests : IAsyncLifetime
{
    private ServerWorld _world = null!;
    private Run _run = null!;
    private Person _grace = null!;

    public async Task InitializeAsync()
    {
        _world = await ApprovalStage.OpenAsync(change: policy => policy with { BreakGlass = true });
        _grace = _world.People.Add("grace", 10);
        _run = await _world.PushAsync('a', null, ("churn/train.py", "1"));
    }

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task WhatWasSeenIsApproved()
    {
        var given = await GiveAsync(ApprovedThing.Of(_run)!);

        given.Problem.ShouldBeNull();
        given.Value.State.ShouldBe(RunState.Queued);
    }

    [Fact]
    [Trait("Threat", "T97")]
    public async Task WhatIsNotWhatWasSeenIsNot()
    {
        foreach (var other in Others(ApprovedThing.Of(_run)!))
        {
            var given = await GiveAsync(other);
            given.Problem.ShouldNotBeNull().Code.ShouldBe(ProblemCode.Conflict);
            given.Problem!.Message.ShouldContain("changed since you looked at it");
        }
        (await _world.GivenAsync(_run)).ShouldBeEmpty();
        (await _world.FindAsync(_run)).State.ShouldBe(RunState.AwaitingApproval);
    }

    [Fact]
    [Trait("Threat", "T108")]
    public async Task NoGlassIsBrokenForWhatWasNotSeen()
    {
        var seen = ApprovedThing.Of(_run)! with { PlanDigest = new string('0', 64) };

        var broken = await _world
            .Get<IApprovals>()
            .BreakGlassAsync(_run.Id, _world.ActorOf(_grace), "production is down", seen, default);

        broken.Problem!.Code.ShouldBe(ProblemCode.Conflict);
        (await _world.FindAsync(_run)).State.ShouldBe(RunState.AwaitingApproval);
    }

    [Fact]
    [Trait("Threat", "T109")]
    public async Task OfSomebodyElseTheAgeOfTheSignInIsNotKnownAndStillAsked()
    {
        var checks = (await _world.Get<IApprovals>().ExplainAsync(_run.Id, _grace, default)).Value;
        var given = await _world
            .Get<IApprovals>()
            .GiveAsync(_run.Id, _grace.ToActor(authenticatedAt: null), null, default);

        checks.ShouldAllBe(check => check.Passed);
        checks.First(check => check.Rule == ApprovalRules.FreshRule(_run)).Fact.ShouldStartWith("not known");
        given.Problem!.Message.ShouldContain("environments.ml-prod.approvals.fresh");
    }

    private Task<Result<Run>> GiveAsync(ApprovedThing seen) =>
        _world.Get<IApprovals>().GiveAsync(_run.Id, _world.ActorOf(_grace), "looks good", seen, default);

    private static IEnumerable<ApprovedThing> Others(ApprovedThing seen) =>
        [
            seen with
            {
                PlanDigest = new string('0', 64),
            },
            seen with
            {
                Commit = FakeMirror.Id('b'),
            },
            seen with
            {
                Environment = "ml-dev",
            },
        ];
}
