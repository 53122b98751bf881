using Bascule.Core.Platforms;
using Bascule.Core.Text;

namespace Bascule.Connectors.Platforms.Databricks;

/// <summary>
/// Reads what a run of a job says about its commit. The Git source was read by the platform; parameters and tags are text of whoever may start or change
/// the job.
/// </summary>
internal static class JobRunReading
{
    private const int MaxText = 200;
    private const int MostEntries = 200;

    /// <summary>The year 9999 in milliseconds: what comes later is no time.</summary>
    private const long MaxTime = 253_402_300_799_999;

    /// <summary>Of the job's tags and the run's parameters; the last is what Bascule itself calls the parameter.</summary>
    private static readonly string[] CommitNames =
    [
        "mlflow.source.git.commit",
        "mlflow.databricks.gitRepoCommit",
        "bascule.commit",
        "git_commit",
        "commit",
    ];

    private static readonly string[] UrlNames = ["mlflow.source.git.repoURL", "mlflow.databricks.gitRepoUrl"];
    private static readonly string[] MarkNames = ["run", "bascule.run"];

    /// <summary>Null for one without an id.</summary>
    public static ForeignRun? Of(JobRun run, JobRow job, Uri workspace)
    {
        if (run.RunId is not { } id || id <= 0)
            return null;
        var parameters = Texts((run.JobParameters ?? []).Select(one => (one.Name, one.Value)));
        var tags = Texts(
            (job.Settings?.Tags ?? new Dictionary<string, string?>()).Select(tag => (tag.Key, tag.Value))!
        );
        return new ForeignRun(ForeignRunId.OfJobRun(id))
        {
            Commits = [.. OfGitSource(run.GitSource), .. Named(parameters, CommitSource.OfParameter)],
            JobCommits = [.. Named(tags, CommitSource.OfJobTag)],
            Origin = Text(run.GitSource?.GitUrl) ?? First(parameters, UrlNames) ?? First(tags, UrlNames),
            Mark = First(parameters, MarkNames),
            Name = Text(job.Settings?.Name),
            By = Text(run.CreatorUserName),
            State = Text(RunWords.WordOf(run)),
            StartedAt = run.StartTime is > 0 and < MaxTime
                ? DateTimeOffset.FromUnixTimeMilliseconds(run.StartTime.Value)
                : null,
            Page = RunWords.PageOf(run, workspace),
        };
    }

    /// <summary>What the platform found there comes before what was asked for.</summary>
    private static IEnumerable<(string, string)> OfGitSource(JobGitSource? source)
    {
        if (Text(source?.GitSnapshot?.UsedCommit) is { } used)
            yield return (CommitSource.OfGitSource("used_commit"), used);
        if (Text(source?.GitCommit) is { } asked)
            yield return (CommitSource.OfGitSource("git_commit"), asked);
    }

    private static IEnumerable<(string, string)> Named(Dictionary<string, string> texts, Func<string, string> source) =>
        CommitNames.Where(texts.ContainsKey).Select(name => (source(name), texts[name]));

    private static string? First(Dictionary<string, string> texts, string[] names) =>
        names.Select(texts.GetValueOrDefault).FirstOrDefault(text => text is not null);

    private static Dictionary<string, string> Texts(IEnumerable<(string? Name, string? Value)> entries) =>
        entries
            .Take(MostEntries)
            .Where(entry => entry.Name is not null && Text(entry.Value) is not null)
            .DistinctBy(entry => entry.Name)
            .ToDictionary(entry => entry.Name!, entry => Text(entry.Value)!, StringComparer.Ordinal);

    private static string? Text(string? text) => PlainText.Line(text, MaxText) is { Length: > 0 } line ? line : null;
}
