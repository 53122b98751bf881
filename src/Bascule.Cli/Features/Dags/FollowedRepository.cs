using System.Globalization;
using System.Text;
using Bascule.Connectors.Git;
using Bascule.Core;
using Bascule.Core.Forges;

namespace Bascule.Cli.Features.Dags;

/// <summary>
/// The branch that is followed, and a bare repository with its newest version, without history. The token travels in git's environment: never among arguments, in
/// an address or in a file (THREATS T93).
/// </summary>
/// <param name="folder">Of this process alone; made when it is needed.</param>
internal sealed class FollowedRepository(GitCommand git, string folder, FollowOptions options, IGitLogin login)
{
    private const string Followed = "refs/bascule/followed";
    private const int MaxListing = 64 * 1024;

    /// <summary>Each fetch brings one; beyond this a new repository, with the newest version alone, is cheaper than all of them.</summary>
    private const int MaxPacks = 50;

    private static readonly TimeSpan Local = TimeSpan.FromSeconds(30);

    /// <summary>Where the branch stands. NotFound without such a branch.</summary>
    public async Task<Result<CommitId>> FindTipAsync(CancellationToken cancellationToken)
    {
        var ready = await PrepareAsync(sha256: false, cancellationToken);
        if (ready.Failed(out var problem))
            return problem;
        var listed = await AskAsync(
            ["ls-remote", "--quiet", "--end-of-options", options.Address.Text, options.Ref.ToString()],
            options.ListTimeout,
            CancellationToken.None,
            cancellationToken
        );
        if (listed.Failed(out problem))
            return problem;
        foreach (var line in Encoding.ASCII.GetString(listed.Value).Split('\n'))
            if (
                line.Split('\t') is [var id, var name]
                && name == options.Ref.ToString()
                && CommitId.TryParse(id, out var tip)
            )
                return tip;
        return Problem.NotFound(
            $"there is no {options.Ref} at {options.Address.Text}, or it is not shown to you; push it, or correct --ref"
        );
    }

    /// <summary>Brings what the branch holds now.</summary>
    /// <param name="tip">As it was listed; tells how objects are named.</param>
    public async Task<Result<Done>> FetchAsync(CommitId tip, CancellationToken cancellationToken)
    {
        var sha256 = tip.ToString().Length == ObjectHash.Sha256Digits;
        if (Packs() is var packs && (packs.Length > MaxPacks || (sha256 && packs.Length == 0)))
            Discard();
        var ready = await PrepareAsync(sha256, cancellationToken);
        if (ready.Failed(out var problem))
            return problem;
        using var tooMuch = new CancellationTokenSource();
        await using var watch = new Timer(
            _ => StopWhenTooMuch(tooMuch),
            null,
            TimeSpan.FromMilliseconds(200),
            TimeSpan.FromMilliseconds(200)
        );
        var fetched = await AskAsync(
            [
                "fetch",
                "--quiet",
                "--depth=1",
                "--no-tags",
                "--no-write-fetch-head",
                "--no-auto-maintenance",
                "--no-recurse-submodules",
                "--end-of-options",
                options.Address.Text,
                $"+{options.Ref}:{Followed}",
            ],
            options.FetchTimeout,
            tooMuch.Token,
            cancellationToken
        );
        if (!tooMuch.IsCancellationRequested)
            return fetched.Failed(out problem) ? problem : Result.Done;
        Discard();
        return Problem.Exceeded(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{options.Address.Text} sends more than {options.MaxPackBytes} bytes"
            )
        );
    }

    /// <summary>Reads what was fetched; every object is hashed again.</summary>
    public ObjectReader Open() =>
        new(git.Start(new GitCall(folder, ["cat-file", "--batch-command"]) { Timeout = Timeout.InfiniteTimeSpan }));

    /// <summary>The commit that the last fetch brought.</summary>
    public static async Task<Result<CommitId>> ReadTipAsync(ObjectReader reader, CancellationToken cancellationToken)
    {
        var head = (await reader.HeadsAsync([Followed], cancellationToken))[0];
        return head.Type == "commit" && CommitId.TryParse(head.Id, out var commit)
            ? commit
            : Problem.Invalid($"the branch leads to a {head.Type ?? "missing object"}, not to a commit");
    }

    /// <summary>The next fetch begins with an empty one.</summary>
    public void Discard()
    {
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }

    private async Task<Result<Done>> PrepareAsync(bool sha256, CancellationToken cancellationToken)
    {
        if (File.Exists(Path.Combine(folder, "HEAD")))
            return Result.Done;
        Directory.CreateDirectory(folder);
        var format = sha256 ? "--object-format=sha256" : "--object-format=sha1";
        var call = new GitCall(folder, ["init", "--quiet", "--bare", "--template=", format]) { Timeout = Local };
        var made = await git.RunAsync(call, CancellationToken.None, cancellationToken);
        return made.Worked ? Result.Done : Problem.Unavailable($"git makes no repository: {GitSaying.Of(made)}");
    }

    private async Task<Result<byte[]>> AskAsync(
        IReadOnlyList<string> arguments,
        TimeSpan timeout,
        CancellationToken stop,
        CancellationToken cancellationToken
    )
    {
        var found = await login.FindAsync(cancellationToken);
        if (found.Failed(out var nobody))
            return nobody;
        var call = new GitCall(folder, arguments)
        {
            Timeout = timeout,
            MaxOutput = MaxListing,
            ExtraHeader = found.Value is { } token ? $"Authorization: Bearer {token.Reveal()}" : null,
            Settings = options.Ca is { } ca ? [("http.sslCAInfo", ca)] : [],
        };
        var output = await git.RunAsync(call, stop, cancellationToken);
        if (output.Worked)
            return output.Bytes;
        var problem = GitSaying.Explain(output, options);
        if (problem.Code is ProblemCode.Denied)
            login.Forget();
        return problem;
    }

    private string[] Packs() => Directory.Exists(PackFolder) ? Directory.GetFiles(PackFolder, "*.pack") : [];

    private string PackFolder => Path.Combine(folder, "objects", "pack");

    private void StopWhenTooMuch(CancellationTokenSource stop)
    {
        try
        {
            var incoming = new DirectoryInfo(PackFolder).EnumerateFiles("tmp_pack_*").Sum(file => file.Length);
            if (incoming > options.MaxPackBytes)
                stop.Cancel();
        }
        catch (Exception gone) when (gone is IOException or ObjectDisposedException)
        {
            // It has its name by now.
        }
    }
}
