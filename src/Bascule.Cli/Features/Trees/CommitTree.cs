using System.Globalization;
using System.Text;
using Bascule.Connectors.Git;
using Bascule.Core;
using Bascule.Core.Content;
using Bascule.Core.Forges;
using Bascule.Core.Text;

namespace Bascule.Cli.Features.Trees;

/// <summary>Files as they are in a commit of a local repository: read from its objects, whatever lies in its work tree. Makes no network call.</summary>
internal sealed class CommitTree
{
    /// <summary>Ids asked for at once: git answers while it is asked, and a longer question would fill both pipes.</summary>
    private const int Batch = 500;
    private const int MaxListing = 32 << 20;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);
    private readonly GitCommand _git = new(new GitOptions { Protocols = [] });
    private readonly string _repository;
    private readonly LocalFolder _folder;

    private CommitTree(string repository, LocalFolder folder) => (_repository, _folder) = (repository, folder);

    /// <param name="path">The repository, bare or with a work tree.</param>
    public static Result<CommitTree> Open(string path, LocalFolder folder)
    {
        try
        {
            return FindRepository(Path.GetFullPath(path)) is { } repository
                ? new CommitTree(repository, folder)
                : Problem.NotFound(
                    $"'{path}' is no git repository; name one, or leave --commit out to check the files as they are"
                );
        }
        catch (FileNotFoundException problem)
        {
            return Problem.NotFound(problem.Message);
        }
    }

    /// <param name="name">A commit's id, a branch or a tag.</param>
    public async Task<Result<CommitId>> ResolveAsync(string name, CancellationToken cancellationToken)
    {
        var output = await RunAsync(
            ["rev-parse", "--verify", "--quiet", "--end-of-options", name + "^{commit}"],
            1024,
            cancellationToken
        );
        return output.Worked && CommitId.TryParse(Encoding.ASCII.GetString(output.Bytes).Trim(), out var id)
            ? id
            : Problem.NotFound($"there is no commit '{PlainText.Line(name, 100)}' in '{_repository}'; {Said(output)}");
    }

    /// <summary>Sorted by path, ordinally.</summary>
    public async Task<Result<IReadOnlyList<LocalFile>>> ReadAsync(
        CommitId commit,
        LocalLimits limits,
        CancellationToken cancellationToken
    )
    {
        var listed = await ListAsync(commit, cancellationToken);
        if (listed.Failed(out var problem))
            return problem;
        var entries = listed.Value;
        if (entries.Count > limits.Files)
            return Result.Of<IReadOnlyList<LocalFile>>([
                .. entries.Select(entry => new LocalFile(entry.Path, entry.Kind, entry.Size, null)),
            ]);
        var wanted = new HashSet<string>();
        var total = 0L;
        foreach (
            var entry in entries.Where(entry => entry.Kind is not TreeEntryKind.Submodule && limits.Wanted(entry.Path))
        )
            if (entry.Size <= limits.FileBytes && (total += entry.Size) <= limits.TotalBytes)
                wanted.Add(entry.ObjectId);
        var blobs = new Dictionary<string, byte[]>();
        foreach (var batch in wanted.Chunk(Batch))
            if ((await ReadBlobsAsync(batch, blobs, cancellationToken)).Failed(out problem))
                return problem;
        return Result.Of<IReadOnlyList<LocalFile>>([
            .. entries.Select(entry => new LocalFile(
                entry.Path,
                entry.Kind,
                entry.Size,
                blobs.TryGetValue(entry.ObjectId, out var bytes) ? bytes : (ReadOnlyMemory<byte>?)null
            )),
        ]);
    }

    /// <summary>Paths below the folder that are new, gone or other than in <paramref name="before"/>.</summary>
    public async Task<Result<IReadOnlySet<string>>> ChangedAsync(
        CommitId before,
        CommitId after,
        CancellationToken cancellationToken
    )
    {
        var old = await ListAsync(before, cancellationToken);
        if (old.Failed(out var problem) && problem.Code is not ProblemCode.NotFound)
            return problem;
        var now = await ListAsync(after, cancellationToken);
        if (now.Failed(out problem))
            return problem;
        var changed = now.Value.ToHashSet();
        changed.SymmetricExceptWith(old.Problem is null ? old.Value : []);
        return Result.Of<IReadOnlySet<string>>(changed.Select(entry => entry.Path).ToHashSet());
    }

    private async Task<Result<List<TreeEntry>>> ListAsync(CommitId commit, CancellationToken cancellationToken)
    {
        var tree = _folder.Path.Length == 0 ? commit.ToString() : $"{commit}:{_folder.Path}";
        var output = await RunAsync(["ls-tree", "-r", "-z", "-l", "--full-tree", tree], MaxListing, cancellationToken);
        if (output.End is GitEnd.TooMuch)
            return Problem.Exceeded(
                $"'{_folder.Path}' of {commit.Short} has too many files to be listed; keep data out of it"
            );
        if (!output.Worked)
            return _folder.Missing($"commit {commit.Short}");
        List<TreeEntry> entries = [];
        foreach (var line in Split(output.Bytes))
        {
            var entry = Parse(line.Span);
            if (entry.Failed(out var problem))
                return problem;
            entries.Add(entry.Value);
        }
        return entries;
    }

    /// <summary>Mode, type, id and size, each after a space; a tab; the name as git has it.</summary>
    private static Result<TreeEntry> Parse(ReadOnlySpan<byte> line)
    {
        var tab = line.IndexOf((byte)'\t');
        var words = Encoding
            .ASCII.GetString(line[..Math.Max(0, tab)])
            .Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length != 4 || DecodePath(line[(tab + 1)..]) is not { } path)
            return Problem.Invalid(
                "the commit has a name that is not UTF-8, or that leads to another folder; rename it"
            );
        var kind = words[0] switch
        {
            "120000" => TreeEntryKind.Symlink,
            "160000" => TreeEntryKind.Submodule,
            "100755" => TreeEntryKind.Executable,
            _ => TreeEntryKind.File,
        };
        return new TreeEntry(
            path,
            kind,
            words[2],
            long.TryParse(words[3], CultureInfo.InvariantCulture, out var size) ? size : 0
        );
    }

    private static string? DecodePath(ReadOnlySpan<byte> bytes)
    {
        try
        {
            var path = Strict.GetString(bytes);
            return path.Split('/').All(part => part is not ("" or "." or "..")) ? path : null;
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    private async Task<Result<Done>> ReadBlobsAsync(
        IReadOnlyList<string> ids,
        Dictionary<string, byte[]> blobs,
        CancellationToken cancellationToken
    )
    {
        var call = Call(["cat-file", "--batch"], int.MaxValue / 2);
        var output = await _git.AskAsync(call, string.Concat(ids.Select(id => id + "\n")), cancellationToken);
        ReadOnlyMemory<byte> left = output.Bytes;
        foreach (var id in ids)
        {
            var end = left.Span.IndexOf((byte)'\n');
            var words = Encoding.ASCII.GetString(left.Span[..Math.Max(0, end)]).Split(' ');
            if (
                !output.Worked
                || words.Length != 3
                || words[0] != id
                || !int.TryParse(words[2], CultureInfo.InvariantCulture, out var size)
                || size < 0
                || left.Length < end + size + 2
            )
                return Problem.Unavailable($"git cannot read '{_repository}'; {Said(output)}");
            blobs[id] = left.Slice(end + 1, size).ToArray();
            left = left[(end + size + 2)..];
        }
        return Result.Done;
    }

    private Task<GitOutput> RunAsync(string[] arguments, int maxOutput, CancellationToken cancellationToken) =>
        _git.RunAsync(Call(arguments, maxOutput), CancellationToken.None, cancellationToken);

    private GitCall Call(string[] arguments, int maxOutput) =>
        new(_repository, arguments) { Timeout = Patience, MaxOutput = maxOutput };

    private static string Said(GitOutput output) =>
        PlainText.Line(output.Error, 300) is { Length: > 0 } said ? $"git says: {said}" : "see what git says of it";

    private static IEnumerable<ReadOnlyMemory<byte>> Split(byte[] output)
    {
        for (
            ReadOnlyMemory<byte> left = output;
            left.Span.IndexOf((byte)0) is >= 0 and var end;
            left = left[(end + 1)..]
        )
            yield return left[..end];
    }

    /// <summary>A work tree has its repository beside it, or a file that says where it is.</summary>
    private static string? FindRepository(string path)
    {
        var inside = Path.Combine(path, ".git");
        if (Directory.Exists(inside))
            return inside;
        if (
            File.Exists(inside)
            && File.ReadLines(inside).FirstOrDefault() is { } line
            && line.StartsWith("gitdir: ", StringComparison.Ordinal)
        )
            return Path.GetFullPath(line["gitdir: ".Length..], path);
        return File.Exists(Path.Combine(path, "HEAD")) && Directory.Exists(Path.Combine(path, "objects")) ? path : null;
    }
}
