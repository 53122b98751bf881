namespace Bascule.Simulators.Forges.Git;

/// <summary>One ref moved by a push: all-zero ids mean created or deleted.</summary>
internal sealed record RefChange(string Before, string After, string Name)
{
    public const string Zero = "0000000000000000000000000000000000000000";

    public bool IsCreate => Before == Zero;

    public bool IsDelete => After == Zero;

    public bool IsTag => Name.StartsWith("refs/tags/", StringComparison.Ordinal);

    public bool IsBranch => Name.StartsWith("refs/heads/", StringComparison.Ordinal);

    /// <summary>Name without refs/heads/ or refs/tags/; other refs keep their full name, as the forges do.</summary>
    public string ShortName => IsBranch || IsTag ? Name[(Name.IndexOf('/', 5) + 1)..] : Name;
}

/// <summary>Who wrote something and when, with the offset that git recorded.</summary>
internal sealed record Signature(string Name, string Email, DateTimeOffset When);

/// <summary>A commit as the payloads need it.</summary>
internal sealed record CommitDetails(
    string Sha,
    string Tree,
    IReadOnlyList<string> Parents,
    Signature Author,
    Signature Committer,
    string Message
);

/// <summary>Paths a commit touched, against its first parent; empty for merges, as the forges show them.</summary>
internal sealed record TouchedFiles(
    IReadOnlyList<string> Added,
    IReadOnlyList<string> Removed,
    IReadOnlyList<string> Modified
);

/// <summary>The real bare repository behind a simulated one.</summary>
internal sealed class BareRepository(string directory, GitCommand git)
{
    private const string CommitFormat = "%H%x1f%T%x1f%P%x1f%an%x1f%ae%x1f%aI%x1f%cn%x1f%ce%x1f%cI%x1f%B";

    public string Directory { get; } = directory;

    public async Task<string> RunAsync(CancellationToken cancellationToken, params string[] arguments)
    {
        var result = await git.RunAsync(Directory, arguments, null, null, cancellationToken);
        return result.Succeeded
            ? result.Output
            : throw new InvalidOperationException($"git {string.Join(' ', arguments)}: {result.Error}");
    }

    public Task<GitResult> TryAsync(CancellationToken cancellationToken, params string[] arguments) =>
        git.RunAsync(Directory, arguments, null, null, cancellationToken);

    public Task<GitResult> TryAsync(
        IReadOnlyDictionary<string, string> environment,
        string input,
        CancellationToken cancellationToken,
        params string[] arguments
    ) => git.RunAsync(Directory, arguments, environment, input, cancellationToken);

    /// <summary>The commit a ref, id or short id stands for, or null.</summary>
    public async Task<string?> ResolveAsync(string revision, CancellationToken cancellationToken)
    {
        if (revision.Length == 0 || revision[0] == '-')
        {
            return null;
        }

        var found = await TryAsync(cancellationToken, "rev-parse", "--verify", "--quiet", revision + "^{commit}");
        return found.Succeeded ? found.Output.Trim() : null;
    }

    public Task<string?> BranchTipAsync(string branch, CancellationToken cancellationToken) =>
        ResolveAsync("refs/heads/" + branch, cancellationToken);

    public async Task<IReadOnlyList<string>> BranchesAsync(CancellationToken cancellationToken) =>
        Lines(await RunAsync(cancellationToken, "for-each-ref", "--format=%(refname:lstrip=2)", "refs/heads"));

    public async Task<CommitDetails?> CommitAsync(string revision, CancellationToken cancellationToken) =>
        await ResolveAsync(revision, cancellationToken) is { } sha
            ? (await LogAsync(cancellationToken, "--no-walk", sha))[0]
            : null;

    public async Task<IReadOnlyList<CommitDetails>> LogAsync(
        CancellationToken cancellationToken,
        params string[] arguments
    )
    {
        var text = await RunAsync(cancellationToken, ["log", "-z", "--format=" + CommitFormat, .. arguments]);
        return [.. text.Split('\0', StringSplitOptions.RemoveEmptyEntries).Select(Parse)];
    }

    public async Task<TouchedFiles> TouchedAsync(string sha, CancellationToken cancellationToken)
    {
        string[] command = ["diff-tree", "--root", "-r", "--no-commit-id", "--no-renames", "--name-status", "-z", sha];
        var fields = (await RunAsync(cancellationToken, command)).Split('\0', StringSplitOptions.RemoveEmptyEntries);
        var entries = fields.Chunk(2).Where(c => c.Length == 2).ToList();
        string[] Of(string status) => [.. entries.Where(e => e[0] == status).Select(e => e[1])];
        return new TouchedFiles(Of("A"), Of("D"), [.. Of("M"), .. Of("T")]);
    }

    public async Task<string?> ReadFileAsync(string revision, string path, CancellationToken cancellationToken)
    {
        if (await ResolveAsync(revision, cancellationToken) is not { } sha)
        {
            return null;
        }

        var found = await TryAsync(cancellationToken, "cat-file", "blob", $"{sha}:{path}");
        return found.Succeeded ? found.Output : null;
    }

    public async Task<string?> MergeBaseAsync(string one, string other, CancellationToken cancellationToken)
    {
        var found = await TryAsync(cancellationToken, "merge-base", one, other);
        return found.Succeeded ? found.Output.Trim() : null;
    }

    private static CommitDetails Parse(string record)
    {
        var f = record.Split('\x1f', 10);
        return new CommitDetails(
            f[0],
            f[1],
            f[2].Split(' ', StringSplitOptions.RemoveEmptyEntries),
            new Signature(f[3], f[4], DateTimeOffset.Parse(f[5], System.Globalization.CultureInfo.InvariantCulture)),
            new Signature(f[6], f[7], DateTimeOffset.Parse(f[8], System.Globalization.CultureInfo.InvariantCulture)),
            f[9]
        );
    }

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
