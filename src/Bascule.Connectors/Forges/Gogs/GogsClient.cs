using Bascule.Connectors.Outbound;
using Bascule.Core;
using Bascule.Core.Forges;

namespace Bascule.Connectors.Forges.Gogs;

/// <summary>The calls to the server's API. It does not page what we ask for: every list comes whole.</summary>
internal sealed class GogsClient(OutboundClient http)
{
    public Task<Result<ApiUser>> UserAsync(CancellationToken cancellationToken) =>
        http.CallAsync(
            OutboundRequest.Get("/api/v1/user", "ask who the token is"),
            GogsJson.Default.ApiUser,
            cancellationToken
        );

    public Task<Result<ApiRepository>> RepositoryAsync(
        string owner,
        string name,
        CancellationToken cancellationToken
    ) =>
        http.CallAsync(
            OutboundRequest.Get(OutboundPath.Of($"/api/v1/repos/{owner}/{name}"), $"find repository {owner}/{name}"),
            GogsJson.Default.ApiRepository,
            cancellationToken
        );

    public Task<Result<List<ApiRepository>>> RepositoriesAsync(CancellationToken cancellationToken) =>
        http.CallAsync(
            OutboundRequest.Get("/api/v1/user/repos", "list repositories"),
            GogsJson.Default.ListApiRepository,
            cancellationToken
        );

    public Task<Result<List<ApiHook>>> HooksAsync(ForgeRepository on, CancellationToken cancellationToken) =>
        http.CallAsync(
            OutboundRequest.Get(Path(on, "/hooks"), $"list webhooks of {on.FullName}"),
            GogsJson.Default.ListApiHook,
            cancellationToken
        );

    public Task<Result<ApiHook>> AddHookAsync(ForgeRepository on, NewHook hook, CancellationToken cancellationToken) =>
        http.CallAsync(
            OutboundRequest.Send(
                HttpMethod.Post,
                Path(on, "/hooks"),
                $"register a webhook on {on.FullName}",
                hook,
                GogsJson.Default.NewHook
            ),
            GogsJson.Default.ApiHook,
            cancellationToken
        );

    public Task<Result<Done>> DeleteHookAsync(ForgeRepository on, long id, CancellationToken cancellationToken) =>
        http.CallAsync(
            new OutboundRequest(
                HttpMethod.Delete,
                Path(on, OutboundPath.Of($"/hooks/{id}")),
                $"delete webhook {id} of {on.FullName}"
            ),
            cancellationToken
        );

    public Task<Result<ApiPullIssue>> PullIssueAsync(
        ForgeRepository on,
        long number,
        CancellationToken cancellationToken
    ) =>
        http.CallAsync(
            OutboundRequest.Get(
                Path(on, OutboundPath.Of($"/issues/{number}")),
                $"find pull request {on.FullName}#{number}"
            ),
            GogsJson.Default.ApiPullIssue,
            cancellationToken
        );

    public Task<Result<List<ApiComment>>> CommentsAsync(
        ForgeRepository on,
        long number,
        CancellationToken cancellationToken
    ) =>
        OfIssueAsync(
            on,
            number,
            http.CallAsync(
                OutboundRequest.Get(
                    Path(on, OutboundPath.Of($"/issues/{number}/comments")),
                    $"list comments of {on.FullName}#{number}"
                ),
                GogsJson.Default.ListApiComment,
                cancellationToken
            ),
            cancellationToken
        );

    public Task<Result<ApiComment>> AddCommentAsync(
        ForgeRepository on,
        long number,
        string body,
        CancellationToken cancellationToken
    ) =>
        OfIssueAsync(
            on,
            number,
            CommentAsync(
                HttpMethod.Post,
                Path(on, OutboundPath.Of($"/issues/{number}/comments")),
                $"comment on {on.FullName}#{number}",
                body,
                cancellationToken
            ),
            cancellationToken
        );

    public Task<Result<ApiComment>> EditCommentAsync(
        ForgeRepository on,
        long id,
        string body,
        CancellationToken cancellationToken
    ) =>
        CommentAsync(
            HttpMethod.Patch,
            Path(on, OutboundPath.Of($"/issues/comments/{id}")),
            $"edit comment {id} of {on.FullName}",
            body,
            cancellationToken
        );

    public Task<Result<ApiIssue>> OpenIssueAsync(
        ForgeRepository on,
        NewIssue issue,
        CancellationToken cancellationToken
    ) =>
        http.CallAsync(
            OutboundRequest.Send(
                HttpMethod.Post,
                Path(on, "/issues"),
                $"open an issue in {on.FullName}",
                issue,
                GogsJson.Default.NewIssue
            ),
            GogsJson.Default.ApiIssue,
            cancellationToken
        );

    public Task<Result<ApiIssue>> SetIssueStateAsync(
        ForgeRepository on,
        long number,
        bool open,
        CancellationToken cancellationToken
    ) =>
        http.CallAsync(
            OutboundRequest.Send(
                HttpMethod.Patch,
                Path(on, OutboundPath.Of($"/issues/{number}")),
                $"{(open ? "open" : "close")} issue {on.FullName}#{number}",
                new IssueState(open ? "open" : "closed"),
                GogsJson.Default.IssueState
            ),
            GogsJson.Default.ApiIssue,
            cancellationToken
        );

    public Task<Result<ApiCommit>> CommitAsync(
        ForgeRepository on,
        CommitId commit,
        CancellationToken cancellationToken
    ) =>
        http.CallAsync(
            OutboundRequest.Get(
                Path(on, OutboundPath.Of($"/commits/{commit.ToString()}")),
                $"ask whose commit {on.FullName}@{commit.Short} is"
            ),
            GogsJson.Default.ApiCommit,
            cancellationToken
        );

    public Task<Result<ApiUser>> UserAsync(string login, CancellationToken cancellationToken) =>
        http.CallAsync(
            OutboundRequest.Get(OutboundPath.Of($"/api/v1/users/{login}"), $"find account {login}"),
            GogsJson.Default.ApiUser,
            cancellationToken
        );

    public Task<Result<List<ApiPublicKey>>> KeysAsync(string login, CancellationToken cancellationToken) =>
        http.CallAsync(
            OutboundRequest.Get(OutboundPath.Of($"/api/v1/users/{login}/keys"), $"list SSH keys of {login}"),
            GogsJson.Default.ListApiPublicKey,
            cancellationToken
        );

    private Task<Result<ApiComment>> CommentAsync(
        HttpMethod method,
        string path,
        string doing,
        string body,
        CancellationToken cancellationToken
    ) =>
        http.CallAsync(
            OutboundRequest.Send(method, path, doing, new NewComment(body), GogsJson.Default.NewComment),
            GogsJson.Default.ApiComment,
            cancellationToken
        );

    /// <summary>Comments of an issue that is not there answer 500; this looks whether that was it.</summary>
    private async Task<Result<T>> OfIssueAsync<T>(
        ForgeRepository on,
        long number,
        Task<Result<T>> call,
        CancellationToken cancellationToken
    )
    {
        var result = await call;
        if (result.Problem is not { Code: ProblemCode.Unavailable })
            return result;
        var issue = await http.SendAsync(
            OutboundRequest.Get(Path(on, OutboundPath.Of($"/issues/{number}")), $"find {on.FullName}#{number}"),
            cancellationToken
        );
        return issue.Problem is null && issue.Value.Status == 404 ? ForgeAnswers.Refusal(issue.Value)! : result;
    }

    private static string Path(ForgeRepository on, string rest) =>
        OutboundPath.Of($"/api/v1/repos/{on.Owner}/{on.Name}") + rest;
}
