using System.Text.RegularExpressions;
using Bascule.Connectors.Platforms.Mlflow;
using Bascule.Core.Platforms;
using Bascule.Core.Text;

namespace Bascule.Connectors.Platforms.Databricks;

/// <summary>Reads what an MLflow run says about itself. All of it was written by whoever has access to the workspace.</summary>
internal static partial class ForeignReading
{
    private const string MarkTag = "bascule.run";
    private const string UserTag = "mlflow.user";
    private const int MaxName = 200;
    private const int MaxValue = 200;

    /// <summary>The year 9999 in milliseconds: what comes later is no time.</summary>
    private const long MaxTime = 253_402_300_799_999;

    /// <summary>Set by MLflow where the code lies in a Git checkout, by Databricks in a Git folder, and by code that follows Bascule's own sample.</summary>
    private static readonly string[] CommitTags =
    [
        "mlflow.source.git.commit",
        "mlflow.databricks.gitRepoCommit",
        "bascule.commit",
    ];

    private static readonly string[] UrlTags = ["mlflow.source.git.repoURL", "mlflow.databricks.gitRepoUrl"];

    /// <summary>Null for one that is deleted, or whose id is none.</summary>
    public static ForeignRun? Of(MlflowRun run, Uri workspace)
    {
        if (run.Info is not { RunId: { } id } info || !IsId(id) || info.LifecycleStage is "deleted")
            return null;
        var tags = (run.Data?.Tags ?? [])
            .Where(tag => tag is { Key: not null, Value: not null })
            .DistinctBy(tag => tag.Key)
            .ToDictionary(tag => tag.Key!, tag => PlainText.Line(tag.Value, MaxValue), StringComparer.Ordinal);
        return new ForeignRun(id)
        {
            Commits = [.. CommitTags.Where(tags.ContainsKey).Select(tag => (tag, tags[tag]))],
            Origin = UrlTags.Select(tags.GetValueOrDefault).FirstOrDefault(url => url is { Length: > 0 }),
            Mark = tags.GetValueOrDefault(MarkTag),
            Name = Text(info.RunName),
            By = Text(tags.GetValueOrDefault(UserTag) ?? info.UserId),
            State = Text(info.Status),
            StartedAt = info.StartTime is > 0 and < MaxTime
                ? DateTimeOffset.FromUnixTimeMilliseconds(info.StartTime.Value)
                : null,
            Page = IsId(info.ExperimentId)
                ? new Uri(workspace, $"/ml/experiments/{info.ExperimentId}/runs/{id}")
                : null,
        };
    }

    public static bool IsId(string? text) => text is not null && Id().IsMatch(text);

    public static bool IsVersion(string? text) => text is not null && Version().IsMatch(text);

    private static string? Text(string? text) => PlainText.Line(text, MaxName) is { Length: > 0 } line ? line : null;

    [GeneratedRegex(@"\A[A-Za-z0-9_-]{1,64}\z", RegexOptions.NonBacktracking)]
    private static partial Regex Id();

    [GeneratedRegex(@"\A[0-9]{1,19}\z", RegexOptions.NonBacktracking)]
    private static partial Regex Version();
}
