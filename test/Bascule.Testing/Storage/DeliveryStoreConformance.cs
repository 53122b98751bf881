using Bascule.Core.Deliveries;
using Bascule.Core.Work;
using Shouldly;
using Xunit;

namespace Bascule.Testing.Storage;

public abstract class DeliveryStoreConformance(IStorageUnderTest database) : StorageConformance(database)
{
    private IDeliveryStore Deliveries => Storage.Deliveries;

    [Fact]
    public async Task ADeliveryIsFoundAsItCame()
    {
        var delivery = Sample.Delivery("d-1", body: """{"ref":"refs/heads/main"}""");
        (await AppendAsync(delivery)).ShouldBe(DeliveryStanding.New);
        var found = (await Deliveries.FindAsync("d-1", None)).ShouldNotBeNull();
        found.Json.ToArray().ShouldBe(delivery.Json.ToArray());
        (found with { Json = delivery.Json }).ShouldBe(delivery);
    }

    [Fact]
    public async Task AnEmptyBodyIsStillABody()
    {
        await AppendAsync(Sample.Delivery("d-1", body: ""));
        (await Deliveries.FindAsync("d-1", None))!.Json.Length.ShouldBe(0);
    }

    [Fact]
    public async Task AnUnknownUidFindsNothing() => (await Deliveries.FindAsync("d-1", None)).ShouldBeNull();

    [Fact]
    public async Task DeliveriesAreReadInPagesNewestFirst()
    {
        foreach (var uid in (string[])["d-1", "d-2", "d-3"])
            await AppendAsync(Sample.Delivery(uid, id: uid, body: $"\"{uid}\""));

        (await Deliveries.ListAsync(2, None)).Select(delivery => delivery.Uid).ShouldBe(["d-3", "d-2"]);
        (await Deliveries.ListAsync(2, "d-2", None)).Select(delivery => delivery.Uid).ShouldBe(["d-1"]);
        (await Deliveries.ListAsync(2, "d-unknown", None)).ShouldBeEmpty();
    }

    [Fact]
    public async Task ItsWorkIsAddedWithIt()
    {
        await AppendAsync(Sample.Delivery("d-1"));
        (await WorkAsync()).ShouldBe(["d-1"]);
    }

    [Fact]
    public async Task ARedeliveryIsNotStoredAgainAndAddsNoWork()
    {
        await AppendAsync(Sample.Delivery("d-1"));
        (await AppendAsync(Sample.Delivery("d-2"))).ShouldBe(DeliveryStanding.Redelivered);
        (await Deliveries.FindAsync("d-2", None)).ShouldBeNull();
        (await WorkAsync()).ShouldBe(["d-1"]);
    }

    [Fact]
    [Trait("Threat", "T09")]
    public async Task TheSameIdWithAnotherBodyIsKeptAndFlagged()
    {
        await AppendAsync(Sample.Delivery("d-1", body: "{}"));
        (await AppendAsync(Sample.Delivery("d-2", body: "[]"))).ShouldBe(DeliveryStanding.Contradicting);
        (await Deliveries.FindAsync("d-2", None))!.Standing.ShouldBe(DeliveryStanding.Contradicting);
        (await WorkAsync()).ShouldBe(["d-1", "d-2"]);
    }

    /// <summary>Whoever holds the secret of one webhook must not be able to swallow what comes under another.</summary>
    [Fact]
    [Trait("Threat", "T09")]
    public async Task ADeliveryUnderAnotherWebhookIsNeverARedelivery()
    {
        await AppendAsync(Sample.Delivery("d-1", webhook: "w-attacker"));
        (await AppendAsync(Sample.Delivery("d-2"))).ShouldBe(DeliveryStanding.Contradicting);
        (await WorkAsync()).ShouldBe(["d-1", "d-2"]);
    }

    [Fact]
    [Trait("Threat", "T09")]
    public async Task AContradictingDeliverySentAgainIsARedeliveryOfItself()
    {
        await AppendAsync(Sample.Delivery("d-1", body: "{}"));
        await AppendAsync(Sample.Delivery("d-2", body: "[]"));
        (await AppendAsync(Sample.Delivery("d-3", body: "[]"))).ShouldBe(DeliveryStanding.Redelivered);
        (await AppendAsync(Sample.Delivery("d-4", body: "{}"))).ShouldBe(DeliveryStanding.Redelivered);
    }

    [Fact]
    [Trait("Threat", "T07")]
    public async Task TheSameBodyUnderAnotherIdIsAReplay()
    {
        await AppendAsync(Sample.Delivery("d-1"));
        (await AppendAsync(Sample.Delivery("d-2", id: "id-2"))).ShouldBe(DeliveryStanding.Replayed);
        (await WorkAsync()).ShouldBe(["d-1", "d-2"]);
    }

    [Fact]
    public async Task TheSameBodyForAnotherWebhookIsNew()
    {
        await AppendAsync(Sample.Delivery("d-1"));
        var other = Sample.Delivery("d-2", id: "id-2", webhook: "w-2");
        (await AppendAsync(other)).ShouldBe(DeliveryStanding.New);
    }

    [Fact]
    public async Task TheSameIdOnAnotherForgeIsNew()
    {
        await AppendAsync(Sample.Delivery("d-1"));
        var other = Sample.Delivery("d-2", webhook: "w-2") with { Repository = new("f-two", 7) };
        (await AppendAsync(other)).ShouldBe(DeliveryStanding.New);
    }

    [Fact]
    public async Task SideBySideRedeliveriesAreStoredOnce()
    {
        var standings = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => AppendAsync(Sample.Delivery($"d-{i}"))));
        standings.Count(standing => standing == DeliveryStanding.New).ShouldBe(1);
        (await Deliveries.ListAsync(100, None)).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task TheListIsNewestFirstAndWithoutBodies()
    {
        await AppendAsync(Sample.Delivery("d-1"));
        await AppendAsync(Sample.Delivery("d-2", id: "id-2", body: "[]"));
        await AppendAsync(Sample.Delivery("d-3", id: "id-3", body: "[1]"));
        var list = await Deliveries.ListAsync(2, None);
        list.Select(delivery => delivery.Uid).ShouldBe(["d-3", "d-2"]);
        list.ShouldAllBe(delivery => delivery.Json.IsEmpty);
    }

    [Fact]
    public async Task ItsOutcomeIsWrittenDown()
    {
        await AppendAsync(Sample.Delivery("d-1"));
        await ApplyAsync(new SettleDelivery("d-1", "main moved to aaaaaaaa"));
        (await Deliveries.FindAsync("d-1", None))!.Outcome.ShouldBe("main moved to aaaaaaaa");
    }

    [Fact]
    public async Task ItIsLookedAtAgainOnceHoweverManyAsk()
    {
        await AppendAsync(Sample.Delivery("d-1"));
        var item = (await Storage.Work.ReadDueAsync(Noon, [], 10, None))[0];
        await Storage.Work.SettleAsync(item, WorkResult.Finished(new SettleDelivery("d-1", "done")), Noon, None);
        var again = new ReplayDelivery(new NewWork("d-1", "delivery", "d-1", Noon));

        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Storage.Work.ApplyAsync([again], None)));

        answers.Count(answer => answer.Problem is null).ShouldBe(1);
        (await WorkAsync()).ShouldBe(["d-1"]);
        (await Deliveries.FindAsync("d-1", None))!.Outcome.ShouldBeNull();
        await ShouldConflictAsync(new ReplayDelivery(new NewWork("d-2", "delivery", "d-2", Noon)));
    }

    [Fact]
    [Trait("Threat", "T59")]
    public async Task OnlyThoseOfSomeRepositoriesAreListed()
    {
        var other = Sample.Repository with { Id = 8 };
        await AppendAsync(Sample.Delivery("d-1", "id-1", "[1]"));
        await AppendAsync(Sample.Delivery("d-2", "id-2", "[2]") with { Repository = other });

        (await Deliveries.ListAsync(10, null, [other], None)).ShouldHaveSingleItem().Uid.ShouldBe("d-2");
        (await Deliveries.ListAsync(10, null, [other, Sample.Repository], None)).Count.ShouldBe(2);
        (await Deliveries.ListAsync(10, null, [Sample.Repository with { ForgeUid = "f-two" }], None)).ShouldBeEmpty();
        (await Deliveries.ListAsync(10, null, [], None)).ShouldBeEmpty();
        (await Deliveries.ListAsync(10, "d-2", [Sample.Repository], None)).ShouldBeEmpty("it is no place in this list");
        (await Deliveries.ListAsync(10, "d-2", [Sample.Repository, other], None)).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task ItsWebhookRemembersWhenTheLastOneCame()
    {
        await ApplyAsync(new SaveWebhook(Sample.Webhook()));
        await AppendAsync(Sample.Delivery("d-1") with { ReceivedAt = Noon.AddMinutes(1) });
        await AppendAsync(Sample.Delivery("d-2") with { ReceivedAt = Noon.AddMinutes(2) });
        (await Storage.Webhooks.FindAsync("w-1", None))!.LastDeliveryAt.ShouldBe(Noon.AddMinutes(2));
    }

    [Fact]
    [Trait("Threat", "T12")]
    public async Task WhatWasAcknowledgedIsThereAfterReopening()
    {
        await Task.WhenAll(
            Enumerable.Range(0, 100).Select(i => AppendAsync(Sample.Delivery($"d-{i}", $"id-{i}", $"[{i}]")))
        );
        await ReopenAsync();
        (await Deliveries.ListAsync(1000, None)).Count.ShouldBe(100);
        (await WorkAsync()).Count.ShouldBe(100);
    }

    private Task<DeliveryStanding> AppendAsync(Delivery delivery) =>
        Deliveries.AppendAsync(delivery, new NewWork(delivery.Uid, "delivery", delivery.Uid, Noon), None);

    private async Task<IReadOnlyList<string>> WorkAsync() =>
        [.. (await Storage.Work.ReadDueAsync(Noon, [], 1000, None)).Select(item => item.Subject)];
}
