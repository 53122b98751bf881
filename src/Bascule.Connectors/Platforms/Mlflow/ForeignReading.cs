using System.Text.RegularExpressions;
using Bascule.Core.Platforms;
using Bascule.Core.Text;

namespace Bascule.Connectors.Platforms.Mlflow;

/// <summary>Reads what an MLflow run says about itself. All of it was written by whoever has access to the workspace (THREATS T134).</summary>
internal static partial class ForeignReading
{
    private const string MarkTag = "bascule.run";
    private const string UserTag = "mlflow.user";
    private const string ParentTag = "mlflow.parentRunId";
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
    /// <param name="pageOf">Where people look at a run; it gets what this has checked.</param>
    public static ForeignRun? Of(MlflowRun run, Func<MlflowRunInfo, Uri?> pageOf)
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
            Parent = tags.GetValueOrDefault(ParentTag) is { } parent && IsId(parent) ? parent : null,
            Page = pageOf(info),
        };
    }

    public static bool IsId(string? text) => text is not null && Id().IsMatch(text);

    public static bool IsVersion(string? text) => text is not null && Version().IsMatch(text);

    private static string? Text(string? text) => PlainText.Line(text, MaxName) is { Length: > 0 } line ? line : null;

    /// <summary>MLflow's own are 32 hexadecimal digits; Azure ML names runs after their jobs, which people name.</summary>
    [GeneratedRegex(@"\A[A-Za-z0-9_-][A-Za-z0-9_.-]{0,254}\z", RegexOptions.NonBacktracking)]
    private static partial Regex Id();

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9_.-]{0,18}\z", RegexOptions.NonBacktracking)]
    private static partial Regex Version();
}
