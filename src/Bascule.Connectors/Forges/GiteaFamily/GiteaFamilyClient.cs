using System.Globalization;
using System.Text.Json.Serialization.Metadata;
using Bascule.Connectors.Outbound;
using Bascule.Core;
using Bascule.Core.Forges;

namespace Bascule.Connectors.Forges.GiteaFamily;

/// <summary>The calls to the server's API: paths, pages, and what a failure means.</summary>
internal sealed class GiteaFamilyClient(OutboundClient http)
{
    /// <summary>The server's own default for the largest page; it may answer with fewer.</summary>
    private const int PageSize = 50;
    private const int MaxPages = 2000;

    public Task<Result<ApiUser>> UserAsync(CancellationToken cancellationToken) =>
        http.CallAsync(
            OutboundRequest.Get("/api/v1/user", "ask who the token is"),
            GiteaFamilyJson.Default.ApiUser,
            cancellationToken
        );

    public Task<Result<ApiVersion>> VersionAsync(CancellationToken cancellationToken) =>
        http.CallAsync(
            OutboundRequest.Get("/api/v1/version", "ask for the version"),
            GiteaFamilyJson.Default.ApiVersion,
            cancellationToken
        );

    public Task<Result<ApiRepository>> RepositoryAsync(
        string owner,
        string name,
        CancellationToken cancellationToken
    ) =>
        http.CallAsync(
            OutboundRequest.Get(OutboundPath.Of($"/api/v1/repos/{owner}/{name}"), $"find repository {owner}/{name}"),
            GiteaFamilyJson.Default.ApiRepository,
            cancellationToken
        );

    public Task<Result<IReadOnlyList<ApiRepository>>> RepositoriesAsync(CancellationToken cancellationToken) =>
        PagesAsync(
            "/api/v1/user/repos",
            "list repositories",
            ListOf(GiteaFamilyJson.Default.ListApiRepository),
            repository => repository.Id,
            cancellationToken
        );

    /// <summary>One page; servers cap its size as they like, so only the announced total, or an empty page, tells the end.</summary>
    public async Task<Result<(IReadOnlyList<ApiRepository> Items, bool IsLast)>> RepositoriesAsync(
        int page,
        CancellationToken cancellationToken
    )
    {
        var request = OutboundRequest.Get(Paged("/api/v1/user/repos", page), "list repositories");
        var sent = await http.SendAsync(request, cancellationToken);
        if (sent.Failed(out var problem))
            return problem;
        if (ForgeAnswers.Refusal(sent.Value) is { } refusal)
            return refusal;
        var items = ListOf(GiteaFamilyJson.Default.ListApiRepository)(sent.Value);
        if (items.Failed(out var unreadable))
            return unreadable;
        var isLast = items.Value.Count == 0 || (long)page * items.Value.Count >= Total(sent.Value);
        return (items.Value, isLast || page >= MaxPages);
    }

    public Task<Result<IReadOnlyList<ApiHook>>> HooksAsync(ForgeRepository on, CancellationToken cancellationToken) =>
        PagesAsync(
            Path(on, "/hooks"),
            $"list webhooks of {on.FullName}",
            ListOf(GiteaFamilyJson.Default.ListApiHook),
            hook => hook.Id,
            cancellationToken
        );

    public Task<Result<ApiHook>> AddHookAsync(ForgeRepository on, NewHook hook, CancellationToken cancellationToken) =>
        http.CallAsync(
            OutboundRequest.Send(
                HttpMethod.Post,
                Path(on, "/hooks"),
                $"register a webhook on {on.FullName}",
                hook,
                GiteaFamilyJson.Default.NewHook
            ),
            GiteaFamilyJson.Default.ApiHook,
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

    public Task<Result<Done>> TestHookAsync(ForgeRepository on, long id, CancellationToken cancellationToken) =>
        http.CallAsync(
            new OutboundRequest(
                HttpMethod.Post,
                Path(on, OutboundPath.Of($"/hooks/{id}/tests")),
                $"test webhook {id} of {on.FullName}"
            ),
            cancellationToken
        );

    public Task<Result<ApiPull>> PullAsync(ForgeRepository on, long number, CancellationToken cancellationToken) =>
        http.CallAsync(
            OutboundRequest.Get(
                Path(on, OutboundPath.Of($"/pulls/{number}")),
                $"find pull request {on.FullName}#{number}"
            ),
            GiteaFamilyJson.Default.ApiPull,
            cancellationToken
        );

    public Task<Result<IReadOnlyList<ApiListedPull>>> OpenPullsAsync(
        ForgeRepository on,
        CancellationToken cancellationToken
    ) =>
        PagesAsync(
            Path(on, "/pulls?state=open"),
            $"list open pull requests of {on.FullName}",
            ListOf(GiteaFamilyJson.Default.ListApiListedPull),
            pull => pull.Number,
            cancellationToken
        );

    public Task<Result<ApiOpenedPull>> OpenPullAsync(
        ForgeRepository on,
        NewPull pull,
        CancellationToken cancellationToken
    ) =>
        http.CallAsync(
            OutboundRequest.Send(
                HttpMethod.Post,
                Path(on, "/pulls"),
                $"open a pull request of {on.FullName} from '{pull.Head}' into '{pull.Base}'",
                pull,
                GiteaFamilyJson.Default.NewPull
            ),
            GiteaFamilyJson.Default.ApiOpenedPull,
            cancellationToken
        );

    public async Task<Result<IReadOnlyList<ApiComment>>> CommentsAsync(
        ForgeRepository on,
        long number,
        CancellationToken cancellationToken
    )
    {
        var doing = $"list comments of {on.FullName}#{number}";
        var listed = await PagesAsync(
            Path(on, OutboundPath.Of($"/issues/{number}/comments")),
            doing,
            ListOf(GiteaFamilyJson.Default.ListApiComment),
            comment => comment.Id,
            cancellationToken
        );
        return await MissingAsync(listed.Problem, Issue(on, number), doing, cancellationToken) is { } missing
            ? missing
            : listed;
    }

    public async Task<Result<ApiComment>> AddCommentAsync(
        ForgeRepository on,
        long number,
        string body,
        CancellationToken cancellationToken
    )
    {
        var doing = $"comment on {on.FullName}#{number}";
        var path = Path(on, OutboundPath.Of($"/issues/{number}/comments"));
        var added = await CommentAsync(HttpMethod.Post, path, doing, body, cancellationToken);
        return await MissingAsync(added.Problem, Issue(on, number), doing, cancellationToken) is { } missing
            ? missing
            : added;
    }

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

    public async Task<Result<Done>> AddStatusAsync(
        ForgeRepository on,
        CommitId commit,
        NewStatus status,
        CancellationToken cancellationToken
    )
    {
        var doing = $"set status '{status.Context}' of {on.FullName}@{commit.Short}";
        var path = Path(on, OutboundPath.Of($"/statuses/{commit.ToString()}"));
        var set = await http.CallAsync(
            OutboundRequest.Send(HttpMethod.Post, path, doing, status, GiteaFamilyJson.Default.NewStatus),
            cancellationToken
        );
        var asked = Path(on, OutboundPath.Of($"/git/commits/{commit.ToString()}"));
        return await MissingAsync(set.Problem, asked, doing, cancellationToken) is { } missing ? missing : set;
    }

    /// <summary>The newest of each context; the plain list would be the whole history.</summary>
    public Task<Result<IReadOnlyList<ApiStatus>>> StatusesAsync(
        ForgeRepository on,
        CommitId commit,
        CancellationToken cancellationToken
    ) =>
        PagesAsync(
            Path(on, OutboundPath.Of($"/commits/{commit.ToString()}/status")),
            $"list statuses of {on.FullName}@{commit.Short}",
            Statuses,
            status => status.Context,
            cancellationToken
        );

    public Task<Result<IReadOnlyList<ApiReview>>> ReviewsAsync(
        ForgeRepository on,
        long number,
        CancellationToken cancellationToken
    ) =>
        PagesAsync(
            Path(on, OutboundPath.Of($"/pulls/{number}/reviews")),
            $"list reviews of {on.FullName}#{number}",
            ListOf(GiteaFamilyJson.Default.ListApiReview),
            review => review.Id,
            cancellationToken
        );

    public Task<Result<ApiCommit>> CommitAsync(
        ForgeRepository on,
        CommitId commit,
        CancellationToken cancellationToken
    ) =>
        http.CallAsync(
            OutboundRequest.Get(
                Path(on, OutboundPath.Of($"/git/commits/{commit.ToString()}")),
                $"ask whose commit {on.FullName}@{commit.Short} is"
            ),
            GiteaFamilyJson.Default.ApiCommit,
            cancellationToken
        );

    public Task<Result<ApiUser>> UserAsync(string login, CancellationToken cancellationToken) =>
        http.CallAsync(
            OutboundRequest.Get(OutboundPath.Of($"/api/v1/users/{login}"), $"find account {login}"),
            GiteaFamilyJson.Default.ApiUser,
            cancellationToken
        );

    public Task<Result<ApiPermission>> PermissionAsync(
        ForgeRepository repository,
        string login,
        CancellationToken cancellationToken
    ) =>
        http.CallAsync(
            OutboundRequest.Get(
                OutboundPath.Of($"/api/v1/repos/{repository.Owner}/{repository.Name}/collaborators/{login}/permission"),
                $"ask what {login} may do with {repository.FullName}"
            ),
            GiteaFamilyJson.Default.ApiPermission,
            cancellationToken
        );

    public Task<Result<IReadOnlyList<ApiPublicKey>>> KeysAsync(string login, CancellationToken cancellationToken) =>
        PagesAsync(
            OutboundPath.Of($"/api/v1/users/{login}/keys"),
            $"list SSH keys of {login}",
            ListOf(GiteaFamilyJson.Default.ListApiPublicKey),
            key => key.Id,
            cancellationToken
        );

    public Task<Result<IReadOnlyList<ApiGpgKey>>> GpgKeysAsync(string login, CancellationToken cancellationToken) =>
        PagesAsync(
            OutboundPath.Of($"/api/v1/users/{login}/gpg_keys"),
            $"list OpenPGP keys of {login}",
            ListOf(GiteaFamilyJson.Default.ListApiGpgKey),
            key => key.Id,
            cancellationToken
        );

    private static Result<IReadOnlyList<ApiStatus>> Statuses(OutboundAnswer answer)
    {
        var combined = answer.Read(GiteaFamilyJson.Default.ApiCombinedStatus);
        return combined.Failed(out var problem) ? problem : Result.Of(combined.Value.Statuses ?? []);
    }

    private static Func<OutboundAnswer, Result<IReadOnlyList<T>>> ListOf<T>(JsonTypeInfo<List<T>> type) =>
        answer =>
        {
            var list = answer.Read(type);
            return list.Failed(out var problem) ? problem : Result.Of<IReadOnlyList<T>>(list.Value);
        };

    private Task<Result<ApiComment>> CommentAsync(
        HttpMethod method,
        string path,
        string doing,
        string body,
        CancellationToken cancellationToken
    ) =>
        http.CallAsync(
            OutboundRequest.Send(method, path, doing, new NewComment(body), GiteaFamilyJson.Default.NewComment),
            GiteaFamilyJson.Default.ApiComment,
            cancellationToken
        );

    /// <summary>
    /// Where the thing acted upon is not there the server answers 500, as if trying again could help; so the thing itself is asked for.
    /// Null unless that is what happened.
    /// </summary>
    private async Task<Problem?> MissingAsync(
        Problem? problem,
        string path,
        string doing,
        CancellationToken cancellationToken
    )
    {
        if (problem is not { Code: ProblemCode.Unavailable })
            return null;
        var answer = await http.SendAsync(OutboundRequest.Get(path, doing), cancellationToken);
        return answer.Problem is null && answer.Value.Status == 404 ? ForgeAnswers.Refusal(answer.Value) : null;
    }

    /// <summary>Pages until the announced total is there or a page brings nothing new: servers cap the page size as they like.</summary>
    private async Task<Result<IReadOnlyList<T>>> PagesAsync<T, TKey>(
        string path,
        string doing,
        Func<OutboundAnswer, Result<IReadOnlyList<T>>> read,
        Func<T, TKey> key,
        CancellationToken cancellationToken
    )
    {
        var (found, seen) = (new List<T>(), new HashSet<TKey>());
        for (var page = 1; page <= MaxPages; page++)
        {
            var sent = await http.SendAsync(OutboundRequest.Get(Paged(path, page), doing), cancellationToken);
            if (sent.Failed(out var problem))
                return problem;
            if (ForgeAnswers.Refusal(sent.Value) is { } refusal)
                return refusal;
            var items = read(sent.Value);
            if (items.Failed(out var unreadable))
                return unreadable;
            var before = found.Count;
            found.AddRange(items.Value.Where(item => seen.Add(key(item))));
            if (found.Count == before || found.Count >= Total(sent.Value))
                return Result.Of<IReadOnlyList<T>>(found);
        }
        return Problem.Invalid($"{http.Subject}: cannot {doing}: there are more than {MaxPages} pages");
    }

    private static long Total(OutboundAnswer answer) =>
        answer.Headers.TryGetValue("X-Total-Count", out var text)
        && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var total)
            ? total
            : long.MaxValue;

    private static string Paged(string path, int page) =>
        path
        + (path.Contains('?', StringComparison.Ordinal) ? "&" : "?")
        + OutboundPath.Of($"limit={PageSize}&page={page}");

    private static string Issue(ForgeRepository on, long number) => Path(on, OutboundPath.Of($"/issues/{number}"));

    private static string Path(ForgeRepository on, string rest) =>
        OutboundPath.Of($"/api/v1/repos/{on.Owner}/{on.Name}") + rest;
}
