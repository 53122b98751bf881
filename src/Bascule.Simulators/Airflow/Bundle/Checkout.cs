using Bascule.Simulators.Forges.Git;

namespace Bascule.Simulators.Airflow.Bundle;

/// <summary>What a Git bundle or git-sync keeps: a real clone of one ref. A failed fetch leaves what was there.</summary>
internal sealed class Checkout(AirflowSimulatorOptions options)
{
    private const string Followed = "refs/followed";
    private readonly GitCommand _git = new(options.DataDirectory);
    private string Clone => Path.Join(options.DataDirectory, "bundle.git");

    /// <returns>The commit that is there now, and why the fetch failed if it did.</returns>
    public async Task<(string? Commit, string? Fault)> FetchAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Clone);
        await RunAsync(["init", "--quiet", "--bare"], cancellationToken);
        var fetched = await RunAsync(
            ["fetch", "--quiet", "--no-tags", "--", options.Repository, $"+{options.Ref}:{Followed}"],
            cancellationToken
        );
        var commit = await RunAsync(["rev-parse", "--verify", "--quiet", Followed], cancellationToken);
        return (commit.Succeeded ? commit.Output.Trim() : null, fetched.Succeeded ? null : fetched.Error.Trim());
    }

    /// <summary>The Python files of a commit below the subdirectory, by their paths there.</summary>
    public async Task<IReadOnlyList<DagFile>> ReadAsync(string commit, CancellationToken cancellationToken)
    {
        var listed = await RunAsync(["ls-tree", "-r", "-z", "--name-only", commit], cancellationToken);
        var files = new List<DagFile>();
        var start = options.Subdirectory.Length == 0 ? "" : options.Subdirectory + "/";
        foreach (var path in listed.Output.Split('\0').Where(IsDagFile))
        {
            var shown = await RunAsync(["cat-file", "blob", $"{commit}:{path}"], cancellationToken);
            files.Add(DagFile.Parse(path[start.Length..], shown.Output));
        }
        return files;

        bool IsDagFile(string path) =>
            path.StartsWith(start, StringComparison.Ordinal) && path.EndsWith(".py", StringComparison.Ordinal);
    }

    private Task<GitResult> RunAsync(string[] arguments, CancellationToken cancellationToken) =>
        _git.RunAsync(Clone, arguments, options.GitEnvironment, null, cancellationToken);
}
