using Bascule.Core;
using Bascule.Core.Content;
using Bascule.Core.Forges;
using Bascule.Core.Notebooks;
using Bascule.Core.Platforms;
using Bascule.Core.Runs;
using Bascule.Server.Events;
using Bascule.Server.Workflows;

namespace Bascule.Server.Notebooks;

/// <summary>
/// Compares the notebooks of a pull request's head with those where it left its base. Everything is read from the mirror, each time that the comment is written:
/// nothing of it is stored, and no platform is asked.
/// </summary>
internal sealed class ChangedNotebooks(RepositoryLookup lookup, WorkflowSource workflows, NotebookReaders readers)
{
    /// <summary>Of files that may be notebooks.</summary>
    private const int MostFiles = 50;

    private const int MostBytes = 16 * 1024 * 1024;

    /// <summary>Of one notebook: more are not compared.</summary>
    private const int MostCells = 1000;

    /// <param name="heads">Runs of the head of one pull request; those of other commits are not asked for.</param>
    public async Task<NotebookChanges> ReadAsync(IReadOnlyList<Run> heads, CancellationToken cancellationToken)
    {
        if (heads.FirstOrDefault(run => run.BaseCommit is not null) is not { BaseCommit: { } policy } first)
            return NotebookChanges.None;
        var opened = await lookup.OpenAsync(first.Repository, cancellationToken);
        if (opened.Problem is not null)
            return NotebookChanges.None;
        var mirror = opened.Value.Mirror;
        var places = await PlacesAsync(mirror, heads, cancellationToken);
        if (places.Count == 0)
            return NotebookChanges.None;
        var left = await mirror.FindMergeBaseAsync(policy, first.Commit, cancellationToken);
        if (left.Failed(out var problem))
            return Unread(problem);
        if (left.Value is not { } before)
            return NotebookChanges.None;
        var paths = await mirror.ChangedPathsAsync(before, first.Commit, cancellationToken);
        return paths.Failed(out problem)
            ? Unread(problem)
            : await CompareAsync(mirror, (before, first.Commit), paths.Value, places, cancellationToken);
    }

    private static NotebookChanges Unread(Problem problem) =>
        problem.Code == ProblemCode.NotFound
            ? NotebookChanges.None
            : NotebookChanges.None with
            {
                Fault = problem.Message,
            };

    /// <summary>What the workflows of the runs send, by the file that the runs were judged by.</summary>
    private async Task<List<Place>> PlacesAsync(
        IMirror mirror,
        IReadOnlyList<Run> heads,
        CancellationToken cancellationToken
    )
    {
        var places = new List<Place>();
        foreach (var run in heads)
        {
            var judged = run.BaseCommit ?? run.Commit;
            var workflow = await workflows.ReadAsync(mirror, judged, run.Workflow, cancellationToken);
            if (workflow.Problem is null)
                places.Add(new Place(workflow.Value.Root, readers.Find(workflow.Value.PlatformKind)));
        }
        return places;
    }

    private static async Task<NotebookChanges> CompareAsync(
        IMirror mirror,
        (CommitId Before, CommitId After) commits,
        IReadOnlyList<string> paths,
        List<Place> places,
        CancellationToken cancellationToken
    )
    {
        var candidates = paths
            .Where(path => places.Exists(place => place.MayBeNotebook(path)))
            .OrderByDescending(JupyterFile.IsOne)
            .ThenBy(path => path, StringComparer.Ordinal)
            .ToList();
        var changed = new List<ChangedNotebook>();
        foreach (var path in candidates.Take(MostFiles))
        {
            var reader = places.Find(place => place.MayBeNotebook(path))!;
            var before = await ReadAsync(mirror, commits.Before, path, reader, cancellationToken);
            var after = await ReadAsync(mirror, commits.After, path, reader, cancellationToken);
            if (Compare(path, before, after) is { } notebook)
                changed.Add(notebook);
        }
        changed.Sort((one, other) => string.CompareOrdinal(one.Path, other.Path));
        return new NotebookChanges(changed, Math.Max(0, candidates.Count - MostFiles));
    }

    /// <summary>Null cells for what is not there or no notebook; a problem for a notebook that cannot be read.</summary>
    private static async Task<Result<IReadOnlyList<NotebookCell>?>> ReadAsync(
        IMirror mirror,
        CommitId commit,
        string path,
        Place place,
        CancellationToken cancellationToken
    )
    {
        var read = await mirror.ReadFileAsync(commit, path, MostBytes, cancellationToken);
        if (read.Failed(out var problem))
            return problem with
            {
                Message =
                    problem.Code == ProblemCode.Limited
                        ? $"has more than {MostBytes} bytes"
                        : $"cannot be read: {problem.Message}",
            };
        if (read.Value is not { } content)
            return Result.Of<IReadOnlyList<NotebookCell>?>(null);
        var cells = place.ReadCells(path, content.Span);
        if (cells.Problem is null && cells.Value?.Count > MostCells)
            return Problem.Exceeded($"has more than {MostCells} cells");
        return cells;
    }

    /// <summary>Null when nothing of it changed that anybody wrote.</summary>
    private static ChangedNotebook? Compare(
        string path,
        Result<IReadOnlyList<NotebookCell>?> before,
        Result<IReadOnlyList<NotebookCell>?> after
    )
    {
        if (after.Failed(out var problem) || before.Failed(out problem))
            return new ChangedNotebook(path, ChangeKind.Changed, [], problem.Message);
        if (before.Value is null && after.Value is null)
            return null;
        var change =
            before.Value is null ? ChangeKind.Added
            : after.Value is null ? ChangeKind.Removed
            : ChangeKind.Changed;
        var cells = CellComparison.Of(before.Value ?? [], after.Value ?? []);
        return cells.Count == 0 && change == ChangeKind.Changed ? null : new ChangedNotebook(path, change, cells);
    }

    /// <summary>A folder that a workflow sends.</summary>
    /// <param name="Reader">For notebooks in its platform's own form; null where there is none.</param>
    private sealed record Place(string Root, IReadsNotebooks? Reader)
    {
        public bool MayBeNotebook(string path) =>
            (Root.Length == 0 || path.StartsWith(Root + "/", StringComparison.Ordinal))
            && (JupyterFile.IsOne(path) || Reader?.MayBeNotebook(path) == true);

        public Result<IReadOnlyList<NotebookCell>?> ReadCells(string path, ReadOnlySpan<byte> content)
        {
            if (!JupyterFile.IsOne(path))
                return Result.Of(Reader?.ReadCells(path, content));
            var read = JupyterFile.Read(content);
            return read.Failed(out var problem) ? problem : Result.Of<IReadOnlyList<NotebookCell>?>(read.Value.Cells);
        }
    }
}
