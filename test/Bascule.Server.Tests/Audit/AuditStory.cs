using System.Text.Json.Nodes;
using Bascule.Core;
using Bascule.Core.Audit;
using Bascule.Core.Platforms;
using Bascule.Core.Runs;
using Bascule.Core.Work;
using Bascule.Server.Audit;
using Bascule.Server.Connect;
using Bascule.Server.Connections;
using Bascule.Server.Identity;
using Bascule.Server.Tests.Reports;
using Bascule.Server.Tests.Runs;
using Bascule.Server.Tests.World;
using Bascule.Server.Work;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Bascule.Server.Tests.Audit;

/// <summary>A day in which everything happens that is written down.</summary>
internal static class AuditStory
{
    public static async Task<IReadOnlyList<JsonObject>> PlayAsync()
    {
        var forge = new FakeStatusForge();
        await using var world = await ServerWorld.ServeAsync(forge);
        forge.Repositories.Add(ServerWorld.Repository);
        await foreach (var _ in world.Get<Connector>().ConnectAsync(rotate: false, default)) { }
        await RunAsync(world, forge);
        await SignAsync(world);
        await RefuseAsync(world);
        await QuarantineAsync(world);
        return await world.EntriesAsync();
    }

    private static async Task RunAsync(ServerWorld world, FakeStatusForge forge)
    {
        var run = await world.EndAsync(new Observation(PlatformRunState.Failed, "it broke", null, null));
        await world.DrainAsync("report");
        var forged = forge.Statuses[0] with { CreatorId = 666 };
        forge.Statuses.Insert(0, forged);
        var again = (await world.Get<IRunCommands>().RetryAsync(run.Id, "operator", default)).Value;
        forge.Failing = Problem.Unavailable(new string('x', 299) + "😀");
        await world.StepAsync("report.status");
        forge.Failing = null;
        world.Clock.Advance(TimeSpan.FromMinutes(5));
        await world.DrainAsync("report");
        await world.Get<IRunCommands>().CancelAsync(again.Id, "operator", default);
        await world.QueueAsync('b', ServerWorld.File.Replace("ml-prod", "ml-dev", StringComparison.Ordinal));
    }

    private static async Task SignAsync(ServerWorld world)
    {
        var (keys, trail) = (world.Get<SigningKeys>(), world.Get<AuditTrail>());
        using var seen = new KeyPublication(keys, world.Address, null, NullLogger<KeyPublication>.Instance);
        var identities = new RunIdentities(world.Get<IssuerAddress>(), keys, seen, trail, world.Clock);
        var environment = world.Get<EnvironmentConnections>().Find("ml-prod")!;
        var run = ReportStage.ARun(RunState.Queued);
        (
            await identities.For(run, environment).AssertAsync("aud", TimeSpan.FromMinutes(1), default)
        ).Problem.ShouldBeNull();
        var calls = new CallAudit(trail, new Dictionary<string, string> { ["run"] = run.Id.Text });
        var details = new JsonObject { ["files"] = 3 };
        await calls.CallAsync("lab.runs.submit", "p-1", details, _ => Task.FromResult(Result.Done), default);
    }

    private static async Task RefuseAsync(ServerWorld world)
    {
        using var client = new HttpClient();
        using var refused = await client.PostAsync(new Uri(world.Address, "/hooks/w-unknown"), content: null);
        await world.Get<RefusalCounter>().FlushAsync(default);
    }

    private static async Task QuarantineAsync(ServerWorld world)
    {
        await world.ApplyAsync(new AddWork(new NewWork("lane", "unknown", "x", world.Clock.GetUtcNow())));
        var dispatcher = ActivatorUtilities.CreateInstance<Dispatcher>(world.Services, Array.Empty<IWorkHandler>());
        await dispatcher.StartAsync(default);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while ((await world.EntriesAsync(AuditTypes.WorkQuarantined)).Count == 0)
            await Task.Delay(10, patience.Token);
        await dispatcher.StopAsync(default);
    }
}
