using Bascule.Core.Runs;
using Bascule.Core.Work;
using Bascule.Server.Tests.Events;
using Bascule.Server.Tests.World;

namespace Bascule.Server.Tests.Runs;

/// <summary>A world with one queued run, as a push makes it.</summary>
internal static class RunStage
{
    public static async Task<Run> QueueAsync(this ServerWorld world, char digit = 'a', string? file = null)
    {
        var parent = world.Mirror.TipOf(ServerWorld.Main);
        world.Mirror.Commit(ServerWorld.Main, digit, parent, (".bascule.yaml", file ?? ServerWorld.File));
        await world.DeliverAsync(Hints.Push());
        await world.DrainAsync("event");
        return (await world.RunsAsync())[0];
    }

    public static async Task<Run> StartAsync(this ServerWorld world)
    {
        var run = await world.QueueAsync();
        await world.DrainAsync("run.start");
        return await world.FindAsync(run);
    }

    public static async Task<Run> EndAsync(this ServerWorld world, Bascule.Core.Platforms.Observation observation)
    {
        var run = await world.StartAsync();
        world.Platform.Observation = observation;
        await world.DrainAsync("run.observe");
        return await world.FindAsync(run);
    }

    public static async Task<IReadOnlyList<string>> TimelineAsync(this ServerWorld world, Run run) =>
        [
            .. (await world.Storage.Runs.ReadTimelineAsync(run.Id, default)).Select(entry =>
                $"{entry.Step}: {entry.Text}"
            ),
        ];

    /// <summary>A row as the dispatcher would hand it out after so many attempts.</summary>
    public static WorkItem Item(this Run run, string kind, int attempt = 0) =>
        new(1, "lane", kind, run.Id.Text, attempt, DateTimeOffset.UnixEpoch);
}
