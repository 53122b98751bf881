using Bascule.Core;
using Bascule.Core.Approvals;
using Bascule.Core.Forges;
using Bascule.Core.People;
using Bascule.Core.Runs;
using Bascule.Server.Tests.Events;
using Bascule.Server.Tests.World;

namespace Bascule.Server.Tests.Approvals;

public sealed class WhoMayApproveTests : IAsyncLifetime
{
    private ServerWorld _world = null!;

    public async Task InitializeAsync() => _world = await ApprovalStage.OpenAsync();

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    [Trait("Threat", "T98")]
    public async Task ThePusherMayNot()
    {
        var run = await WaitAsync();

        await ShouldRefuseAsync(run, _world.People.Add("ada", ServerWorld.Ada.Id), "approvals.not_pusher");
    }

    [Fact]
    [Trait("Threat", "T101")]
    public async Task TheAuthorMayNotWhoeverPushedIt()
    {
        _world.Forge.Commits[FakeMirror.Id('a')] = new CommitAccounts(new ForgeAccount(10, "grace"), ServerWorld.Ada);
        var run = await WaitAsync();

        await ShouldRefuseAsync(run, _world.People.Add("grace", 10), "approvals.not_author");
    }

    [Fact]
    [Trait("Threat", "T101")]
    public async Task NobodyMayWhoCommittedAnythingSinceTheLastRun()
    {
        var first = await WaitAsync();
        _world.Mirror.Commit("refs/heads/side", 'b', first.Commit, ("churn/train.py", "2"));
        _world.Forge.Commits[FakeMirror.Id('b')] = new CommitAccounts(ServerWorld.Ada, new ForgeAccount(10, "grace"));
        var run = await _world.PushAsync('c', FakeMirror.Id('b'), ("churn/train.py", "3"));

        await ShouldRefuseAsync(run, _world.People.Add("grace", 10), "approvals.not_committer");
    }

    [Fact]
    [Trait("Threat", "T101")]
    public async Task AnAccountOfTheSameNameOrAddressIsSomebodyElse()
    {
        _world.Forge.Commits[FakeMirror.Id('a')] = new CommitAccounts(new ForgeAccount(77, "grace"), ServerWorld.Ada);
        var run = await WaitAsync();
        var grace = _world.People.Add("grace", 10);
        _world.People.Replace(grace with { Email = "grace@example.com" });

        (await _world.GiveAsync(run, grace)).Problem.ShouldBeNull();
    }

    [Fact]
    [Trait("Threat", "T101")]
    public async Task WhoHasLinkedNoAccountCannotBeToldFromTheAuthor()
    {
        var run = await WaitAsync();

        await ShouldRefuseAsync(run, _world.People.Add("grace", account: null), "approvals.linked");
    }

    [Fact]
    [Trait("Threat", "T98")]
    public async Task WhoOpenedThePullRequestMayNot()
    {
        var grace = _world.People.Add("grace", 10);
        var start = await WaitAsync();
        _world.Mirror.Commit(ApprovalStage.Head, 'b', start.Commit, ("churn/train.py", "2"));
        await _world.HearAsync(
            Hints.Pull(PullRequestAction.Opened, FakeMirror.Id('b')) with
            {
                Author = new ForgeAccount(10, "grace"),
            }
        );

        await ShouldRefuseAsync(await _world.ProposedAsync(), grace, "approvals.not_opener");
    }

    [Fact]
    public async Task NobodyMayWhereNobodyToldWhoPushed()
    {
        _world.Mirror.Commit(ServerWorld.Main, 'a', null, (".bascule.yaml", ApprovalStage.File), ("churn/x", "1"));
        await _world.HearAsync(Hints.Push() with { Pusher = null });
        var run = (await _world.RunsAsync())[0];

        await ShouldRefuseAsync(run, _world.People.Add("grace", 10), "approvals.not_pusher");
    }

    [Fact]
    public async Task NobodyMayWhileTheForgeCannotTellWhoseItIs()
    {
        var run = await WaitAsync();
        _world.Forge.Failing = Problem.Unavailable("it is away");

        var given = await _world.GiveAsync(run, _world.People.Add("grace", 10));

        given.Problem!.Code.ShouldBe(ProblemCode.Unavailable);
        (await _world.GivenAsync(run)).ShouldBeEmpty();
    }

    [Fact]
    [Trait("Threat", "T154")]
    public async Task AnAgentMayNotWhateverItsGroups()
    {
        var run = await WaitAsync();
        var agent = _world.People.Add("robot", 10);
        _world.People.Replace(agent with { Type = ActorType.Agent });

        await ShouldRefuseAsync(run, agent with { Type = ActorType.Agent }, "approvals.person");
    }

    [Fact]
    [Trait("Threat", "T154")]
    public async Task AnAgentWithATokenOfAPersonMayNot()
    {
        var run = await WaitAsync();
        var grace = _world.People.Add("grace", 10);

        var given = await _world
            .Get<IApprovals>()
            .GiveAsync(run.Id, _world.ActorOf(grace) with { Type = ActorType.Agent }, null, default);

        given.Problem!.Message.ShouldContain("approvals.person: agents and workloads propose, people approve");
    }

    [Fact]
    [Trait("Threat", "T108")]
    public async Task TheLocalTokenMayNot()
    {
        var run = await WaitAsync();

        var given = await _world.Get<IApprovals>().GiveAsync(run.Id, Actor.LocalOperator, null, default);

        given.Problem!.Message.ShouldContain("approvals.person: the local token is no person");
        (await _world.FindAsync(run)).State.ShouldBe(RunState.AwaitingApproval);
    }

    [Fact]
    [Trait("Threat", "T108")]
    public async Task AnAdministratorMayNotUnlessNamed()
    {
        var run = await WaitAsync();

        await ShouldRefuseAsync(
            run,
            _world.People.Add("root", 10, "platform-admins"),
            "environments.ml-prod.approvals.from"
        );
    }

    [Fact]
    [Trait("Threat", "T109")]
    public async Task AnOldSignInIsNotEnough()
    {
        var run = await WaitAsync();
        var actor = _world.ActorOf(_world.People.Add("grace", 10));
        _world.Clock.Advance(TimeSpan.FromMinutes(11));

        var given = await _world.Get<IApprovals>().GiveAsync(run.Id, actor, null, default);

        given.Problem!.Message.ShouldContain("environments.ml-prod.approvals.fresh");
        given.Problem.Message.ShouldContain("sign in again");
    }

    [Fact]
    [Trait("Threat", "T109")]
    public async Task TheSameNameOfAnotherIssuerIsNobody()
    {
        var run = await WaitAsync();
        var actor = _world.ActorOf(_world.People.Add("grace", 10)) with
        {
            Subject = new Bascule.Core.Identity.Subject("https://evil.example.com", "grace"),
        };

        var given = await _world.Get<IApprovals>().GiveAsync(run.Id, actor, null, default);

        given.Problem!.Message.ShouldContain("approvals.person");
    }

    [Fact]
    public async Task ARefusalGivesEveryReasonAtOnceAndIsWrittenDown()
    {
        var run = await WaitAsync();
        var ada = _world.People.Add("ada", ServerWorld.Ada.Id, "staff");
        _world.People.Replace(ada with { RetiredAt = _world.Clock.GetUtcNow() });

        var refusal = (await _world.GiveAsync(run, ada)).Problem!;

        refusal.Code.ShouldBe(ProblemCode.Denied);
        foreach (
            var rule in (string[])["approvals.retired", "environments.ml-prod.approvals.from", "approvals.not_pusher"]
        )
            refusal.Message.ShouldContain(rule + ":");
        var entry = (await _world.EntriesAsync("approval.refused")).ShouldHaveSingleItem();
        ((string)entry["actor"]!).ShouldBe("person:p-ada");
        ((bool)entry["decision"]!["allow"]!).ShouldBeFalse();
    }

    private async Task ShouldRefuseAsync(Run run, Person person, string rule)
    {
        var given = await _world.GiveAsync(run, person);

        given.Problem.ShouldNotBeNull().Message.ShouldStartWith(rule + ":");
        given.Problem!.Message.ShouldNotContain("; approvals."); // nothing else stands in the way
        (await _world.FindAsync(run)).State.ShouldBe(RunState.AwaitingApproval);
        (await _world.GivenAsync(run)).ShouldBeEmpty();
    }

    private Task<Run> WaitAsync() => _world.PushAsync('a', null, ("churn/train.py", "1"));
}
