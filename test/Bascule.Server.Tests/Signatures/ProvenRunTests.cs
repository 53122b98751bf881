using Bascule.Core;
using Bascule.Core.Approvals;
using Bascule.Core.People;
using Bascule.Core.Runs;
using Bascule.Core.Signatures;
using Bascule.Server.Tests.Approvals;
using Bascule.Server.Tests.Runs;
using Bascule.Server.Tests.World;

namespace Bascule.Server.Tests.Signatures;

/// <summary>Where content has to be proven and nobody approves: each refusal beside the run that starts.</summary>
[Trait("Threat", "T144")]
public sealed class ProvenRunTests : IAsyncLifetime
{
    private const string Fingerprint = SignatureStage.Fingerprint;
    private ServerWorld _world = null!;
    private Person _ada = null!;

    public async Task InitializeAsync() => (_world, _ada) = await SignatureStage.OpenAsync();

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task SignedContentRunsAndItIsWrittenDownWhoseSignatureItWas()
    {
        await ConfirmAsync();
        var run = await _world.PushSignedAsync();

        await _world.DrainAsync("run.start");

        (await _world.FindAsync(run)).State.ShouldBe(RunState.Started);
        (await _world.TimelineAsync(run)).ShouldContain(line =>
            line.Contains($"signed by p-ada with {Fingerprint}", StringComparison.Ordinal)
        );
        var entry = (await _world.EntriesAsync("run.proven")).ShouldHaveSingleItem();
        ((string?)entry["facts"]!["person"], (string?)entry["facts"]!["fingerprint"]).ShouldBe(
            ("person:p-ada", Fingerprint)
        );
        (await _world.Get<IApprovals>().FindProofAsync(run, default)).ShouldBe(new ProvenBy("p-ada", Fingerprint));
    }

    [Fact]
    public async Task UnsignedContentIsRefusedAndTheReasonSaysWhatToDo()
    {
        await ConfirmAsync();

        var run = await _world.PushAsync('a', null, ("churn/train.py", "1"));

        run.State.ShouldBe(RunState.Refused);
        var reason = run.Reason.ShouldNotBeNull();
        reason.ShouldStartWith("environments.ml-prod.assurance: commit aaaaaaaa is not proven: it is not signed;");
        foreach (
            var remedy in (string[])["git config gpg.format ssh", "bascule account confirm-key", "approvals at Bascule"]
        )
            reason.ShouldContain(remedy);
        reason.Length.ShouldBeLessThan(500);
        (await _world.StartsAsync()).ShouldBe(0);
        await ShouldHaveRefusedAsync(run);
    }

    [Fact]
    public async Task AKeyThatTheForgeShowsAndNobodyHasConfirmedProvesNothing()
    {
        var run = await _world.PushSignedAsync();

        run.State.ShouldBe(RunState.Refused);
        run.Reason!.ShouldContain($"it is signed with {Fingerprint}, which nobody");
    }

    [Fact]
    public async Task AMergeThatTheForgeSignsItselfProvesNothing()
    {
        await ConfirmAsync();

        var run = await _world.PushSignedAsync(by: "SHA256:the-forge-itself");

        run.State.ShouldBe(RunState.Refused);
        (await _world.StartsAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task AfterTheKeyWasConfirmedTheRunCanBeAskedForAgain()
    {
        var run = await _world.PushSignedAsync();
        var early = await RetryAsync(run);
        await _world.DrainAsync("run.start");
        await ConfirmAsync();

        var again = await RetryAsync(run);
        await _world.DrainAsync("run.start");

        (await _world.FindAsync(early)).State.ShouldBe(RunState.Refused);
        (await _world.FindAsync(again)).State.ShouldBe(RunState.Started);
    }

    [Theory]
    [InlineData("retired", "retired or no person")]
    [InlineData("agent", "retired or no person")]
    [InlineData("forgotten", "which nobody")]
    [InlineData("gone from the forge", "does not hold any more")]
    [InlineData("another account", "does not hold any more")]
    public async Task WhatIsNotSoAnyMoreWhenTheRunStartsProvesNothing(string what, string because)
    {
        await ConfirmAsync();
        var run = await _world.PushSignedAsync();
        run.State.ShouldBe(RunState.Queued);

        await ChangeAsync(what);
        await _world.DrainAsync("run.start");

        var ended = await _world.FindAsync(run);
        ended.State.ShouldBe(RunState.Refused);
        ended.Reason!.ShouldContain(because);
        (await _world.EntriesAsync("run.proven")).ShouldBeEmpty();
    }

    [Fact]
    public async Task WhileTheForgeCannotBeAskedTheRunWaitsAndSaysSo()
    {
        await ConfirmAsync();
        _world.Forge.KeysFailing = Problem.Unavailable("the forge is down");
        var run = await _world.PushSignedAsync();

        await _world.StepAsync("run.start");

        var waiting = await _world.FindAsync(run);
        (waiting.State, waiting.Reason).ShouldBe((RunState.Queued, "waiting to try again: the forge is down"));
        _world.Forge.KeysFailing = null;
        _world.Clock.Advance(TimeSpan.FromMinutes(10));
        await _world.DrainAsync("run.start");
        (await _world.FindAsync(run)).State.ShouldBe(RunState.Started);
    }

    [Fact]
    public async Task EnvironmentsThatDoNotDemandItAskForNoSignature()
    {
        await _world.DisposeAsync();
        _world = await ServerWorld.OpenAsync();

        var run = await _world.PushAsync('a', null, ("churn/train.py", "1"));

        run.State.ShouldBe(RunState.Queued);
        (await _world.Get<IApprovals>().FindProofAsync(run, default)).ShouldBeNull();
    }

    [Fact]
    public async Task WherePeopleApproveASignatureProvesAndApprovesNothing()
    {
        await _world.DisposeAsync();
        _world = await ApprovalStage.OpenAsync(proven: true);
        _ada = await _world.LinkAsync("ada", ServerWorld.Ada.Id, Fingerprint);
        await ConfirmAsync();

        var run = await _world.PushSignedAsync();

        run.State.ShouldBe(RunState.AwaitingApproval);
        var standing = (await _world.Get<IApprovals>().ReadAsync(run, default)).ShouldNotBeNull().Standing;
        (standing.Missing, standing.ProofMissing, standing.ProvenBy).ShouldBe(
            (1, false, new ProvenBy("p-ada", Fingerprint))
        );
    }

    private Task ConfirmAsync() => _world.ConfirmAsync(_ada, ServerWorld.Ada.Id, Fingerprint);

    private async Task ChangeAsync(string what)
    {
        // Beyond what is remembered of the forge.
        _world.Clock.Advance(TimeSpan.FromMinutes(2));
        if (what == "retired")
            _world.People.Replace(_ada with { RetiredAt = _world.Clock.GetUtcNow() });
        else if (what == "agent")
            _world.People.Replace(_ada with { Type = ActorType.Agent });
        else if (what == "forgotten")
            await _world.ApplyAsync(new ForgetKey(ServerWorld.Churn.ForgeUid, Fingerprint, _ada.Uid));
        else if (what == "gone from the forge")
            _world.Show(ServerWorld.Ada.Id);
        else
            _world.Forge.KeysFailing = Problem.Denied("'ada' is another account now");
    }

    private async Task<Run> RetryAsync(Run run)
    {
        var asked = await _world.Get<IRunCommands>().RetryAsync(run.Id, "operator", default);
        asked.Problem.ShouldBeNull();
        return asked.Value;
    }

    private async Task ShouldHaveRefusedAsync(Run run)
    {
        var entry = (await _world.EntriesAsync("run.decided")).Last(entry =>
            (string?)entry["links"]!["run"] == run.Id.Text
        );
        ((bool)entry["decision"]!["allow"]!, (string?)entry["decision"]!["rule"]).ShouldBe(
            (false, "environments.ml-prod.assurance")
        );
    }
}
