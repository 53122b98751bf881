using Bascule.Core.Api;
using Bascule.Simulators.Forges;

namespace Bascule.Cli.Demo;

/// <summary>Reads back from the forge what Bascule wrote there, as somebody who looks at the pull request would see it.</summary>
internal sealed class ForgeReading(ForgeSimulator forge, ForgeRepository repository)
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private bool HasStatuses => forge.Flavour != ForgeFlavour.Gogs;

    /// <summary>Reports come a moment after the run has ended: waits until the forge shows both ends of the story, or patience ends.</summary>
    public async Task SettleAsync(Ending ending, CancellationToken cancellationToken)
    {
        var deadline = DateTimeOffset.UtcNow + Patience;
        while (DateTimeOffset.UtcNow < deadline)
        {
            var settled =
                StatusOf(ending.Merge, CommentOf(ending.PullRequest)) == "success"
                && (ending.Failed is null || ShowsFailure(ending.Failed));
            if (settled && CommentOf(ending.PullRequest).Contains("Merged as", StringComparison.Ordinal))
                return;
            await Task.Delay(Look, cancellationToken);
        }
    }

    public string CommentOf(long pullRequest) =>
        forge.Comments(repository, pullRequest) is { Count: > 0 } comments ? comments[0].Body : "";

    /// <summary>The commit's own status; on Gogs, which has none, what the comment says of the merge.</summary>
    public string StatusOf(string commit, string comment)
    {
        if (HasStatuses)
            return NewestOf(commit)?.State ?? "pending";
        var line = comment
            .Split('\n')
            .FirstOrDefault(line => line.Contains($"Merged as `{commit[..8]}`", StringComparison.Ordinal));
        return line switch
        {
            null => "pending",
            _ when line.Contains("succeeded", StringComparison.Ordinal) => "success",
            _ when line.Contains("failed", StringComparison.Ordinal) => "failure",
            _ when line.Contains("refused", StringComparison.Ordinal) => "error",
            _ => "pending",
        };
    }

    /// <summary>A failure status on the commit; on Gogs the red issue.</summary>
    public bool ShowsFailure(RunDetail failed) =>
        HasStatuses
            ? NewestOf(failed.Run.Commit)?.State == "failure"
            : forge
                .Issues(repository)
                .Any(issue => issue is { State: "open" } && issue.Title.Contains("red", StringComparison.Ordinal));

    /// <summary>By what the repository is told of a rollback: a pull request, on Gogs an issue with a link. Null when there is none in time.</summary>
    public async Task<string?> FindProposalAsync(string bad, CancellationToken cancellationToken)
    {
        var deadline = DateTimeOffset.UtcNow + Patience;
        while (DateTimeOffset.UtcNow < deadline)
        {
            if (ProposalOf(bad[..8]) is { } proposal)
                return proposal;
            await Task.Delay(Look, cancellationToken);
        }
        return null;
    }

    private string? ProposalOf(string bad)
    {
        if (forge.PullRequests(repository).FirstOrDefault(one => one.HeadBranch == $"bascule/revert-{bad}") is { } pull)
            return $"pull request {pull.Number}: {pull.Title} ({pull.HeadBranch} into {pull.BaseBranch})";
        var told = forge
            .Issues(repository)
            .FirstOrDefault(one => one.Body.Contains($"bascule/revert-{bad}", StringComparison.Ordinal));
        return told is null ? null : $"issue {told.Number}: {told.Title} (bascule/revert-{bad})";
    }

    private ForgeCommitStatus? NewestOf(string commit) =>
        forge
            .Statuses(repository, commit)
            .Where(status => status.Context.StartsWith("bascule/", StringComparison.Ordinal))
            .OrderByDescending(status => status.Id)
            .FirstOrDefault();
}
