using System.Security.Cryptography;
using System.Text;
using Bascule.Core.Platforms;
using Bascule.Core.Work;
using Bascule.Server.Telemetry;
using Bascule.Server.Tests.Intake;
using Bascule.Server.Tests.World;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Trace;

namespace Bascule.Server.Tests.Telemetry;

public sealed class TraceTests : IAsyncLifetime
{
    private const int Patience = 30_000;
    private IntakeStage _stage = null!;
    private OtlpCollector _collector = null!;

    public async Task InitializeAsync()
    {
        _collector = await OtlpCollector.StartAsync();
        _stage = await IntakeStage.StartAsync();
        _stage.World.Mirror.Commit(ServerWorld.Main, 'a', parent: null, (".bascule.yaml", ServerWorld.File));
    }

    public async Task DisposeAsync()
    {
        await _stage.DisposeAsync();
        await _collector.DisposeAsync();
    }

    [Fact]
    public async Task FollowsADeliveryFromTheHookToTheReport()
    {
        using var export = TraceExport.To(_collector.Address);

        var trace = await PlayAsync();

        export.ForceFlush(Patience).ShouldBeTrue();
        var names = Of(trace).Select(span => span.Name).ToList();
        names.ShouldContain("intake");
        names.ShouldContain("event.ref");
        names.ShouldContain("run.start");
        names.ShouldContain("run.observe");
        names.ShouldContain("report.status");
        names.ShouldContain("forge.status.set");
    }

    [Fact]
    public async Task ACallIsBelowItsStepAndAStepIsARoot()
    {
        using var export = TraceExport.To(_collector.Address);

        var trace = await PlayAsync();

        export.ForceFlush(Patience).ShouldBeTrue();
        var spans = Of(trace);
        var steps = spans.Where(span => span.Name == "report.status").Select(span => span.Id);
        spans.First(span => span.Name == "forge.status.set").Parent.ShouldBeOneOf([.. steps]);
        spans.First(span => span.Name == "run.start").Parent.ShouldBeEmpty();
        spans.First(span => span.Name == "intake").Parent.ShouldBeEmpty();
    }

    [Fact]
    public async Task SpansCarryIdsAndNothingThatPeopleWrote()
    {
        using var export = TraceExport.To(_collector.Address);

        var trace = await PlayAsync();

        export.ForceFlush(Patience).ShouldBeTrue();
        var run = (await _stage.World.RunsAsync())[0];
        var start = Of(trace).First(span => span.Name == "run.start").Attributes;
        (start["bascule.run"], start["bascule.delivery"]).ShouldBe((run.Id.Text, run.Delivery));
        var written = Of(trace).SelectMany(span => span.Attributes.Values.Append(span.Name)).ToList();
        written.ShouldAllBe(text => !text.Contains("ada") && !text.Contains("churn") && !text.Contains("main"));
    }

    [Fact]
    public async Task ACollectorThatIsAwayChangesNothing()
    {
        using var export = TraceExport.To(new Uri("http://127.0.0.1:1"));

        await PlayAsync();

        (await _stage.World.RunsAsync())[0].State.ShouldBe(Bascule.Core.Runs.RunState.Succeeded);
    }

    [Fact]
    public void ATraceIsNamedByTheDeliveryOnEveryReplica() =>
        Spans
            .TraceOf("d-1")
            .ToHexString()
            .ShouldBe(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes("d-1")))[..32]);

    /// <summary>A hook, and every row of work that comes of it. The trace's id.</summary>
    private async Task<string> PlayAsync()
    {
        (await _stage.DeliverAsync(IntakeStage.Push())).Status.ShouldBe(202);
        _stage.World.Platform.Observation = new Observation(PlatformRunState.Succeeded, null, null, null);
        for (var steps = 0; await _stage.World.DueAsync() is [var item, ..]; steps++)
        {
            steps.ShouldBeLessThan(100);
            await HandleAsync(item);
        }
        return Spans.TraceOf((await _stage.StoredAsync())[0].Uid).ToHexString();
    }

    /// <summary>With handlers and observers of its own for each row, as if every one were on another replica.</summary>
    private async Task HandleAsync(WorkItem item)
    {
        var world = _stage.World;
        var inner = world.Services.GetServices<IWorkHandler>().Single(handler => handler.Kind == item.Kind);
        using var metrics = new BasculeMetrics();
        var runs = world.Storage.Runs;
        var observers = new Observers(metrics, new WorkOrigins(runs), new RunTransitions(runs, metrics), world.Clock);
        var result = await new ObservedHandler(inner, observers).HandleAsync(item, default);
        (await world.Storage.Work.SettleAsync(item, result, world.Clock.GetUtcNow(), default)).Problem.ShouldBeNull();
    }

    private List<SeenSpan> Of(string trace) => [.. _collector.Spans.Where(span => span.Trace == trace)];
}
