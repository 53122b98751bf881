using Bascule.Core;
using Bascule.Core.Runs;
using Bascule.Core.Work;
using Bascule.Server.Telemetry;
using Bascule.Server.Tests.Intake;
using Bascule.Server.Tests.Runs;
using Bascule.Server.Tests.Work;
using Bascule.Server.Tests.World;

namespace Bascule.Server.Tests.Telemetry;

public sealed class ObservedHandlerTests : IAsyncLifetime
{
    private static readonly WorkItem Row = new(1, "lane", "lab", "subject", 0, DateTimeOffset.UnixEpoch);
    private readonly LabHandler _inner = new();
    private ServerWorld _world = null!;
    private BasculeMetrics _metrics = null!;
    private MetricCollector _collector = null!;
    private ObservedHandler _handler = null!;

    public async Task InitializeAsync()
    {
        _world = await ServerWorld.OpenAsync();
        _metrics = _world.Get<BasculeMetrics>();
        _collector = new MetricCollector(_metrics.Meter);
        _handler = Observe(_inner);
    }

    public async Task DisposeAsync()
    {
        _collector.Dispose();
        await _world.DisposeAsync();
    }

    [Fact]
    public async Task SaysWhatBecameOfARow()
    {
        WorkResult[] results =
        [
            WorkResult.Finished(),
            WorkResult.Again(TimeSpan.Zero),
            WorkResult.Retry(TimeSpan.Zero, Problem.Unavailable("away")),
            new QuarantinedWork(Problem.Internal("bad")),
        ];
        foreach (var result in results)
        {
            _inner.Act = (_, _) => Task.FromResult(result);
            (await _handler.HandleAsync(Row, default)).ShouldBeSameAs(result);
        }

        Outcomes().ShouldBe(["again", "finished", "quarantined", "retry"]);
        Read()["bascule_work_duration_seconds"].Samples[^1].Value.ShouldBe(4);
        Read()["bascule_work_running"].Samples.ShouldHaveSingleItem().Value.ShouldBe(0);
    }

    [Fact]
    public async Task AnExceptionIsCountedAndGoesOn()
    {
        _inner.Act = (_, _) => throw new InvalidOperationException("broken");

        await Should.ThrowAsync<InvalidOperationException>(() => _handler.HandleAsync(Row, default));

        Outcomes().ShouldBe(["failed"]);
    }

    [Fact]
    public async Task ARowThatIsCutOffIsNotAFailure()
    {
        using var stopping = new CancellationTokenSource();
        await stopping.CancelAsync();
        _inner.Act = (_, token) => Task.FromCanceled<WorkResult>(token);

        await Should.ThrowAsync<OperationCanceledException>(() => _handler.HandleAsync(Row, stopping.Token));

        Outcomes().ShouldBe(["interrupted"]);
    }

    [Fact]
    public async Task CountsWhereARunGoes()
    {
        var run = await _world.QueueAsync();
        var queued = run with { State = RunState.Queued };
        _inner.Act = (_, _) =>
            Task.FromResult(
                WorkResult.Finished(
                    new AddRun(run), // known already
                    new SaveRun(queued with { Reason = "waits" }), // no change of state
                    new SaveRun(queued with { State = RunState.Started })
                )
            );

        await _handler.HandleAsync(Row, default);

        var moved = Read()["bascule_run_transitions_total"].Samples.ShouldHaveSingleItem();
        (moved.Labels["from"], moved.Labels["to"]).ShouldBe(("queued", "started"));
    }

    [Fact]
    public async Task DeliveriesAndRefusalsAreCountedByWordsOfOurOwn()
    {
        await using var stage = await IntakeStage.StartAsync();
        using var collector = new MetricCollector(stage.World.Get<BasculeMetrics>().Meter);
        await stage.DeliverAsync(IntakeStage.Push());
        await stage.DeliverAsync(IntakeStage.Push());
        await stage.DeliverAsync(IntakeStage.Push("b"), "x", "wrong secret");

        var families = PrometheusReader.Read(collector.Collect());

        families["bascule_deliveries_total"]
            .Samples.Select(sample => $"{sample.Labels["forge"]} {sample.Labels["standing"]} {sample.Value}")
            .ShouldBe(["git new 1", "git redelivered 1"]);
        families["bascule_deliveries_refused_total"]
            .Samples.ShouldHaveSingleItem()
            .Labels["reason"]
            .ShouldBe("unauthenticated");
    }

    private ObservedHandler Observe(IWorkHandler inner)
    {
        var runs = _world.Storage.Runs;
        var transitions = new RunTransitions(runs, _metrics);
        return new ObservedHandler(inner, new Observers(_metrics, new WorkOrigins(runs), transitions, _world.Clock));
    }

    private IEnumerable<string> Outcomes() =>
        Read()["bascule_work_handled_total"].Samples.Select(sample => sample.Labels["outcome"]);

    private IReadOnlyDictionary<string, Family> Read() => PrometheusReader.Read(_collector.Collect());
}
