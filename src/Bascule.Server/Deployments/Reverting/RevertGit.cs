using System.Text;
using Bascule.Connectors.Git;
using Bascule.Core;
using Bascule.Core.Forges;
using Bascule.Server.GitProxy.Pushing;

namespace Bascule.Server.Deployments.Reverting;

/// <summary>Makes trees, a commit and a pack in a repository of their own, which reads what the mirror has and writes nothing there.</summary>
/// <param name="mirror">The objects folder of the repository's mirror.</param>
internal sealed class RevertGit(GitCommand git, Quarantine place, string mirror, TimeSpan timeout)
{
    private const int MaxListing = 32 << 20;

    /// <summary>The root tree of a commit.</summary>
    public async Task<Result<string>> TreeOfAsync(CommitId commit, CancellationToken cancellationToken)
    {
        var found = await FindAsync($"{commit}^{{tree}}", cancellationToken);
        return found.Failed(out var problem) ? problem
            : found.Value is { } tree ? tree
            : Problem.Unavailable($"commit {commit.Short} is not in the mirror any more; it is fetched again");
    }

    /// <summary>The one parent; null for a first commit and for a merge.</summary>
    public async Task<Result<CommitId?>> FindOnlyParentAsync(CommitId commit, CancellationToken cancellationToken)
    {
        var first = await FindAsync($"{commit}^1", cancellationToken);
        if (first.Failed(out var problem))
            return problem;
        var second = await FindAsync($"{commit}^2", cancellationToken);
        if (second.Failed(out problem))
            return problem;
        return Result.Of(
            second.Value is null && CommitId.TryParse(first.Value, out var parent) ? parent : (CommitId?)null
        );
    }

    /// <summary>The tree of one commit in which a folder is as in another: changed there, put back, or gone.</summary>
    /// <param name="folder">Empty for all of it.</param>
    public async Task<Result<string>> RestoreAsync(
        CommitId onto,
        CommitId good,
        string folder,
        CancellationToken cancellationToken
    )
    {
        if (folder.Length == 0)
            return await TreeOfAsync(good, cancellationToken);
        var found = await FindAsync($"{good}:{folder}", cancellationToken);
        if (found.Failed(out var problem))
            return problem;
        var (tree, names) = (found.Value, folder.Split('/'));
        for (var depth = names.Length - 1; depth >= 0; depth--)
        {
            var parent = await ReplaceAsync(onto, names[..depth], names[depth], tree, cancellationToken);
            if (parent.Failed(out problem))
                return problem;
            tree = parent.Value;
        }
        return tree ?? await MakeTreeAsync([], cancellationToken);
    }

    /// <returns>The commit's id.</returns>
    public async Task<Result<CommitId>> CommitAsync(string text, CancellationToken cancellationToken)
    {
        var written = await AskAsync(
            Encoding.UTF8.GetBytes(text),
            cancellationToken,
            "hash-object",
            "-t",
            "commit",
            "-w",
            "--stdin"
        );
        return written.Failed(out var problem) ? problem : CommitId.Parse(IdIn(written.Value));
    }

    /// <summary>Writes what the commit has and the one below it has not into the pack file of the place.</summary>
    public Task<Result<Done>> PackAsync(CommitId commit, CommitId below, CancellationToken cancellationToken) =>
        new ForgePack(git, place, mirror, timeout).WriteAsync(commit, below, cancellationToken);

    /// <summary>A folder's tree with one entry replaced by a folder, or without it; null where nothing is left.</summary>
    private async Task<Result<string?>> ReplaceAsync(
        CommitId onto,
        string[] parent,
        string name,
        string? tree,
        CancellationToken cancellationToken
    )
    {
        var found = await FindAsync(
            parent.Length == 0 ? $"{onto}^{{tree}}" : $"{onto}:{string.Join('/', parent)}",
            cancellationToken
        );
        if (found.Failed(out var problem))
            return problem;
        var listed = found.Value is { } there
            ? await git.RunAsync(
                Call("ls-tree", "-z", there) with
                {
                    MaxOutput = MaxListing,
                },
                CancellationToken.None,
                cancellationToken
            )
            : null;
        if (listed is { Worked: false })
            return Failed(listed);
        List<byte[]> entries = [.. Entries(listed?.Bytes ?? []).Where(entry => !IsNamed(entry, name))];
        if (tree is not null)
            entries.Add(Encoding.UTF8.GetBytes($"040000 tree {tree}\t{name}"));
        if (entries.Count == 0)
            return Result.Of<string?>(null);
        var made = await MakeTreeAsync(entries, cancellationToken);
        return made.Failed(out problem) ? problem : made.Value;
    }

    private async Task<Result<string>> MakeTreeAsync(IEnumerable<byte[]> entries, CancellationToken cancellationToken)
    {
        byte[] lines = [.. entries.SelectMany(entry => (byte[])[.. entry, 0])];
        var made = await AskAsync(lines, cancellationToken, "mktree", "-z");
        return made.Failed(out var problem) ? problem : IdIn(made.Value);
    }

    /// <summary>Null for what is not there.</summary>
    private async Task<Result<string?>> FindAsync(string name, CancellationToken cancellationToken)
    {
        var output = await git.RunAsync(
            Call("rev-parse", "--verify", "--quiet", "--end-of-options", name),
            CancellationToken.None,
            cancellationToken
        );
        return output switch
        {
            { Worked: true } => Result.Of<string?>(IdIn(output.Bytes)),
            { End: GitEnd.Exited, ExitCode: 1 } => Result.Of<string?>(null),
            _ => Failed(output),
        };
    }

    private async Task<Result<byte[]>> AskAsync(
        byte[] question,
        CancellationToken cancellationToken,
        params string[] arguments
    )
    {
        using var answer = new MemoryStream();
        var output = await GitPipe.RunAsync(
            git,
            Call(arguments),
            (input, cancel) => input.WriteAsync(question, cancel).AsTask(),
            async (stream, cancel) =>
            {
                await stream.CopyToAsync(answer, cancel);
                return true;
            },
            cancellationToken
        );
        return output.Worked ? answer.ToArray() : Failed(output);
    }

    private GitCall Call(params string[] arguments) =>
        new(place.Folder, arguments) { Timeout = timeout, Alternate = mirror };

    private static IEnumerable<byte[]> Entries(byte[] listing)
    {
        for (var start = 0; start < listing.Length; )
        {
            var end = Array.IndexOf(listing, (byte)0, start);
            yield return listing[start..end];
            start = end + 1;
        }
    }

    /// <summary>Names are bytes: one that is no UTF-8 stays what it is.</summary>
    private static bool IsNamed(byte[] entry, string name) =>
        entry.AsSpan(Array.IndexOf(entry, (byte)'\t') + 1).SequenceEqual(Encoding.UTF8.GetBytes(name));

    private static string IdIn(byte[] output) => Encoding.ASCII.GetString(output).Trim();

    private static Problem Failed(GitOutput output) =>
        Problem.Unavailable($"git could not make what takes a rollback back: {UntrustedText.Line(output.Error, 300)}");
}
