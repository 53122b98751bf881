using System.Text.Json.Nodes;
using Bascule.Core.Platforms;
using Bascule.Server.Tests.Drift;

namespace Bascule.Server.Tests.Audit;

/// <summary>Somebody changes something by hand, and puts it back.</summary>
internal static class DriftStory
{
    public static async Task<IReadOnlyList<JsonObject>> PlayAsync()
    {
        await using var drift = await DriftWorld.OpenAsync();
        drift.Finds(new Difference("namedValues/region", DifferenceKind.Changed, ["value"]));
        await drift.TurnAsync();
        drift.Finds();
        await drift.NextAsync();
        return await drift.World.EntriesAsync();
    }
}
