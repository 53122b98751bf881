using System.Text.Json.Serialization;
using Bascule.Connectors.Forges.Hooks;

namespace Bascule.Connectors.Forges.Gogs;

internal sealed record ApiUser(long Id, string Username);

/// <summary>Gogs shows the token itself whenever it lists them.</summary>
internal sealed record ApiToken(string Name, string Sha1);

internal sealed record NewToken(string Name);

/// <param name="Email">Only to who is signed in.</param>
internal sealed record ApiAccount(long Id, string? FullName, string? Email);

/// <summary>What is left out of it Gogs empties.</summary>
internal sealed record AccountChange(string Email, string FullName, string Password);

internal sealed record ApiPermissions(bool Admin);

internal sealed record ApiRepository
{
    public required long Id { get; init; }
    public required ApiUser Owner { get; init; }
    public required string Name { get; init; }
    public required string DefaultBranch { get; init; }
    public required bool Private { get; init; }
    public ApiPermissions? Permissions { get; init; }
    public DateTimeOffset? UpdatedAt { get; init; }
}

internal sealed record ApiHook
{
    public required long Id { get; init; }
    public required ApiHookConfig Config { get; init; }
    public required bool Active { get; init; }
    public IReadOnlyList<string>? Events { get; init; }
}

internal sealed record ApiHookConfig(string? Url);

internal sealed record NewHook(string Type, NewHookConfig Config, IReadOnlyList<string> Events, bool Active);

internal sealed record NewHookConfig(string Url, string ContentType, string Secret);

internal sealed record ApiComment
{
    public required long Id { get; init; }
    public required ApiUser User { get; init; }
    public required string Body { get; init; }
    public DateTimeOffset? CreatedAt { get; init; }
    public DateTimeOffset? UpdatedAt { get; init; }
}

internal sealed record NewComment(string Body);

internal sealed record ApiIssue
{
    public required long Number { get; init; }
}

/// <summary>A pull request as the issue that it is to the API; there is no other way to ask for one.</summary>
internal sealed record ApiPullIssue
{
    public required string State { get; init; }

    /// <summary>Null for a plain issue.</summary>
    public ApiPullMeta? PullRequest { get; init; }
}

internal sealed record ApiPullMeta(bool Merged);

internal sealed record ApiPublicKey(long Id, string Key, string? Title);

internal sealed record NewIssue(string Title, string Body);

internal sealed record IssueState(string State);

/// <summary>Null where the server knows no account.</summary>
internal sealed record ApiCommit
{
    public ApiUser? Author { get; init; }
    public ApiUser? Committer { get; init; }
}

internal sealed record PullRequestPayload
{
    public string? Action { get; init; }
    public long? Number { get; init; }
    public HookPullRequest? PullRequest { get; init; }
    public HookRepository? Repository { get; init; }
    public HookAccount? Sender { get; init; }
}

/// <summary>There is no head commit in it. There is a merge_commit_sha, but it is not the merge's (recorded: the head's).</summary>
internal sealed record HookPullRequest
{
    public long? Number { get; init; }
    public string? Title { get; init; }
    public HookAccount? User { get; init; }
    public bool Merged { get; init; }
    public string? HeadBranch { get; init; }
    public HookRepository? HeadRepo { get; init; }
    public string? BaseBranch { get; init; }
    public HookRepository? BaseRepo { get; init; }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    MaxDepth = 32
)]
[JsonSerializable(typeof(ApiUser))]
[JsonSerializable(typeof(ApiToken))]
[JsonSerializable(typeof(List<ApiToken>))]
[JsonSerializable(typeof(NewToken))]
[JsonSerializable(typeof(ApiAccount))]
[JsonSerializable(typeof(AccountChange))]
[JsonSerializable(typeof(List<ApiPublicKey>))]
[JsonSerializable(typeof(ApiRepository))]
[JsonSerializable(typeof(List<ApiRepository>))]
[JsonSerializable(typeof(ApiHook))]
[JsonSerializable(typeof(List<ApiHook>))]
[JsonSerializable(typeof(NewHook))]
[JsonSerializable(typeof(ApiComment))]
[JsonSerializable(typeof(List<ApiComment>))]
[JsonSerializable(typeof(NewComment))]
[JsonSerializable(typeof(ApiIssue))]
[JsonSerializable(typeof(ApiPullIssue))]
[JsonSerializable(typeof(NewIssue))]
[JsonSerializable(typeof(IssueState))]
[JsonSerializable(typeof(ApiCommit))]
[JsonSerializable(typeof(PullRequestPayload))]
internal sealed partial class GogsJson : JsonSerializerContext;
