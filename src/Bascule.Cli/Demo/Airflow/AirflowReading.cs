using System.Globalization;
using Bascule.Cli.Features;
using Bascule.Core.Audit.Log;
using Bascule.Core.Audit.Verifying;
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
        var isVerified = await IsLogVerifiedAsync(cancellationToken);
        OutputFeature.Say($"\nThe comment on pull request {ending.PullRequest}:\n\n{comment}");
        return result with { Ok = isVerified && IsWhole(result, ending, forge) };
    }

    private static bool IsWhole(DemoResult result, Ending ending, ForgeReading forge) =>
        result is { CommitStatus: "success", PlatformRuns: 3, Comment.Length: > 0 }
        && result.Deployment == new DemoDeployment(ending.Merge, ending.Merge)
        && ending.Merged.Run.State == RunState.Succeeded
        && ending.Failed.Run.State == RunState.Failed
        && forge.ShowsFailure(ending.Failed);

    /// <summary>When Airflow was asked for a DAG run, the first time after that.</summary>
    private DateTimeOffset AskedAfter(DateTimeOffset accepted) =>
        airflow
            .Simulator.Exchanges.First(exchange =>
                exchange.ReceivedAt >= accepted
                && exchange.Method == "POST"
                && exchange.Path.EndsWith("/dagRuns", StringComparison.Ordinal)
            )
            .ReceivedAt;

    /// <summary>As <c>bascule audit verify</c> does it, with the key that the server names: every entry, tile and signature.</summary>
    private async Task<bool> IsLogVerifiedAsync(CancellationToken cancellationToken)
    {
        using var log = stage.OpenAuditLog();
        var keys = await log.ReadKeysAsync(cancellationToken);
        using var key = NoteKey.Parse(keys.Value[0]).Value;
        var verdict = await LogVerifier.VerifyAsync(log, new LogExpectation(key), cancellationToken);
        var (verified, entries) = (verdict.Value.IsVerified, verdict.Value.Entries);
        OutputFeature.Say(
            string.Create(
                CultureInfo.InvariantCulture,
                $"The audit log {(verified ? "verifies" : "does not verify")}: {entries} entries, signed by {log.Name}"
            )
        );
        return verified && entries > 0;
    }
}
