using System.Text.Json.Nodes;
using Bascule.Core.Approvals;
using Bascule.Server.Tests.Approvals;
using Bascule.Server.Tests.World;

namespace Bascule.Server.Tests.Audit;

/// <summary>Everything that is written down of approvals.</summary>
internal static class ApprovalStory
{
    public static async Task<IReadOnlyList<JsonObject>> PlayAsync()
    {
        await using var world = await ApprovalStage.OpenAsync(change: policy => policy with { BreakGlass = true });
        var approvals = world.Get<IApprovals>();
        var grace = world.People.Add("grace", 10);
        var ada = world.People.Add("ada", ServerWorld.Ada.Id);
        var (_, proposed) = await world.ProposeAsync();
        await world.GiveAsync(proposed, ada);
        await world.ApproveAsync(proposed, grace);
        await approvals.WithdrawAsync(proposed.Id, world.ActorOf(grace), default);
        var seen = (await world.RunsAsync()).First(run => !run.OnMerge);
        await approvals.BreakGlassAsync(seen.Id, world.ActorOf(ada), "production is down", default);
        await world.ApproveAsync(seen, grace);
        var unseen = await world.PushAsync('c', seen.Commit, ("churn/train.py", "3"));
        await approvals.BreakGlassAsync(unseen.Id, world.ActorOf(ada), "production is down", default);
        world.Clock.Advance(TimeSpan.FromHours(80));
        await world.DrainAsync("approval");
        return await world.EntriesAsync();
    }
}
