using Bascule.Simulators.Forges;

namespace Bascule.Testing.Stage;

/// <summary>A repository at the stage's forge and the developer who works on it.</summary>
/// <param name="First">The commit that was pushed when it was made.</param>
public sealed record StageRepository(BasculeStage Stage, ForgeRepository Forge, Developer Developer, string First)
{
    public string FullName => Forge.FullName;

    /// <summary>A branch with one changed file, pushed, as a pull request into main.</summary>
    public async Task<ForgePullRequest> OpenPullRequestAsync(string branch)
    {
        await PushBranchAsync(branch);
        return await OpenAsync(branch);
    }

    /// <returns>The head's commit id.</returns>
    public async Task<string> PushBranchAsync(string branch)
    {
        await Developer.BranchAsync(branch);
        Developer.Write("data.csv", $"tenure,churned\n1,0\n# {branch}\n");
        return await Developer.CommitAndPushAsync($"Change the data in {branch}", branch);
    }

    public Task<ForgePullRequest> OpenAsync(string head) =>
        Stage.Forge.OpenPullRequestAsync(Forge, Developer.Name, head, "main", $"Please merge {head}");

    /// <returns>The new tip of main.</returns>
    public Task<string> PushChangeAsync(string text)
    {
        Developer.Write("data.csv", $"tenure,churned\n1,0\n# {text}\n");
        return Developer.CommitAndPushAsync($"Change the data: {text}");
    }

    /// <summary>As <see cref="PushChangeAsync"/>, from whatever branch the developer is on.</summary>
    public async Task<string> PushToMainAsync(string text)
    {
        await Developer.BranchAsync("main");
        return await PushChangeAsync(text);
    }

    /// <summary>Our newest word on a commit.</summary>
    public ForgeCommitStatus? StatusOf(string commit) =>
        Stage
            .Forge.Statuses(Forge, commit)
            .Where(status => status.Context.StartsWith("bascule/", StringComparison.Ordinal))
            .OrderByDescending(status => status.Id)
            .FirstOrDefault();

    public IReadOnlyList<ForgeComment> CommentsOn(ForgePullRequest pullRequest) =>
        Stage.Forge.Comments(Forge, pullRequest.Number);

    public Task WaitForStatusAsync(string commit, string state) =>
        Stage.WaitUntilAsync(
            $"status {state} on {commit}",
            () => StatusOf(commit) is { Creator: BasculeStage.BotName } status && status.State == state
        );

    /// <exception cref="TimeoutException">There was none; it tells what the comments say instead.</exception>
    public async Task WaitForCommentAsync(ForgePullRequest pullRequest, string text)
    {
        try
        {
            await Stage.WaitUntilAsync(
                $"'{text}' in a comment on pull request {pullRequest.Number}",
                () => CommentsOn(pullRequest).Any(comment => comment.Body.Contains(text, StringComparison.Ordinal))
            );
        }
        catch (TimeoutException vain)
        {
            var comments = CommentsOn(pullRequest).Select(comment => $"--- {comment.Author}\n{comment.Body}");
            throw new TimeoutException($"{vain.Message}\n{string.Join('\n', comments)}", vain);
        }
    }
}
