using System.Collections.Concurrent;
using System.Text.Json.Nodes;

namespace Bascule.Simulators.Databricks.Jobs;

/// <summary>
/// What branches and tags of remote repositories lead to. Nothing is fetched: a job may name a Git source, and its runs say which commit they used, but
/// tasks run files of the workspace.
/// </summary>
internal sealed class GitRemotes
{
    private static readonly string[] Kinds = ["git_branch", "git_tag", "git_commit"];
    private readonly ConcurrentDictionary<(string Url, string Name), string> _commits = [];

    /// <param name="name">Of a branch or tag.</param>
    public void Set(string url, string name, string commit) => _commits[(url, name)] = commit;

    /// <returns>What is wrong with the settings' Git source, or null.</returns>
    public string? Fault(JsonObject settings)
    {
        if (settings["git_source"] is not JsonObject source)
            return null;
        var url = source["git_url"]!.GetValue<string>();
        if (_commits.Keys.All(known => known.Url != url))
            return $"git_source: the simulator knows no remote '{url}'; import the files and use source WORKSPACE.";
        if (source["git_snapshot"] is not null)
            return "git_source.git_snapshot is read-only.";
        if (Kinds.Count(kind => source[kind] is not null) != 1)
            return $"git_source must have exactly one of {string.Join(", ", Kinds)}.";
        return CommitOf(source) is null ? "git_source: the remote does not have what it names." : null;
    }

    /// <summary>As a run shows it: with the commit that it used.</summary>
    public JsonObject? Resolve(JsonObject settings)
    {
        if (settings["git_source"] is not JsonObject source)
            return null;
        var resolved = source.DeepClone().AsObject();
        resolved["git_snapshot"] = new JsonObject { ["used_commit"] = CommitOf(source) };
        return resolved;
    }

    private string? CommitOf(JsonObject source) =>
        source["git_commit"]?.GetValue<string>()
        ?? _commits.GetValueOrDefault(
            (
                source["git_url"]!.GetValue<string>(),
                (source["git_branch"] ?? source["git_tag"])?.GetValue<string>() ?? ""
            )
        );
}
