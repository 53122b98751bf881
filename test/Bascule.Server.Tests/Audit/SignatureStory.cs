using System.Text.Json.Nodes;
using Bascule.Server.Signatures;
using Bascule.Server.Tests.Approvals;
using Bascule.Server.Tests.Signatures;

namespace Bascule.Server.Tests.Audit;

/// <summary>Everything that is written down of signatures.</summary>
internal static class SignatureStory
{
    public static async Task<IReadOnlyList<JsonObject>> PlayAsync()
    {
        var (world, ada) = await SignatureStage.OpenAsync();
        await using var _ = world;
        var keys = world.Get<OwnKeys>();
        await keys.ConfirmAsync(world.ActorOf(ada), SignatureStage.Fingerprint, null, default);
        await world.PushSignedAsync();
        await world.DrainAsync("run.start");
        await keys.ForgetAsync(world.ActorOf(ada), SignatureStage.Fingerprint, default);
        return await world.EntriesAsync();
    }
}
