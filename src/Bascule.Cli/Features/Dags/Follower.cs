using Bascule.Connectors.Git;
using Bascule.Core;
using Bascule.Core.Forges;

namespace Bascule.Cli.Features.Dags;

/// <summary>Looks at the branch, and shows what it holds. Whatever fails, the version that was shown before stays.</summary>
internal sealed class Follower(
    FollowedRepository repository,
    DagsFolder folder,
    FollowOptions options,
    TimeProvider time
)
{
    private (CommitId Commit, Problem Problem)? _refused;

    /// <summary>What is shown now and was not before; null when nothing has changed.</summary>
    public Task<Result<Published?>> LookAsync(CancellationToken cancellationToken) =>
        LookAsync(told: null, cancellationToken);

    /// <param name="told">Where the branch stands, when somebody has just said so; null to ask. What is fetched counts, not what was said.</param>
    public async Task<Result<Published?>> LookAsync(CommitId? told, CancellationToken cancellationToken)
    {
        try
        {
            var tip = told is { } known ? known : await repository.FindTipAsync(cancellationToken);
            if (tip.Failed(out var problem))
                return problem;
            if (folder.Current == tip.Value)
                return Result.Of<Published?>(null);
            // The same commit will be refused again: no need to fetch it each time.
            if (_refused is { } refused && refused.Commit == tip.Value)
                return refused.Problem;
            return await ShowAsync(tip.Value, cancellationToken);
        }
        catch (Exception damage) when (damage is MirrorDamagedException or ReaderEndedException)
        {
            repository.Discard();
            return Problem.Unavailable($"what was fetched cannot be read, and is fetched anew: {damage.Message}");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return Problem.Unavailable($"'{options.Folder}' cannot be written: {failure.Message}");
        }
    }

    private async Task<Result<Published?>> ShowAsync(CommitId tip, CancellationToken cancellationToken)
    {
        var fetched = await repository.FetchAsync(tip, cancellationToken);
        if (fetched.Failed(out var problem))
            return Remember(tip, problem);
        await using var reader = repository.Open();
        var found = await FollowedRepository.ReadTipAsync(reader, cancellationToken);
        if (found.Failed(out problem))
            return problem;
        var commit = found.Value; // somebody may have pushed since
        if (commit == folder.Current)
            return Result.Of<Published?>(null);
        var files = await KeepAsync(commit, reader, cancellationToken);
        if (files.Failed(out problem))
            return Remember(commit, problem);
        _refused = null;
        var previous = folder.Current;
        folder.Show(commit);
        var published = new Published(commit, time.GetUtcNow(), files.Value, previous);
        folder.Prune(options.Keep);
        return published;
    }

    private Problem Remember(CommitId commit, Problem problem)
    {
        if (problem.Code is ProblemCode.Invalid || problem.IsExceeded)
            _refused = (commit, problem);
        return problem;
    }

    /// <returns>How many files and links it has.</returns>
    private async Task<Result<int>> KeepAsync(CommitId commit, ObjectReader reader, CancellationToken cancellationToken)
    {
        var read = await reader.ReadCommitAsync(commit.ToString(), options.Trees, cancellationToken);
        if (read.Failed(out var problem))
            return problem;
        var leaves = await new TreeWalk(reader, options.Trees).LeavesAsync(read.Value.Tree, cancellationToken);
        if (leaves.Failed(out problem))
            return problem;
        if (folder.Has(commit))
            return leaves.Value.Count;
        var part = folder.NewPart();
        try
        {
            var written = await new VersionWriter(part, options).WriteAsync(leaves.Value, reader, cancellationToken);
            if (written.Failed(out problem))
                return problem;
            folder.Keep(part, commit);
            return leaves.Value.Count;
        }
        finally
        {
            if (Directory.Exists(part))
                Directory.Delete(part, recursive: true);
        }
    }
}

/// <summary>A version that is shown from now on.</summary>
/// <param name="Files">Files and symbolic links.</param>
/// <param name="Previous">What was shown before; null for the first.</param>
internal sealed record Published(CommitId Commit, DateTimeOffset At, int Files, CommitId? Previous);
