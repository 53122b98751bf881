using System.Text;
using Bascule.Core;
using Bascule.Core.Api;
using Bascule.Core.Deliveries;
using Bascule.Core.Work;
using Bascule.Server.Connect;
using Bascule.Server.Intake;
using Bascule.Server.Tests.World;

namespace Bascule.Server.Tests.Connect;

public sealed class RotationTests : IAsyncLifetime
{
    private ServerWorld _world = null!;

    private FakeForge Forge => _world.Forge;

    public async Task InitializeAsync()
    {
        _world = await ServerWorld.OpenAsync(new FakeIssueForge());
        Forge.Repositories.Add(ServerWorld.Repository);
        _world.Mirror.Commit(ServerWorld.Main, 'a', parent: null);
        await ConnectAsync();
    }

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    [Trait("Threat", "T22")]
    public async Task ANewSecretIsGivenOnPurposeAndTheFormerOneStaysForAnHour()
    {
        var before = await WebhookAsync();

        (await ConnectAsync(rotate: true)).ShouldContain(
            "webhook 101 was replaced by 102 because its secret was to be changed"
        );

        var after = await WebhookAsync();
        (after.Uid, after.ForgeWebhookId).ShouldBe((before.Uid, 102));
        Secret(after.SealedSecret).ShouldNotBe(Secret(before.SealedSecret));
        Secret(after.SealedFormerSecret!).ShouldBe(Secret(before.SealedSecret));
        after.FormerSecretUntil.ShouldBe(_world.Clock.GetUtcNow() + TimeSpan.FromHours(1));
        Forge.Calls.ShouldBe(["register", "register", "delete"]);
        Forge.Registered.ShouldHaveSingleItem().Id.ShouldBe(102);
    }

    [Fact]
    [Trait("Threat", "T22")]
    public async Task RefusedDeliveriesWithoutAGoodOneMeanAnotherSecret()
    {
        var webhook = await WebhookAsync();
        _world.Clock.Advance(TimeSpan.FromSeconds(1));
        await NoteAsync(webhook);
        (await DoctorAsync()).ShouldContain("deliveries of webhook 101 fail the signature");

        (await ConnectAsync()).ShouldContain("because its deliveries were signed with another secret");

        (await WebhookAsync()).LooksMissigned.ShouldBeFalse();
        (await ConnectAsync()).ShouldContain("webhook 102 is registered");
    }

    [Fact]
    public async Task AGoodDeliveryAfterAStrangersNoiseIsNoDrift()
    {
        var webhook = await WebhookAsync();
        _world.Clock.Advance(TimeSpan.FromSeconds(1));
        await NoteAsync(webhook);
        _world.Clock.Advance(TimeSpan.FromSeconds(1));
        await _world.ApplyAsync(
            new SaveWebhook((await WebhookAsync()) with { LastDeliveryAt = _world.Clock.GetUtcNow() })
        );

        (await ConnectAsync()).ShouldContain("webhook 101 is registered");
    }

    [Fact]
    public async Task AWebhookWhoseEventsWereChangedIsReplaced()
    {
        Forge.Registered[0] = Forge.Registered[0] with { Events = ["create"] };
        (await DoctorAsync()).ShouldContain("webhook 101 does not send push any more");

        (await ConnectAsync()).ShouldContain("was replaced by 102 because it did not send push any more");
    }

    [Fact]
    public async Task AForgeThatRefusesTheNewWebhookLeavesTheFormerOneGood()
    {
        var before = await WebhookAsync();
        Forge.Refusing = Problem.Denied("no more webhooks");

        (await ConnectAsync(rotate: true)).ShouldContain("no more webhooks");

        var after = await WebhookAsync();
        Secret(after.SealedSecret).ShouldBe(Secret(before.SealedSecret));
        (after.FormerSecretUntil, after.ForgeWebhookId).ShouldBe((null, 101));
    }

    [Fact]
    [Trait("Threat", "T22")]
    public async Task ASecretThatIsOldEnoughIsReplacedByItselfOnce()
    {
        var before = await WebhookAsync();
        await LookAsync();
        Forge.Calls.ShouldBe(["register"]);

        _world.Clock.Advance(TimeSpan.FromDays(90));
        await LookAsync();

        var after = await WebhookAsync();
        (after.Uid, after.ForgeWebhookId).ShouldBe((before.Uid, 102));
        Secret(after.SealedFormerSecret!).ShouldBe(Secret(before.SealedSecret));
        after.FormerSecretUntil.ShouldBe(_world.Clock.GetUtcNow() + TimeSpan.FromHours(1));
        (await LookAsync()).Wait.ShouldBeGreaterThan(TimeSpan.FromHours(23));
        Forge.Calls.ShouldBe(["register", "register", "delete"]);
    }

    [Fact]
    [Trait("Threat", "T22")]
    public async Task ARotationThatWasCutOffIsMadeAgainAndLosesNoSecretThatSigns()
    {
        var before = await WebhookAsync();
        await _world.ApplyAsync(
            new SaveWebhook(
                before with
                {
                    SealedSecret = Sealed("never told"),
                    SealedFormerSecret = before.SealedSecret,
                    FormerSecretUntil = new DateTimeOffset(9999, 1, 1, 0, 0, 0, TimeSpan.Zero),
                }
            )
        );
        Forge.Registered.Add(Forge.Registered[0] with { Id = 777 }); // it got as far as that

        await LookAsync();

        var after = await WebhookAsync();
        Secret(after.SealedFormerSecret!).ShouldBe(Secret(before.SealedSecret));
        Secret(after.SealedSecret).ShouldNotBe("never told");
        after.FormerSecretUntil.ShouldBe(_world.Clock.GetUtcNow() + TimeSpan.FromHours(1));
        Forge.Registered.ShouldHaveSingleItem().Id.ShouldBe(after.ForgeWebhookId!.Value);
    }

    [Fact]
    public async Task WhatTheForgeRefusesKeepsItsSecretAndIsTriedAgainAfterAnHour()
    {
        _world.Clock.Advance(TimeSpan.FromDays(90));
        Forge.Refusing = Problem.Denied("no more webhooks");
        await LookAsync();
        (await LookAsync()).Wait.ShouldBe(TimeSpan.FromHours(1));
        (await WebhookAsync()).FormerSecretUntil.ShouldBeNull();

        Forge.Refusing = null;
        _world.Clock.Advance(TimeSpan.FromHours(1));
        await LookAsync();

        (await WebhookAsync()).ForgeWebhookId.ShouldNotBe(101);
    }

    [Fact]
    public async Task AWebhookThatSomebodyDeletedIsNotMadeAgainByItself()
    {
        Forge.Registered.Clear();
        _world.Clock.Advance(TimeSpan.FromDays(90));

        await LookAsync();

        Forge.Registered.ShouldBeEmpty();
        _world.Logs.Lines.ShouldContain(line => line.Contains("is not registered any more; run `bascule connect`"));
    }

    private async Task<RepeatedWork> LookAsync() =>
        (
            await _world
                .Handler<RotationHandler>()
                .HandleAsync(Reports.ReportStage.Row(RotationHandler.RotationKind, ServerWorld.Churn.ForgeUid), default)
        ).ShouldBeOfType<RepeatedWork>();

    private byte[] Sealed(string secret) =>
        _world.MasterKey.Seal(WebhookRegistry.SecretPurpose, Encoding.UTF8.GetBytes(secret));

    private Task NoteAsync(Webhook webhook) =>
        _world
            .Get<SecretDrift>()
            .NoteAsync(webhook.Uid, Problem.Unauthenticated("the signature does not match"), default);

    private async Task<Webhook> WebhookAsync() =>
        (await _world.Storage.Webhooks.ListAsync(default)).ShouldHaveSingleItem();

    private string Secret(byte[] sealedSecret) =>
        Encoding.UTF8.GetString(_world.MasterKey.Open(WebhookRegistry.SecretPurpose, sealedSecret));

    private Task<string> ConnectAsync(bool rotate = false) =>
        TextAsync(_world.Get<Connector>().ConnectAsync(rotate, default));

    private Task<string> DoctorAsync() => TextAsync(_world.Get<Doctor>().ExamineAsync(default));

    private static async Task<string> TextAsync(IAsyncEnumerable<Finding> findings)
    {
        var text = new StringBuilder();
        await foreach (var finding in findings)
            text.AppendLine(finding.Text);
        return text.ToString();
    }
}
