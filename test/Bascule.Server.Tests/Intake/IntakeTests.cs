using System.Text;
using Bascule.Core.Deliveries;
using Bascule.Server.Audit;
using Bascule.Server.Intake;

namespace Bascule.Server.Tests.Intake;

public sealed class IntakeTests
{
    [Theory]
    [InlineData("gitea")]
    [InlineData("gogs")]
    public async Task StoresASignedDeliveryWithItsRowOfWorkAndThenAnswers(string kind)
    {
        await using var stage = await IntakeStage.StartAsync(kind);

        var answer = await stage.DeliverAsync(IntakeStage.Push());

        answer.Status.ShouldBe(202);
        answer.Text.ShouldContain("\"standing\":\"new\"");
        var stored = (await stage.StoredAsync()).ShouldHaveSingleItem();
        answer.Text.ShouldContain(stored.Uid);
        (await stage.World.DueAsync()).ShouldHaveSingleItem().Subject.ShouldBe(stored.Uid);
    }

    [Fact]
    public async Task SaysWhyNothingFollows()
    {
        await using var stage = await IntakeStage.StartAsync();

        var answer = await stage.DeliverAsync("""{"action":"created","comment":{},"repository":{"id":7}}""");

        answer.Status.ShouldBe(202);
        answer.Text.ShouldContain("ignored");
    }

    [Fact]
    [Trait("Threat", "T06")]
    public async Task ChecksTheSignatureOverTheBytesAsReceived()
    {
        await using var stage = await IntakeStage.StartAsync();
        var odd = IntakeStage.Push(extra: ",\"x\":\"<&\u2028\",\"n\":123456789012345678901234567890") + " \n";

        (await stage.DeliverAsync(odd)).Status.ShouldBe(202);
        (await stage.PostAsync(odd.TrimEnd(), ("X-Gitea-Signature", IntakeStage.Sign(odd)))).Status.ShouldBe(401);
    }

    [Fact]
    [Trait("Threat", "T05")]
    public async Task SignsTheOneFieldOfAForm()
    {
        await using var stage = await IntakeStage.StartAsync("gogs");
        var json = IntakeStage.Push();
        var form = "payload=" + Uri.EscapeDataString(json);

        (await Post(stage, form, json)).ShouldBe(202);
        (await Post(stage, "payload=" + Uri.EscapeDataString(IntakeStage.Push("b")), json)).ShouldBe(401);
        (await Post(stage, $"{form}&{form}", json)).ShouldBe(400);
        (await Post(stage, form + "&other=1", json)).ShouldBe(400);

        static async Task<int> Post(IntakeStage stage, string form, string signed) =>
            (
                await stage.PostAsync(
                    form,
                    ("Content-Type", "application/x-www-form-urlencoded"),
                    ("X-Gogs-Signature", IntakeStage.Sign(signed)),
                    ("X-Gogs-Delivery", Guid.NewGuid().ToString())
                )
            ).Status;
    }

    [Fact]
    public async Task DoesNotStoreWhatTheForgeSendsAgain()
    {
        await using var stage = await IntakeStage.StartAsync();

        await stage.DeliverAsync(IntakeStage.Push());
        var again = await stage.DeliverAsync(IntakeStage.Push());

        again.Status.ShouldBe(202);
        again.Text.ShouldContain("redelivered");
        (await stage.StoredAsync()).ShouldHaveSingleItem();
        (await stage.World.DueAsync()).ShouldHaveSingleItem();
    }

    [Fact]
    [Trait("Threat", "T07")]
    public async Task KnowsABodyAgainUnderANewDeliveryId()
    {
        await using var stage = await IntakeStage.StartAsync();
        await stage.DeliverAsync(IntakeStage.Push(), "first");

        (await stage.DeliverAsync(IntakeStage.Push(), "second")).Text.ShouldContain("replayed");

        (await stage.StoredAsync())[0].Standing.ShouldBe(DeliveryStanding.Replayed);
        stage.World.Logs.Lines.ShouldContain(line => line.Contains("is Replayed"));
    }

    [Fact]
    [Trait("Threat", "T09")]
    public async Task NeverSwallowsAnotherBodyUnderAKnownDeliveryId()
    {
        await using var stage = await IntakeStage.StartAsync();
        await stage.DeliverAsync(IntakeStage.Push("a"), "same");

        (await stage.DeliverAsync(IntakeStage.Push("b"), "same")).Text.ShouldContain("contradicting");

        var stored = await stage.StoredAsync();
        stored.Count.ShouldBe(2);
        (await stage.World.Storage.Deliveries.FindAsync(stored[0].Uid, default))!
            .Json.ToArray()
            .ShouldBe(Encoding.UTF8.GetBytes(IntakeStage.Push("b")));
        stage.World.Logs.Lines.ShouldContain(line => line.Contains("is Contradicting"));
    }

    [Fact]
    [Trait("Threat", "T22")]
    public async Task TakesTwoSecretsDuringARotationAndCountsTheOldOneIntoTheAuditLog()
    {
        await using var stage = await IntakeStage.StartAsync();
        await stage.RegisterAsync("new", former: IntakeStage.Secret, TimeSpan.FromHours(1));

        (await stage.DeliverAsync(IntakeStage.Push("a"), "1", "new")).Status.ShouldBe(202);
        stage.World.Logs.Lines.ShouldNotContain(line => line.Contains("former secret"));
        (await stage.DeliverAsync(IntakeStage.Push("b"), "2")).Status.ShouldBe(202);
        stage.World.Logs.Lines.ShouldContain(line => line.Contains("former secret") && line.Contains("w-1"));
        (await stage.DeliverAsync(IntakeStage.Push("c"), "3", "neither")).Status.ShouldBe(401);
        (await stage.DeliverAsync(IntakeStage.Push("d"), "4")).Status.ShouldBe(202);

        var counter = stage.World.Get<FormerSecretCounter>();
        await counter.FlushAsync(default);
        await counter.FlushAsync(default);
        var entry = (await stage.World.EntriesAsync("secret.former_used")).ShouldHaveSingleItem();
        ((string)entry["actor"]!, (int)entry["facts"]!["count"]!).ShouldBe(("webhook:w-1", 2));
    }

    [Fact]
    [Trait("Threat", "T22")]
    public async Task WhatTheAuditLogDidNotTakeOfTheOldSecretIsCountedOn()
    {
        await using var stage = await IntakeStage.StartAsync();
        var counter = stage.World.Get<FormerSecretCounter>();
        counter.Count("w-1", stage.World.Clock.GetUtcNow());
        stage.World.Audit.Failing = Bascule.Core.Problem.Unavailable("the disk is full");
        await counter.FlushAsync(default);

        stage.World.Audit.Failing = null;
        counter.Count("w-1", stage.World.Clock.GetUtcNow());
        await counter.FlushAsync(default);

        (
            (int)(await stage.World.EntriesAsync("secret.former_used")).ShouldHaveSingleItem()["facts"]!["count"]!
        ).ShouldBe(2);
    }

    [Fact]
    [Trait("Threat", "T22")]
    public async Task RefusesTheOldSecretWhenTheRotationIsOver()
    {
        await using var stage = await IntakeStage.StartAsync();
        await stage.RegisterAsync("new", former: IntakeStage.Secret, TimeSpan.FromHours(1));
        (await stage.DeliverAsync(IntakeStage.Push("a"), "1")).Status.ShouldBe(202);

        stage.World.Clock.Advance(TimeSpan.FromHours(1));

        (await stage.DeliverAsync(IntakeStage.Push("b"), "2")).Status.ShouldBe(401);
        (await stage.DeliverAsync(IntakeStage.Push("b"), "2", "new")).Status.ShouldBe(202);
    }

    [Fact]
    [Trait("Threat", "T22")]
    public async Task RefusesTheOldSecretAtOnceWhenTheWebhookIsForgotten()
    {
        await using var stage = await IntakeStage.StartAsync();
        (await stage.DeliverAsync(IntakeStage.Push("a"), "1")).Status.ShouldBe(202);

        await stage.RegisterAsync("new");
        stage.World.Get<WebhookRegistry>().Forget(IntakeStage.Hook);

        (await stage.DeliverAsync(IntakeStage.Push("b"), "2")).Status.ShouldBe(401);
        (await stage.DeliverAsync(IntakeStage.Push("b"), "2", "new")).Status.ShouldBe(202);
    }

    [Fact]
    [Trait("Threat", "T22")]
    public async Task LearnsOfASecretThatAnotherReplicaHasChanged()
    {
        await using var stage = await IntakeStage.StartAsync();
        (await stage.DeliverAsync(IntakeStage.Push("a"), "1")).Status.ShouldBe(202);
        await stage.RegisterAsync("new");
        stage.World.Clock.Advance(TimeSpan.FromSeconds(2));

        (await stage.DeliverAsync(IntakeStage.Push("b"), "2", "new")).Status.ShouldBe(202);
        (await stage.DeliverAsync(IntakeStage.Push("c"), "3")).Status.ShouldBe(401);
        (await stage.World.Storage.Webhooks.FindAsync(IntakeStage.Hook, default))!.LastRefusedAt.ShouldNotBeNull();
    }
}
