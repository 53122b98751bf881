using Bascule.Core;
using Bascule.Core.Credentials;
using Bascule.Core.Forges;
using Bascule.Core.Work;
using Bascule.Server.Connections;
using Bascule.Server.Credentials;

namespace Bascule.Server.Tests.Credentials;

public sealed class CredentialRotationTests
{
    [Theory]
    [InlineData("gitea")]
    [InlineData("gogs")]
    public async Task ANewOneIsMadeReadBackPutInForceAndTheFormerOneEnded(string kind)
    {
        await using var world = await CredentialWorld.OpenAsync(kind);
        var former = (await world.SealAsync()).Fingerprint;
        var shown = world.Replica.Credential.Current!;

        await world.AskAsync();
        await world.FinishAsync();

        var row = await world.RowAsync();
        (row.Step, row.AskedAt, row.Former, row.Next).ShouldBe((CredentialStep.Resting, null, null, null));
        row.Fingerprint.ShouldNotBe(former);
        row.RotatedAt.ShouldNotBeNull();
        (await world.IsTakenAsync(world.Replica.Credential.Current!)).ShouldBeTrue();
        (await world.IsTakenAsync(shown)).ShouldBeFalse();
        (await world.StoryAsync()).ShouldBe([
            "credential.sealed",
            "credential.rotation_asked",
            "credential.rotated",
            "credential.ended",
        ]);
    }

    [Fact]
    public async Task BothAreGoodUntilTheOverlapIsOver()
    {
        await using var world = await CredentialWorld.OpenAsync("gitea");
        await world.SealAsync();
        var former = world.Replica.Credential.Current!;
        await world.AskAsync();

        await world.DrainAsync();
        world.Clock.Advance(world.Settings.Overlap - TimeSpan.FromSeconds(1));
        await world.DrainAsync();

        (await world.RowAsync()).Step.ShouldBe(CredentialStep.Switched);
        CredentialSeal.Same(world.Replica.Credential.Current!, former).ShouldBeFalse();
        (await world.IsTakenAsync(former)).ShouldBeTrue("streams that began with it go on");

        world.Clock.Advance(TimeSpan.FromSeconds(2));
        await world.DrainAsync();
        (await world.IsTakenAsync(former)).ShouldBeFalse();
    }

    [Theory]
    [InlineData("gitea")]
    [InlineData("gogs")]
    public async Task OneThatIsRefusedAtReadBackIsTakenBackAndTheFormerOneStays(string kind)
    {
        await using var world = await CredentialWorld.OpenAsync(kind);
        var before = await world.SealAsync();
        var shown = world.Replica.Credential.Current!;
        await world.AskAsync();
        while ((await world.RowAsync()).Step != CredentialStep.Made)
            (await world.StepAsync()).ShouldBeTrue();
        var made = new CredentialSeal(world.Key).Open(CredentialWorld.ForgeUid, (await world.RowAsync()).Next!);

        world.Forge.Faults.FailNext("GET", "/api/v1/user$", 401);
        await world.DrainAsync();

        var row = await world.RowAsync();
        (row.Step, row.Fingerprint, row.AskedAt).ShouldBe((CredentialStep.Resting, before.Fingerprint, null));
        row.Failure.ShouldNotBeNull().ShouldContain("401");
        (await world.IsTakenAsync(shown)).ShouldBeTrue();
        (await world.IsTakenAsync(made)).ShouldBeFalse();
        (await world.StoryAsync())[^1].ShouldBe("credential.rotation_failed");
        ((string)(await world.EntriesAsync())[^1]["facts"]!["step"]!).ShouldBe("made");
    }

    [Fact]
    [Trait("Threat", "T40")]
    public async Task OneOfAnotherAccountIsNotPutInForce()
    {
        await using var world = await CredentialWorld.OpenAsync("gitea");
        var row = await world.SealAsync();
        var other = row with { Account = new ForgeAccount(row.Account.Id + 1, row.Account.Login) };
        (await world.Storage.Work.ApplyAsync([new SaveForgeCredential(other)], default)).Problem.ShouldBeNull();
        await world.AskAsync();

        await world.FinishAsync();

        var kept = await world.RowAsync();
        kept.Fingerprint.ShouldBe(row.Fingerprint);
        kept.Failure.ShouldNotBeNull().ShouldContain("the credential in force is account");
    }

    [Fact]
    public async Task AFormerOneThatCannotBeEndedIsToldAndTriedAgain()
    {
        await using var world = await CredentialWorld.OpenAsync("gitea");
        await world.SealAsync();
        await world.AskAsync();
        await world.DrainAsync();
        world.Forge.Faults.FailNext("DELETE", "/tokens/", 403);

        await world.FinishAsync();

        var row = await world.RowAsync();
        row.Step.ShouldBe(CredentialStep.Switched);
        row.Failure.ShouldNotBeNull().ShouldContain("the former one may still be good");
        (await world.IsTakenAsync(world.Replica.Credential.Current!)).ShouldBeTrue();

        world.Clock.Advance(TimeSpan.FromHours(1));
        await world.FinishAsync();
        (await world.RowAsync()).Failure.ShouldBeNull();
        (await world.StoryAsync()).TakeLast(2).ShouldBe(["credential.rotation_failed", "credential.ended"]);
    }

    [Fact]
    public async Task AForgeThatIsAwayIsWaitedFor()
    {
        await using var world = await CredentialWorld.OpenAsync("gitea");
        var before = await world.SealAsync();
        await world.AskAsync();
        world.Forge.Faults.GoOffline();
        await world.DrainAsync();
        (await world.RowAsync()).Fingerprint.ShouldBe(before.Fingerprint);

        world.Forge.Faults.ComeBack();
        await world.FinishAsync();

        (await world.RowAsync()).Fingerprint.ShouldNotBe(before.Fingerprint);
        (await world.StoryAsync()).ShouldNotContain("credential.rotation_failed");
    }

    [Fact]
    public async Task TheSettingsSayHowOldItMayBecome()
    {
        await using var world = await CredentialWorld.OpenAsync("gitea");
        world.Settings = new CredentialSettings(TimeSpan.FromDays(30), TimeSpan.FromMinutes(10));
        await world.CrashAsync();
        var first = await world.SealAsync();

        world.Clock.Advance(TimeSpan.FromDays(29));
        await world.FinishAsync();
        (await world.RowAsync()).RotatedAt.ShouldBeNull();

        world.Clock.Advance(TimeSpan.FromDays(1));
        await world.FinishAsync();
        var second = await world.RowAsync();
        second.Fingerprint.ShouldNotBe(first.Fingerprint);
        var next = (await world.Replica.Reader.ListAsync(default)).Credentials.Single().NextRotationAt;
        next.ShouldBe(second.RotatedAt + TimeSpan.FromDays(30));
    }

    [Fact]
    public async Task WithoutASettingNothingIsReplacedByItself()
    {
        await using var world = await CredentialWorld.OpenAsync("gitea");
        await world.SealAsync();

        world.Clock.Advance(TimeSpan.FromDays(1000));
        await world.FinishAsync();

        (await world.RowAsync()).RotatedAt.ShouldBeNull();
    }

    [Fact]
    [Trait("Threat", "T147")]
    public async Task OfTwoReplicasThatTakeTheSameStepOneStoresNothing()
    {
        await using var world = await CredentialWorld.OpenAsync("gitea");
        await world.SealAsync();
        await world.AskAsync();
        var other = await world.StartReplicaAsync();
        while ((await world.RowAsync()).Step != CredentialStep.Resting || (await world.RowAsync()).AskedAt is not null)
        {
            var item = (await world.DueAsync()).SingleOrDefault();
            if (item is null)
            {
                world.Clock.Advance(TimeSpan.FromMinutes(1));
                continue;
            }
            WorkResult[] both =
            [
                await world.Replica.Rotation.HandleAsync(item, default),
                await other.Rotation.HandleAsync(item, default),
            ];
            (
                await world.Storage.Work.SettleAsync(item, both[0], world.Clock.GetUtcNow(), default)
            ).Problem.ShouldBeNull();
            if (both[0].Changes.OfType<SaveForgeCredential>().Any())
                (await world.Storage.Work.SettleAsync(item, both[1], world.Clock.GetUtcNow(), default))
                    .Problem.ShouldNotBeNull()
                    .Code.ShouldBe(ProblemCode.Conflict);
        }

        (
            await world.IsTakenAsync(
                new CredentialSeal(world.Key).Open(CredentialWorld.ForgeUid, (await world.RowAsync()).Sealed)
            )
        ).ShouldBeTrue();
        (await world.StoryAsync()).Count(type => type == "credential.rotated").ShouldBeLessThanOrEqualTo(1);
    }

    [Theory]
    [InlineData("gitea")]
    [InlineData("gogs")]
    public async Task AnotherReplicaIsNeverLeftWithOneThatIsNotGood(string kind)
    {
        await using var world = await CredentialWorld.OpenAsync(kind);
        await world.SealAsync();
        var other = await world.StartReplicaAsync();
        await world.AskAsync();

        for (var isDue = true; isDue; isDue = await world.StepAsync())
            (await world.WorksAsync(other)).ShouldBeTrue((await world.RowAsync()).Step.ToString());
        await other.Watch.LookAsync(default);
        world.Clock.Advance(TimeSpan.FromHours(1));
        await world.FinishAsync();

        (await world.IsTakenAsync(other.Credential.Current!)).ShouldBeTrue();
        (await world.RowAsync()).Step.ShouldBe(CredentialStep.Resting);
    }
}
