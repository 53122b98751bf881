using System.Collections.Concurrent;
using Bascule.Core;
using Bascule.Core.Content;
using Bascule.Core.Forges;
using Bascule.Core.Platforms;
using Bascule.Core.Workflows;

namespace Bascule.Server.Workflows;

/// <summary>Reads the workflow file of an exact commit, never of a branch that may move meanwhile.</summary>
internal sealed class WorkflowSource(IReadOnlyList<IPlatformConnector> platforms)
{
    private const int MaxShown = 10;
    private const int MaxCached = 256;
    private readonly ConcurrentDictionary<CommitId, WorkflowFile> _read = new();

    /// <summary>Null when the commit has no workflow file. Invalid, with every error in it, when the file is wrong.</summary>
    public async Task<Result<WorkflowFile?>> ReadAsync(
        IMirror mirror,
        CommitId commit,
        CancellationToken cancellationToken
    )
    {
        if (_read.TryGetValue(commit, out var known))
            return known;
        var bytes = await mirror.ReadFileAsync(commit, WorkflowFile.Path, WorkflowFile.MaxBytes, cancellationToken);
        if (bytes.Failed(out var problem))
            return problem;
        if (bytes.Value is not { } yaml)
            return Result.Of<WorkflowFile?>(null);
        var (file, problems) = WorkflowFileReader.Read(yaml, WorkflowFile.Path, platforms);
        if (file is null || problems.Count > 0)
            return Problem.Invalid(string.Join("\n", problems.Take(MaxShown)));
        if (_read.Count >= MaxCached)
            _read.Clear();
        return _read[commit] = file;
    }

    /// <summary>One workflow of that commit's file. NotFound when it is not there: then the file was not what the run was planned by.</summary>
    public async Task<Result<Workflow>> ReadAsync(
        IMirror mirror,
        CommitId commit,
        string name,
        CancellationToken cancellationToken
    )
    {
        var file = await ReadAsync(mirror, commit, cancellationToken);
        if (file.Failed(out var problem))
            return problem;
        return file.Value?.Workflows.FirstOrDefault(workflow => workflow.Name == name) is { } found
            ? found
            : Problem.NotFound($"{WorkflowFile.Path} at {commit.Short} has no workflow '{name}'");
    }
}
