using System.Text.Json.Nodes;
using Bascule.Core.Platforms;
using Bascule.Core.Work;
using Bascule.Server.Tests.Lineage;
using Bascule.Server.Tests.World;

namespace Bascule.Server.Tests.Audit;

/// <summary>Somebody starts a run by hand, and writes a commit to it that was never pushed.</summary>
internal static class UnfoundedStory
{
    public static async Task<IReadOnlyList<JsonObject>> PlayAsync()
    {
        await using var world = await ServerWorld.OpenAsync();
        world.Mirror.IsStrict = true;
        var run = new ForeignRun("m-1") { Commits = [("mlflow.source.git.commit", new string('b', 40))] };
        world.Platform.Foreign = _ => new ForeignRuns([run], []);
        var handler = SampleForeign.HandlerIn(world);
        var row = new WorkItem(1, "foreign", handler.Kind, "ml-prod", 0, world.Clock.GetUtcNow());
        await world.ApplyAsync([.. (await handler.HandleAsync(row, default)).Changes]);
        return await world.EntriesAsync("run.unfounded");
    }
}
