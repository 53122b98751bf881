using Bascule.Core.Forges;
using Bascule.Core.Runs;
using Bascule.Server.Reports;
using Bascule.Server.Tests.World;

namespace Bascule.Server.Tests.Reports;

public sealed class RunReportTests : IAsyncLifetime
{
    private ServerWorld _world = null!;

    public async Task InitializeAsync()
    {
        _world = await ServerWorld.OpenAsync();
        const string File = ServerWorld.File + "\n    report: { metrics: { rmse: lower } }\n";
        _world.Mirror.Commit(ServerWorld.Main, 'a', parent: null, (".bascule.yaml", File));
        await _world.ApplyAsync(new SavePullRequest(ReportStage.APull()));
    }

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task MetricsStandBesideThoseOfTheBaseAndTheWorkflowsOwnComeFirst()
    {
        var former = await _world.AddAsync(ReportStage.ARun(RunState.Succeeded));
        await _world.ApplyAsync(new SaveResults(former.Id, [new Metric("rmse", 0.4)], []));
        var run = await _world.AddAsync(ReportStage.AHead(RunState.Succeeded, minutes: 1));
        await _world.ApplyAsync(new SaveResults(run.Id, [new Metric("auc", 1), new Metric("rmse", 0.3)], []));

        var report = await _world.Get<RunReports>().ReadAsync(run, default);

        report.BaseBranch.ShouldBe("main");
        report.Metrics.Select(metric => metric.Name).ShouldBe(["rmse", "auc"]);
        (report.Metrics[0].Base, report.Metrics[0].Verdict).ShouldBe((0.4, MetricVerdict.Better));
    }

    [Fact]
    [Trait("Threat", "T123")]
    public async Task OfManyMetricsTwentyAreShown()
    {
        var run = await _world.AddAsync(ReportStage.AHead(RunState.Succeeded));
        var many = Enumerable.Range(0, 1000).Select(number => new Metric($"m{number:d4}", number));
        await _world.ApplyAsync(new SaveResults(run.Id, [.. many, new Metric("rmse", 1)], []));

        var report = await _world.Get<RunReports>().ReadAsync(run, default);

        report.Metrics.Count.ShouldBe(20);
        report.Metrics[0].Name.ShouldBe("rmse");
    }

    [Theory]
    [InlineData(RunState.Failed, "tail")]
    [InlineData(RunState.Succeeded, null)]
    public async Task OnlyAFailureShowsItsLog(RunState state, string? expected)
    {
        var run = await _world.AddAsync(ReportStage.AHead(state));
        await _world.ApplyAsync(new SaveLog(run.Id, "tail"));

        (await _world.Get<RunReports>().ReadAsync(run, default)).Log.ShouldBe(expected);
    }
}
