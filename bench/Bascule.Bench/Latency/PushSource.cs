using System.Globalization;
using Bascule.Cli.Demo;
using Bascule.Cli.Demo.Databricks;
using Bascule.Core.Runs;
using Bascule.Simulators.Databricks;

namespace Bascule.Bench.Latency;

/// <summary>Pushes one changed file at a time and measures until the platform is asked to run it.</summary>
internal sealed class PushSource(DemoStage stage)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);
    private readonly DatabricksSimulator _databricks = DatabricksOf(stage);
    private int _pushed;

    public static async Task<PushSource> CreateAsync(DemoStage stage, int files, CancellationToken cancellationToken)
    {
        var repository = await stage.Forge.CreateRepositoryAsync("ml", "bench", cancellationToken: cancellationToken);
        stage.Forge.SetCollaborator(repository, DemoStage.BotName, Simulators.Forges.ForgeAccess.Admin);
        await stage.Developer.CloneAsync(repository, cancellationToken);
        stage.Developer.Write(
            ".bascule.yaml",
            """
            workflows:
              bench:
                on: { push: { branches: [main], environment: ml-prod } }
                databricks: { task: { python: main.py } }
            """
        );
        stage.Developer.Write("main.py", "print('done')\n");
        for (var file = 0; file < files - 2; file++)
            stage.Developer.Write(
                string.Create(CultureInfo.InvariantCulture, $"package{file % 20}/module{file}.py"),
                string.Create(CultureInfo.InvariantCulture, $"VALUE = {file}\n")
            );
        var administrator = new Administrator(DatabricksOf(stage));
        await foreach (var finding in stage.Client.ConnectAsync(cancellationToken))
            administrator.Paste(finding.Value);
        return new PushSource(stage);
    }

    /// <summary>From the delivery's arrival to <c>runs/submit</c>; returns when the run has ended, so that the next push meets a quiet machine.</summary>
    public async Task<TimeSpan> PushAndWaitAsync(CancellationToken cancellationToken)
    {
        var before = _databricks.Submitted.Count;
        stage.Developer.Write(
            "package0/changed.py",
            string.Create(CultureInfo.InvariantCulture, $"PUSH = {++_pushed}\n")
        );
        var commit = await stage.Developer.CommitAndPushAsync("main", $"Push {_pushed}", cancellationToken);
        var deadline = DateTimeOffset.UtcNow + Patience;
        while (DateTimeOffset.UtcNow < deadline)
        {
            await Task.Delay(Look, cancellationToken);
            var runs = (await stage.Client.ListRunsAsync(new RunQuery(Commit: commit), cancellationToken)).Value.Runs;
            if (runs is not [{ Final: true } run])
                continue;
            if (run.State != RunState.Succeeded)
                throw new InvalidOperationException($"run {run.Id} ended as {run.State}: {run.Reason}");
            var deliveries = (await stage.Client.ListDeliveriesAsync(20, cancellationToken)).Value.Deliveries;
            var arrived = deliveries.First(delivery => delivery.Uid == run.Delivery).ReceivedAt;
            return _databricks.Submitted[before].ReceivedAt - arrived;
        }
        throw new TimeoutException($"push {_pushed} was not run within {Patience.TotalMinutes} minutes");
    }

    private static DatabricksSimulator DatabricksOf(DemoStage stage) => ((DatabricksDemo)stage.Platform).Simulator;
}
