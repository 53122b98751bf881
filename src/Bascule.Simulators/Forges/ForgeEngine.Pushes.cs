using Bascule.Simulators.Forges.Git;
using Bascule.Simulators.Forges.Shapes;

namespace Bascule.Simulators.Forges;

internal sealed partial class ForgeEngine
{
    /// <summary>Both forges list at most this many commits of a new branch before cutting further.</summary>
    private const int NewBranchCommits = 10;

    /// <summary>Writes a commit on the default or another branch and tells the hooks, as the web editor does.</summary>
    public async Task<string> CommitAsync(
        ForgeRepository repository,
        ForgeUser author,
        string branch,
        string message,
        IReadOnlyDictionary<string, string?> files,
        CancellationToken cancellationToken
    )
    {
        await repository.Writing.WaitAsync(cancellationToken);
        try
        {
            var before = await repository.Git.BranchTipAsync(branch, cancellationToken) ?? RefChange.Zero;
            var after = await WriteCommitAsync(repository, author, branch, message, files, cancellationToken);
            var change = new RefChange(before, after, "refs/heads/" + branch);
            await PushedAsync(repository, [change], author, cancellationToken);
            return after;
        }
        finally
        {
            repository.Writing.Release();
        }
    }

    /// <summary>Refs have moved: send what the flavour sends, in its order, then bring pull requests up to date.</summary>
    public async Task PushedAsync(
        ForgeRepository repository,
        IReadOnlyList<RefChange> changes,
        ForgeUser pusher,
        CancellationToken cancellationToken
    )
    {
        foreach (var change in changes)
        {
            if (IsGogs)
            {
                await GogsPushedAsync(repository, change, pusher, cancellationToken);
            }
            else
            {
                await GiteaPushedAsync(repository, change, pusher, cancellationToken);
            }

            if (change.IsBranch)
            {
                await BranchMovedAsync(repository, change, pusher, cancellationToken);
            }

            repository.Updated = World.Now;
            repository.IsEmpty &= change.IsDelete;
        }
    }

    /// <summary>Branch: create, then push; or delete alone. Tag: push, then create or delete. Other refs: nothing.</summary>
    private async Task GiteaPushedAsync(
        ForgeRepository repository,
        RefChange change,
        ForgeUser pusher,
        CancellationToken cancellationToken
    )
    {
        if (change.IsTag)
        {
            var tag = await GiteaTagFactsAsync(repository, change, pusher, cancellationToken);
            EmitPush(tag);
            EmitCreateOrDelete(repository, change, pusher);
        }
        else if (change.IsBranch)
        {
            EmitCreateOrDelete(repository, change, pusher);
            if (!change.IsDelete)
            {
                EmitPush(await GiteaBranchFactsAsync(repository, change, pusher, cancellationToken));
            }
        }
    }

    /// <summary>Everything that is not a tag counts as a branch; tags cause create or delete and no push.</summary>
    private async Task GogsPushedAsync(
        ForgeRepository repository,
        RefChange change,
        ForgeUser pusher,
        CancellationToken cancellationToken
    )
    {
        EmitCreateOrDelete(repository, change, pusher);
        if (change.IsTag || change.IsDelete)
        {
            return;
        }

        // Symmetric difference on update: a force push lists the lost commits too, as recorded.
        string[] range = change.IsCreate ? ["-10", change.After] : [$"{change.Before}...{change.After}"];
        var commits = await DescribeAsync(repository, range, cancellationToken);
        var compare = change.IsCreate ? "" : Dialect.CompareUrl(BaseUrl, repository, change.Before, change.After);
        EmitPush(new PushFacts(repository, change, pusher, commits, null, compare));
    }

    private async Task<PushFacts> GiteaTagFactsAsync(
        ForgeRepository repository,
        RefChange change,
        ForgeUser pusher,
        CancellationToken cancellationToken
    )
    {
        if (change.IsDelete)
        {
            return new PushFacts(repository, change, pusher, [], null, BaseUrl + "/");
        }

        var commit = (await repository.Git.CommitAsync(change.After, cancellationToken))!;
        var (message, when) = await TagTextAsync(repository, change.After, commit, cancellationToken);
        var files = await repository.Git.TouchedAsync(commit.Sha, cancellationToken);
        var summary = new CommitSummary(commit.Sha, message, commit.Author, commit.Committer, when);
        var compare = Dialect.CompareUrl(BaseUrl, repository, change.Before, change.After);
        return new PushFacts(repository, change, pusher, [], new PushedCommit(summary, files), compare);
    }

    /// <summary>An annotated tag lends its own message and time to the commit.</summary>
    private static async Task<(string Message, DateTimeOffset When)> TagTextAsync(
        ForgeRepository repository,
        string id,
        CommitDetails commit,
        CancellationToken cancellationToken
    )
    {
        if ((await repository.Git.RunAsync(cancellationToken, "cat-file", "-t", id)).Trim() != "tag")
        {
            return (commit.Message, commit.Author.When);
        }

        var text = await repository.Git.RunAsync(cancellationToken, "cat-file", "tag", id);
        var split = text.IndexOf("\n\n", StringComparison.Ordinal);
        var tagger = text[..split].Split('\n').First(l => l.StartsWith("tagger ", StringComparison.Ordinal)).Split(' ');
        var seconds = long.Parse(tagger[^2], System.Globalization.CultureInfo.InvariantCulture);
        return (text[(split + 2)..].TrimEnd('\n'), DateTimeOffset.FromUnixTimeSeconds(seconds));
    }

    private async Task<PushFacts> GiteaBranchFactsAsync(
        ForgeRepository repository,
        RefChange change,
        ForgeUser pusher,
        CancellationToken cancellationToken
    )
    {
        var log = change.IsCreate
            ? await OwnCommitsAsync(repository, change.After, cancellationToken)
            : await repository.Git.LogAsync(cancellationToken, $"{change.Before}..{change.After}");
        var commits = await DescribeAsync(repository, log, cancellationToken);
        var head = await DescribeAsync(repository, ["--no-walk", change.After], cancellationToken);
        var from = change.Before;
        if (change.IsCreate)
        {
            from = log.Count > 0 && log[^1].Parents.Count > 0 ? log[^1].Parents[0] : repository.DefaultBranch;
        }

        var isFirst = change.IsCreate && from == repository.DefaultBranch && change.ShortName == from;
        var compare = isFirst ? BaseUrl + "/" : Dialect.CompareUrl(BaseUrl, repository, from, change.After);
        return new PushFacts(repository, change, pusher, commits, head[0], compare);
    }

    /// <summary>Commits of a new branch until one that another branch has too.</summary>
    private static async Task<IReadOnlyList<CommitDetails>> OwnCommitsAsync(
        ForgeRepository repository,
        string tip,
        CancellationToken cancellationToken
    )
    {
        List<CommitDetails> own = [];
        foreach (var commit in await repository.Git.LogAsync(cancellationToken, $"-{NewBranchCommits}", tip))
        {
            string[] command = ["for-each-ref", "--contains", commit.Sha, "--format=%(refname)", "refs/heads"];
            var holders = await repository.Git.RunAsync(cancellationToken, command);
            if (holders.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length > 1)
            {
                break;
            }

            own.Add(commit);
        }

        return own;
    }

    private static async Task<IReadOnlyList<PushedCommit>> DescribeAsync(
        ForgeRepository repository,
        string[] range,
        CancellationToken cancellationToken
    ) => await DescribeAsync(repository, await repository.Git.LogAsync(cancellationToken, range), cancellationToken);

    private static async Task<IReadOnlyList<PushedCommit>> DescribeAsync(
        ForgeRepository repository,
        IEnumerable<CommitDetails> log,
        CancellationToken cancellationToken
    )
    {
        List<PushedCommit> described = [];
        foreach (var commit in log.Take(Dialect.MaxPayloadCommits))
        {
            var files = await repository.Git.TouchedAsync(commit.Sha, cancellationToken);
            described.Add(new PushedCommit(Summary(commit), files));
        }

        return described;
    }

    private static CommitSummary Summary(CommitDetails commit) =>
        new(commit.Sha, commit.Message, commit.Author, commit.Committer, commit.Author.When);

    private void EmitPush(PushFacts facts) =>
        _ = Emit(facts.Repository, "push", "push", "push", () => Dialect.Push(facts));

    private void EmitCreateOrDelete(ForgeRepository repository, RefChange change, ForgeUser pusher)
    {
        if (change.IsCreate)
        {
            _ = Emit(repository, "create", "create", "create", () => Dialect.Create(repository, change, pusher));
        }
        else if (change.IsDelete)
        {
            _ = Emit(repository, "delete", "delete", "delete", () => Dialect.Delete(repository, change, pusher));
        }
    }
}
