using System.Text.Json.Nodes;
using Bascule.Server.Tests.Promotions;

namespace Bascule.Server.Tests.Audit;

/// <summary>A version is promoted, another one after it, and somebody goes back; and then once more, to nothing.</summary>
internal static class PromotionStory
{
    public static async Task<IReadOnlyList<JsonObject>> PlayAsync()
    {
        await using var lab = await PromotionWorld.OpenAsync();
        await lab.PromoteAsync(await lab.ProduceAsync('a', "7"), "7");
        await lab.PromoteAsync(await lab.ProduceAsync('b', "8"), "8");
        await lab.GoBackAsync(seen: 2);
        await lab.GoBackAsync(seen: 3);
        return [.. await lab.World.EntriesAsync(), .. await TrainOnceTests.PlayAsync()];
    }
}
