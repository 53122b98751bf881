using System.Text;
using Bascule.Connectors.Git;
using Bascule.Core;
using Bascule.Core.Forges;
using Microsoft.Extensions.Logging;

namespace Bascule.Server.Mirrors;

/// <summary>Brings refs of the forge into one mirror folder. Not for two callers at once: the mirror sees to that.</summary>
internal sealed partial class MirrorFetch(
    RepositoryKey key,
    MirrorFolder folder,
    GitCommand git,
    FetchRelay relay,
    MirrorOptions options,
    ILogger logger
)
{
    /// <summary>Refspecs travel as arguments, whose room is limited.</summary>
    private const int AtOnce = 256;

    /// <summary>Refs that vanish one by one cost a round each; beyond this the forge is asked for its list.</summary>
    private const int MostRounds = 3;

    private static readonly string[] Fetch =
    [
        "fetch",
        "--quiet",
        "--no-tags",
        "--no-write-fetch-head",
        "--no-auto-maintenance",
        "--no-show-forced-updates",
        "--no-recurse-submodules",
        "--no-prune",
        "--end-of-options",
    ];

    /// <summary>The refs that were there, now fetched.</summary>
    public async Task<Result<IReadOnlyCollection<RefName>>> FetchAsync(
        GitAccess access,
        IReadOnlyCollection<RefName> refs,
        CancellationToken cancellationToken
    )
    {
        var fetched = new List<RefName>();
        foreach (var some in refs.Distinct().Chunk(AtOnce))
        {
            var result = await FetchSomeAsync(access, [.. some], cancellationToken);
            if (result.Failed(out var problem))
                return problem;
            fetched.AddRange(result.Value);
        }
        return fetched;
    }

    /// <summary>git's protocol version 2 lets a client ask for any commit that the server has.</summary>
    public async Task<Result<Done>> FetchCommitAsync(
        GitAccess access,
        CommitId commit,
        CancellationToken cancellationToken
    )
    {
        if (commit.ToString().Length == 64 && folder.IsEmpty)
            folder.Remake(sha256: true);
        var (end, said) = await TryAsync(access, [MirrorRefs.Refspec(commit)], _ => false, cancellationToken);
        return end switch
        {
            FetchEnd.Worked => Result.Done,
            _ when said.Contains("not our ref", StringComparison.Ordinal) => Problem.NotFound(
                $"commit {commit.Short} is gone from '{access.Url.AbsolutePath}'"
            ),
            FetchEnd.Refused(var problem) => problem,
            _ => Unknown(access),
        };
    }

    public async Task<Result<IReadOnlyDictionary<RefName, CommitId>>> ListAsync(
        GitAccess access,
        CancellationToken cancellationToken
    )
    {
        using var ticket = relay.Issue(access);
        var address = await relay.StartAsync(cancellationToken);
        // The old protocol answers the first request with every ref; the new one takes a second request to ask for them.
        var call = new GitCall(
            folder.Path,
            ["-c", "protocol.version=0", "ls-remote", "--quiet", "--end-of-options", address]
        )
        {
            Timeout = options.FetchTimeout,
            MaxOutput = (int)Math.Min(options.MaxListingBytes, int.MaxValue / 2),
            ExtraHeader = ticket.HeaderForGit,
        };
        var output = await git.RunAsync(call, ticket.Stopped, cancellationToken);
        if (output.End is GitEnd.TooMuch)
            return Problem.Exceeded($"'{access.Url.AbsolutePath}' lists more refs than fit in {call.MaxOutput} bytes");
        return FetchMessages.Read(output, ticket, options) switch
        {
            FetchEnd.Worked => MirrorRefs.Read(Encoding.UTF8.GetString(output.Bytes), options.MaxRefs),
            FetchEnd.Refused(var problem) => Told(problem, ticket, output),
            _ => Told(Unknown(access), ticket, output),
        };
    }

    /// <summary>Whether something that a ref needs is known to be missing or broken.</summary>
    private async Task<bool> IsBrokenAsync(CancellationToken cancellationToken)
    {
        var output = await RunAsync(
            ["fsck", "--connectivity-only", "--no-dangling", "--no-progress"],
            cancellationToken
        );
        return output is { End: GitEnd.Exited, ExitCode: not 0 };
    }

    /// <summary>Joins packs; nothing is dropped, since a run may still need what no ref names any more.</summary>
    public async Task TidyAsync(CancellationToken cancellationToken)
    {
        if (folder.Measure().Packs <= options.MaxPacks)
            return;
        await RunAsync(["repack", "--geometric=2", "-d", "-q", "--no-write-bitmap-index"], cancellationToken);
        await RunAsync(["pack-refs", "--all"], cancellationToken);
        folder.Clean();
    }

    private async Task<Result<IReadOnlyCollection<RefName>>> FetchSomeAsync(
        GitAccess access,
        HashSet<RefName> refs,
        CancellationToken cancellationToken
    )
    {
        var remade = false;
        for (var round = 0; refs.Count > 0; round++)
        {
            var (end, _) = await TryAsync(
                access,
                [.. refs.Select(MirrorRefs.Refspec)],
                refs.Contains,
                cancellationToken
            );
            switch (end)
            {
                case FetchEnd.Worked:
                    return refs;
                case FetchEnd.Refused(var problem):
                    return problem;
                case FetchEnd.MissingRef(var name) when refs.Remove(name):
                    if (round >= MostRounds && await RemoveAbsentAsync(access, refs, cancellationToken) is { } refusal)
                        return refusal;
                    break;
                case FetchEnd.OtherFormat when !remade && folder.IsEmpty:
                    folder.Remake(sha256: true);
                    remade = true;
                    break;
                case FetchEnd.Unexplained when !remade && await IsBrokenAsync(cancellationToken):
                    Log.Damaged(logger, key);
                    folder.Remake(sha256: false);
                    remade = true;
                    break;
                default:
                    return Unknown(access);
            }
        }
        return refs;
    }

    private async Task<Problem?> RemoveAbsentAsync(
        GitAccess access,
        HashSet<RefName> refs,
        CancellationToken cancellationToken
    )
    {
        var listed = await ListAsync(access, cancellationToken);
        if (listed.Failed(out var problem))
            return problem;
        refs.IntersectWith(listed.Value.Keys);
        return null;
    }

    /// <param name="mayBeMissing">Which refs need no word in the log when the forge does not have them.</param>
    private async Task<(FetchEnd End, string Said)> TryAsync(
        GitAccess access,
        string[] refspecs,
        Predicate<RefName> mayBeMissing,
        CancellationToken cancellationToken
    )
    {
        using var ticket = relay.Issue(access);
        var address = await relay.StartAsync(cancellationToken);
        var call = new GitCall(folder.Path, [.. Fetch, address, .. refspecs])
        {
            Timeout = options.FetchTimeout,
            ExtraHeader = ticket.HeaderForGit,
        };
        var worked = false;
        try
        {
            var output = await git.RunAsync(call, ticket.Stopped, cancellationToken);
            worked = output.Worked;
            var end = FetchMessages.Read(output, ticket, options);
            if (!worked && !(end is FetchEnd.MissingRef(var name) && mayBeMissing(name)))
                Log.NotFetched(
                    logger,
                    key,
                    output.ExitCode,
                    ticket.Detail ?? "",
                    UntrustedText.Line(output.Error, 1000)
                );
            return (end, output.Error);
        }
        finally
        {
            if (!worked)
                folder.Clean();
        }
    }

    private Task<GitOutput> RunAsync(string[] arguments, CancellationToken cancellationToken) =>
        git.RunAsync(
            new GitCall(folder.Path, arguments) { Timeout = options.FetchTimeout },
            CancellationToken.None,
            cancellationToken
        );

    private Problem Told(Problem problem, RelayTicket ticket, GitOutput output)
    {
        Log.NotFetched(logger, key, output.ExitCode, ticket.Detail ?? "", UntrustedText.Line(output.Error, 1000));
        return problem;
    }

    private static Problem Unknown(GitAccess access) =>
        Problem.Unavailable($"git could not fetch '{access.Url.AbsolutePath}'; the server's log has its message");

    private static partial class Log
    {
        [LoggerMessage(
            1,
            LogLevel.Warning,
            "Mirror {Mirror} not fetched: git ended with {ExitCode}; relay: {Detail}; git: {Error}"
        )]
        public static partial void NotFetched(
            ILogger logger,
            RepositoryKey mirror,
            int exitCode,
            string detail,
            string error
        );

        [LoggerMessage(2, LogLevel.Warning, "Mirror {Mirror} is damaged and is made anew")]
        public static partial void Damaged(ILogger logger, RepositoryKey mirror);
    }
}
