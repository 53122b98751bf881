using Bascule.Simulators.Forges.Git;
using Bascule.Simulators.Forges.Shapes;

namespace Bascule.Simulators.Forges;

internal sealed partial class ForgeEngine
{
    /// <summary>Writes a real merge commit; the pull request's hook goes out first, the push follows.</summary>
    public async Task<string> MergePullAsync(Issue pull, ForgeUser doer, CancellationToken cancellationToken)
    {
        var repository = pull.Repository;
        var details = pull.Pull!;
        if (pull.IsClosed || details.IsMerged)
        {
            throw new ForgeRefusedException(details.IsMerged ? 405 : 404, "");
        }

        await repository.Writing.WaitAsync(cancellationToken);
        try
        {
            var baseTip = (await repository.Git.BranchTipAsync(details.BaseBranch, cancellationToken))!;
            var merge = await WriteMergeAsync(pull, doer, baseTip, cancellationToken);
            var name = "refs/heads/" + details.BaseBranch;
            await repository.Git.RunAsync(cancellationToken, "update-ref", name, merge, baseTip);
            MarkMerged(pull, doer, merge);
            _ = EmitPull(pull, "closed", doer);
            await MergePushedAsync(pull, doer, new RefChange(baseTip, merge, name), cancellationToken);
            return merge;
        }
        finally
        {
            repository.Writing.Release();
        }
    }

    private async Task<string> WriteMergeAsync(
        Issue pull,
        ForgeUser doer,
        string baseTip,
        CancellationToken cancellationToken
    )
    {
        var git = pull.Repository.Git;
        var details = pull.Pull!;
        var merged = await git.TryAsync(cancellationToken, "merge-tree", "--write-tree", baseTip, details.HeadSha);
        details.IsMergeable = merged.Succeeded;
        if (!merged.Succeeded)
        {
            throw new ForgeRefusedException(405, "Please try again later");
        }

        var name = doer.FullName.Length > 0 && !IsGogs ? doer.FullName : doer.Name;
        var identity = IsGogs ? Identity(name, doer.Email, "Gogs", "gogs@fake.local") : Identity(name, doer.Email);
        string[] command =
        [
            "commit-tree",
            merged.Output.Split('\n')[0],
            "-p",
            baseTip,
            "-p",
            details.HeadSha,
            "-F",
            "-",
        ];
        return await TreeCommandAsync(git, identity, MergeMessage(pull) + "\n", cancellationToken, command);
    }

    private string MergeMessage(Issue pull)
    {
        var details = pull.Pull!;
        var source = details.HeadRepository;
        if (IsGogs)
        {
            return $"Merge branch '{details.HeadBranch}' of {source.FullName} into {details.BaseBranch}";
        }

        var head = source == pull.Repository ? details.HeadBranch : $"{source.Owner.Name}:{details.HeadBranch}";
        return $"Merge pull request '{pull.Title}' (#{pull.Number}) from {head} into {details.BaseBranch}";
    }

    private void MarkMerged(Issue pull, ForgeUser doer, string merge)
    {
        var details = pull.Pull!;
        SetState(pull, isClosed: true);
        details.IsMerged = true;
        details.MergedAt = World.Now;
        details.MergedBy = doer;
        details.MergeCommit = merge;
        details.BaseSha = merge;
    }

    /// <summary>Gogs writes this push by hand: before is the merge base, compare ends at the head, pusher is the head's owner.</summary>
    private async Task MergePushedAsync(
        Issue pull,
        ForgeUser doer,
        RefChange change,
        CancellationToken cancellationToken
    )
    {
        var repository = pull.Repository;
        var details = pull.Pull!;
        if (!IsGogs)
        {
            await PushedAsync(repository, [change], doer, cancellationToken);
            return;
        }

        var log = await repository.Git.LogAsync(cancellationToken, $"{details.MergeBase}..{details.HeadSha}");
        var merge = (await repository.Git.CommitAsync(change.After, cancellationToken))!;
        var commits = await DescribeAsync(repository, [merge, .. log], cancellationToken);
        var written = change with { Before = details.MergeBase };
        var compare = Dialect.CompareUrl(BaseUrl, repository, details.MergeBase, details.HeadSha);
        EmitPush(
            new PushFacts(repository, written, doer, commits, null, compare) { Pusher = details.HeadRepository.Owner }
        );
        repository.Updated = World.Now;
        await BranchMovedAsync(repository, change, doer, cancellationToken);
    }
}
