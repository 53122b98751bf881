using System.Text;
using Bascule.Connectors.Git;
using Bascule.Core;
using Bascule.Core.Content;
using Bascule.Core.Forges;

namespace Bascule.Server.Mirrors;

/// <summary>What can be asked of one mirror, in terms of commits and paths.</summary>
internal sealed class MirrorReads(MirrorFolder folder, GitCommand git, MirrorOptions options)
{
    /// <summary>Enough for two large trees; about 10 MB when both generations are full.</summary>
    private const int Remembered = 65_536;

    private readonly BlobDigests _digests = new(Remembered);

    /// <summary>The commits that freshly fetched refs name, tags resolved; a ref that names no commit is left out.</summary>
    public static async Task<Result<IReadOnlyDictionary<RefName, CommitId>>> WhereAsync(
        ObjectReader reader,
        IReadOnlyCollection<RefName> refs,
        CancellationToken cancellationToken
    )
    {
        var where = new Dictionary<RefName, CommitId>();
        var names = refs.Select(name => MirrorRefs.Local(name) + "^{commit}").ToList();
        var heads = await reader.HeadsAsync(names, cancellationToken);
        foreach (var (name, head) in refs.Zip(heads))
        {
            if (head.Type == "commit")
                where.Add(name, CommitId.Parse(head.Id));
        }
        return Result.Of<IReadOnlyDictionary<RefName, CommitId>>(where);
    }

    public async Task<Result<CommitSummary>> DescribeAsync(
        ObjectReader reader,
        CommitId commit,
        CancellationToken cancellationToken
    )
    {
        var read = await reader.ReadCommitAsync(commit.ToString(), options.Trees, cancellationToken);
        return read.Failed(out var problem) ? problem : read.Value.Summarise(commit);
    }

    public async Task<Result<IReadOnlyList<string>>> ChangedPathsAsync(
        ObjectReader reader,
        CommitId? before,
        CommitId after,
        CancellationToken cancellationToken
    )
    {
        var now = await reader.ReadCommitAsync(after.ToString(), options.Trees, cancellationToken);
        if (now.Failed(out var problem))
            return problem;
        string? from = null;
        if (before is { IsZero: false } id && await IsHereAsync(reader, id, cancellationToken))
        {
            var old = await reader.ReadCommitAsync(id.ToString(), options.Trees, cancellationToken);
            if (old.Failed(out problem))
                return problem;
            from = old.Value.Tree;
        }
        return await new TreeDifference(reader, options).BetweenAsync(from, now.Value.Tree, cancellationToken);
    }

    public async Task<Result<ReadOnlyMemory<byte>?>> FileAsync(
        ObjectReader reader,
        CommitId commit,
        string path,
        int maxBytes,
        CancellationToken cancellationToken
    )
    {
        var found = await FindAsync(reader, commit, path, cancellationToken);
        if (found.Failed(out var problem))
            return problem;
        if (found.Value is { Kind: TreeEntryKind.Symlink })
            return Problem.Invalid($"'{path}' is a symbolic link, which is not followed; commit a regular file");
        if (found.Value is not { Kind: TreeEntryKind.File or TreeEntryKind.Executable } file)
            return Result.Of<ReadOnlyMemory<byte>?>(null);
        var read = await reader.ReadAsync("blob", [file.Id], maxBytes, cancellationToken);
        if (read.Failed(out problem))
            return problem.Code is ProblemCode.Limited
                ? Problem.Exceeded($"'{path}' is larger than {maxBytes} bytes")
                : problem;
        return Result.Of<ReadOnlyMemory<byte>?>(read.Value[0]);
    }

    public async Task<Result<IContentTree>> TreeAsync(
        ObjectReader reader,
        CommitId commit,
        string root,
        Func<TreeEntry, CancellationToken, Task<ReadOnlyMemory<byte>>> readBlob,
        CancellationToken cancellationToken
    )
    {
        var found = await FindAsync(reader, commit, root, cancellationToken);
        if (found.Failed(out var problem))
            return problem;
        if (found.Value is not { IsFolder: true } top)
            return Problem.NotFound($"'{root}' is not a folder of commit {commit.Short}; correct the workflow's root");
        var leaves = await new TreeWalk(reader, options.Trees).LeavesAsync(top.Id, cancellationToken);
        if (leaves.Failed(out problem))
            return problem;
        return await new TreeDigesting(reader, _digests, options).MakeAsync(leaves.Value, readBlob, cancellationToken);
    }

    public async Task<Result<CommitId?>> FindMergeBaseAsync(
        ObjectReader reader,
        CommitId one,
        CommitId other,
        CancellationToken cancellationToken
    )
    {
        if (!await IsHereAsync(reader, one, cancellationToken) || !await IsHereAsync(reader, other, cancellationToken))
            return Result.Of<CommitId?>(null);
        var output = await CompareAsync(["merge-base", one.ToString(), other.ToString()], cancellationToken);
        return (output.End, output.ExitCode) switch
        {
            (GitEnd.Exited, 0) => CommitId.TryParse(Encoding.ASCII.GetString(output.Bytes).Trim(), out var found)
                ? Result.Of<CommitId?>(found)
                : throw new MirrorDamagedException("git names no commit as merge base"),
            (GitEnd.Exited, 1) => Result.Of<CommitId?>(null),
            (GitEnd.Exited, _) => throw new MirrorDamagedException(UntrustedText.Line(output.Error, 300)),
            _ => TooSlow(),
        };
    }

    public async Task<Result<bool?>> IsAncestorAsync(
        ObjectReader reader,
        CommitId ancestor,
        CommitId descendant,
        CancellationToken cancellationToken
    )
    {
        if (!await IsHereAsync(reader, descendant, cancellationToken))
            return Problem.NotFound($"commit {descendant.Short} is not in the mirror");
        if (!await IsHereAsync(reader, ancestor, cancellationToken))
            return Result.Of<bool?>(null);
        var output = await CompareAsync(
            ["merge-base", "--is-ancestor", ancestor.ToString(), descendant.ToString()],
            cancellationToken
        );
        return (output.End, output.ExitCode) switch
        {
            (GitEnd.Exited, 0) => Result.Of<bool?>(true),
            (GitEnd.Exited, 1) => Result.Of<bool?>(false),
            (GitEnd.Exited, _) => throw new MirrorDamagedException(UntrustedText.Line(output.Error, 300)),
            _ => TooSlow(),
        };
    }

    public async Task<Result<IReadOnlyList<CommitId>>> ListCommitsAsync(
        ObjectReader reader,
        CommitId from,
        CommitId to,
        string path,
        int limit,
        CancellationToken cancellationToken
    )
    {
        foreach (var commit in (CommitId[])[from, to])
            if (!await IsHereAsync(reader, commit, cancellationToken))
                return Problem.NotFound($"commit {commit.Short} is not in the mirror");
        var parts = TreePath.Split(path);
        if (parts.Failed(out var malformed))
            return malformed;
        // Without --full-history git leaves out what a later commit takes back.
        string[] asked =
        [
            "--literal-pathspecs",
            "rev-list",
            "--full-history",
            $"--max-count={limit}",
            $"{to}",
            $"^{from}",
            "--",
        ];
        var output = await CompareAsync(path.Length == 0 ? asked : [.. asked, path], cancellationToken);
        if (output.End != GitEnd.Exited)
            return TooSlow();
        if (output.ExitCode != 0)
            throw new MirrorDamagedException(UntrustedText.Line(output.Error, 300));
        var lines = Encoding.ASCII.GetString(output.Bytes).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return Result.Of<IReadOnlyList<CommitId>>([.. lines.Select(CommitId.Parse)]);
    }

    private Task<GitOutput> CompareAsync(string[] arguments, CancellationToken cancellationToken)
    {
        var call = new GitCall(folder.Path, arguments) { Timeout = options.ReadTimeout };
        return git.RunAsync(call, CancellationToken.None, cancellationToken);
    }

    private Problem TooSlow() =>
        Problem.Limited($"comparing histories took longer than {options.ReadTimeout.TotalSeconds:0} seconds");

    private async Task<Result<TreeItem?>> FindAsync(
        ObjectReader reader,
        CommitId commit,
        string path,
        CancellationToken cancellationToken
    )
    {
        var parts = TreePath.Split(path);
        if (parts.Failed(out var problem))
            return problem;
        var read = await reader.ReadCommitAsync(commit.ToString(), options.Trees, cancellationToken);
        if (read.Failed(out problem))
            return problem;
        return await new TreeWalk(reader, options.Trees).FindAsync(read.Value.Tree, parts.Value, cancellationToken);
    }

    private static async Task<bool> IsHereAsync(
        ObjectReader reader,
        CommitId commit,
        CancellationToken cancellationToken
    ) => (await reader.HeadsAsync([commit.ToString()], cancellationToken))[0].Type == "commit";
}
