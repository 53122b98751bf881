using Bascule.Cli.Features;
using Bascule.Core.Runs;

namespace Bascule.Cli.Demo.Airflow;

/// <summary>Reads back where the story ended: from the forge, from Airflow, and from the audit log.</summary>
internal sealed class AirflowReading(DemoStage stage, AirflowDemo airflow)
{
    public async Task<DemoResult> ReadAsync(
        Ending ending,
        DemoDeployment deployment,
        CancellationToken cancellationToken
    )
    {
        DemoStage.Scene("What the forge, Airflow and the audit log say now");
        var forge = new ForgeReading(stage.Forge, ending.Repository);
        await forge.SettleAsync(ending, cancellationToken);
        var comment = forge.CommentOf(ending.PullRequest);
        var result = new DemoResult
        {
            Forge = stage.ForgeName,
            Platform = AirflowDemo.Name,
            CommitStatus = forge.StatusOf(ending.Merge, comment),
            Comment = comment,
            Metrics = new Dictionary<string, double>(),
            ModelVersion = null,
            PlatformRuns = airflow.Simulator.RunCount,
            PushToStartMilliseconds = (AskedAfter(ending.MergeAccepted) - ending.MergeAccepted).TotalMilliseconds,
            Simulated = stage.Simulated,
            Took = default,
            Ok = false,
            Deployment = deployment,
        };
        var isVerified = await LogReading.IsVerifiedAsync(stage, cancellationToken);
        OutputFeature.Say($"\nThe comment on pull request {ending.PullRequest}:\n\n{comment}");
        return result with { Ok = isVerified && IsWhole(result, ending, forge) };
    }

    private static bool IsWhole(DemoResult result, Ending ending, ForgeReading forge) =>
        result is { CommitStatus: "success", PlatformRuns: 3, Comment.Length: > 0 }
        && result.Deployment == new DemoDeployment(ending.Merge, ending.Merge)
        && ending.Merged.Run.State == RunState.Succeeded
        && ending.Failed is { Run.State: RunState.Failed } failed
        && forge.ShowsFailure(failed);

    /// <summary>When Airflow was asked for a DAG run, the first time after that.</summary>
    private DateTimeOffset AskedAfter(DateTimeOffset accepted) =>
        airflow
            .Simulator.Exchanges.First(exchange =>
                exchange.ReceivedAt >= accepted
                && exchange.Method == "POST"
                && exchange.Path.EndsWith("/dagRuns", StringComparison.Ordinal)
            )
            .ReceivedAt;
}
