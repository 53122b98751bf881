namespace Bascule.Core.Platforms;

/// <summary>
/// Where a run names its commit, as it is stored: a tag of the run by its name alone, anything else by its kind, a colon and its name. Names of tags that
/// Bascule reads have no colon.
/// </summary>
public static class CommitSource
{
    private const string Job = "job";
    private const string Parameter = "parameter";
    private const string Git = "git_source";

    public static string OfJobTag(string tag) => $"{Job}:{tag}";

    public static string OfParameter(string name) => $"{Parameter}:{name}";

    public static string OfGitSource(string field) => $"{Git}:{field}";

    /// <summary>Whether it is a tag of the job: one that somebody may change between two runs.</summary>
    public static bool IsOfJob(string source) => source.StartsWith(Job + ":", StringComparison.Ordinal);

    /// <summary>In words, e.g. <c>tag git_commit of the run's job</c>.</summary>
    public static string Words(string source) =>
        source.Split(':', 2) switch
        {
            [Job, var tag] => $"tag {tag} of the run's job",
            [Parameter, var name] => $"parameter {name} of the run",
            [Git, var field] => $"{field} of the run's Git source",
            _ => $"tag {source} of the run",
        };
}
