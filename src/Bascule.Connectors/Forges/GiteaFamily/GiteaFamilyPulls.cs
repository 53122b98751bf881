using Bascule.Core;
using Bascule.Core.Forges;

namespace Bascule.Connectors.Forges.GiteaFamily;

/// <summary>Pull requests in Core's words.</summary>
internal sealed class GiteaFamilyPulls(GiteaFamilyClient client)
{
    public async Task<Result<PullRequestStanding>> FindAsync(
        ForgeRepository repository,
        long number,
        CancellationToken cancellationToken
    )
    {
        var found = await client.PullAsync(repository, number, cancellationToken);
        if (found.Failed(out var problem))
            return problem;
        if (found.Value.Merged)
            return new PullRequestStanding(
                PullRequestState.Merged,
                CommitId.TryParse(found.Value.MergeCommitSha ?? "", out var merge) ? merge : null
            );
        return new PullRequestStanding(
            found.Value.State == "open" ? PullRequestState.Open : PullRequestState.Closed,
            MergeCommit: null
        );
    }

    public async Task<Result<long?>> FindOpenAsync(
        ForgeRepository repository,
        RefName head,
        RefName target,
        CancellationToken cancellationToken
    )
    {
        var listed = await client.OpenPullsAsync(repository, cancellationToken);
        if (listed.Failed(out var problem))
            return problem;
        // A fork may have a branch of the same name.
        var found = listed.Value.FirstOrDefault(pull =>
            pull.State == "open"
            && pull.Head == new ApiPullEnd(head.ShortName, repository.Id)
            && pull.Base == new ApiPullEnd(target.ShortName, repository.Id)
        );
        return Result.Of(found?.Number);
    }

    public async Task<Result<long>> OpenAsync(
        ForgeRepository repository,
        NewPullRequest pullRequest,
        CancellationToken cancellationToken
    )
    {
        var pull = new NewPull(
            pullRequest.Head.ShortName,
            pullRequest.Target.ShortName,
            pullRequest.Title,
            pullRequest.Markdown
        );
        var opened = await client.OpenPullAsync(repository, pull, cancellationToken);
        return opened.Failed(out var problem) ? problem : opened.Value.Number;
    }
}
