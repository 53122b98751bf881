using Bascule.Core.Deliveries;
using Shouldly;
using Xunit;

namespace Bascule.Testing.Storage;

public abstract class WebhookStoreConformance(IStorageUnderTest database) : StorageConformance(database)
{
    [Fact]
    public async Task AWebhookIsFoundAsItWasSaved()
    {
        var saved = Sample.Webhook() with
        {
            ForgeWebhookId = 12,
            SealedFormerSecret = [4, 5],
            FormerSecretUntil = Noon.AddHours(1),
        };
        await ApplyAsync(new SaveWebhook(saved));
        var found = (await Storage.Webhooks.FindAsync("w-1", None)).ShouldNotBeNull();
        found.SealedSecret.ShouldBe(saved.SealedSecret);
        found.SealedFormerSecret.ShouldBe(saved.SealedFormerSecret);
        (found with { SealedSecret = saved.SealedSecret, SealedFormerSecret = saved.SealedFormerSecret }).ShouldBe(
            saved
        );
    }

    [Fact]
    public async Task SavingAgainReplaces()
    {
        await ApplyAsync(new SaveWebhook(Sample.Webhook()));
        await ApplyAsync(new SaveWebhook(Sample.Webhook() with { SealedSecret = [9], ForgeWebhookId = 5 }));
        var found = (await Storage.Webhooks.ListAsync(None)).ShouldHaveSingleItem();
        (found.SealedSecret[0], found.ForgeWebhookId).ShouldBe(((byte)9, 5));
    }

    [Fact]
    public async Task SavingNeverTurnsBackTheTimeOfTheLastDelivery()
    {
        await ApplyAsync(new SaveWebhook(Sample.Webhook() with { LastDeliveryAt = Noon }));
        await ApplyAsync(new SaveWebhook(Sample.Webhook()));
        (await Storage.Webhooks.FindAsync("w-1", None))!.LastDeliveryAt.ShouldBe(Noon);
        await ApplyAsync(new SaveWebhook(Sample.Webhook() with { LastDeliveryAt = Noon.AddHours(-1) }));
        (await Storage.Webhooks.FindAsync("w-1", None))!.LastDeliveryAt.ShouldBe(Noon);
    }

    [Fact]
    public async Task ARemovedWebhookIsGone()
    {
        await ApplyAsync(new SaveWebhook(Sample.Webhook()), new SaveWebhook(Sample.Webhook("w-2")));
        await ApplyAsync(new RemoveWebhook("w-1"));
        (await Storage.Webhooks.FindAsync("w-1", None)).ShouldBeNull();
        (await Storage.Webhooks.ListAsync(None)).ShouldHaveSingleItem().Uid.ShouldBe("w-2");
    }
}
