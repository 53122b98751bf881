using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Bascule.Connectors.Forges.Hooks;

namespace Bascule.Connectors.Forges.GiteaFamily;

internal sealed record ApiUser(long Id, string Login);

/// <param name="Permission">none, read, write, admin or owner; of everything that the account is a member of.</param>
internal sealed record ApiPermission(string Permission, ApiUser? User);

/// <param name="Sha1">The token itself; empty in lists.</param>
internal sealed record ApiToken(long Id, string Name, string? Sha1)
{
    /// <summary>Null before there were scopes.</summary>
    public IReadOnlyList<string>? Scopes { get; init; }
}

internal sealed record NewToken(string Name, IReadOnlyList<string> Scopes);

internal sealed record ApiVersion(string Version);

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

    /// <summary>Who wrote it where it was imported from; empty for what was written here.</summary>
    public string? OriginalAuthor { get; init; }
}

internal sealed record NewComment(string Body);

internal sealed record ApiPull
{
    public required string State { get; init; }
    public required bool Merged { get; init; }
    public string? MergeCommitSha { get; init; }
}

internal sealed record ApiListedPull
{
    public required long Number { get; init; }
    public required string State { get; init; }
    public required ApiPullEnd Head { get; init; }
    public required ApiPullEnd Base { get; init; }
}

/// <param name="Ref">A branch without <c>refs/heads/</c>, or <c>refs/pull/NUMBER/head</c> where the branch is gone.</param>
internal sealed record ApiPullEnd(string Ref, long RepoId);

internal sealed record NewPull(string Head, string Base, string Title, string Body);

internal sealed record ApiOpenedPull(long Number);

internal sealed record NewStatus(string State, string Context, string Description, string TargetUrl);

internal sealed record ApiStatus
{
    public required string Status { get; init; }
    public required string Context { get; init; }
    public required string Description { get; init; }

    /// <summary>Null when the account is gone.</summary>
    public ApiUser? Creator { get; init; }
}

/// <param name="Statuses">Null for a commit without any.</param>
internal sealed record ApiCombinedStatus(IReadOnlyList<ApiStatus>? Statuses);

internal sealed record ApiReview
{
    public required long Id { get; init; }

    /// <summary>Null when the account is gone, or a team was asked.</summary>
    public ApiUser? User { get; init; }
    public required string State { get; init; }
    public string? CommitId { get; init; }

    // A server that does not say so has not said that it counts.
    public bool Official { get; init; }
    public bool Stale { get; init; } = true;
    public bool Dismissed { get; init; } = true;
    public DateTimeOffset SubmittedAt { get; init; }
}

/// <summary>Null where the server knows no account.</summary>
internal sealed record ApiCommit
{
    public ApiUser? Author { get; init; }
    public ApiUser? Committer { get; init; }
}

/// <summary>A rule that says no more than Bascule needs; servers know both spellings of the name.</summary>
internal sealed record NewProtection(
    string BranchName,
    bool EnablePush,
    bool EnableStatusCheck,
    IReadOnlyList<string> StatusCheckContexts
);

internal sealed record EditedProtection(bool EnableStatusCheck, IReadOnlyList<string> StatusCheckContexts);

internal sealed record ApiBranch(bool Protected);

internal sealed record ApiPublicKey(long Id, string Key, string? Title);

/// <param name="PublicKey">The bare packet of the primary key: enough to name it, and not to check signatures by.</param>
internal sealed record ApiGpgKey(long Id, string KeyId, string PublicKey);

internal sealed record PullRequestPayload
{
    public string? Action { get; init; }
    public long? Number { get; init; }
    public HookPullRequest? PullRequest { get; init; }
    public HookRepository? Repository { get; init; }
    public HookAccount? Sender { get; init; }
}

internal sealed record HookPullRequest
{
    public long? Number { get; init; }
    public string? Title { get; init; }
    public HookAccount? User { get; init; }
    public bool Merged { get; init; }
    public string? MergeCommitSha { get; init; }
    public HookBranch? Base { get; init; }
    public HookBranch? Head { get; init; }
}

internal sealed record HookBranch
{
    public string? Ref { get; init; }
    public string? Sha { get; init; }
    public HookRepository? Repo { get; init; }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    MaxDepth = 32
)]
[JsonSerializable(typeof(ApiToken))]
[JsonSerializable(typeof(List<ApiToken>))]
[JsonSerializable(typeof(NewToken))]
[JsonSerializable(typeof(ApiUser))]
[JsonSerializable(typeof(ApiOAuthToken))]
[JsonSerializable(typeof(ApiOAuthError))]
[JsonSerializable(typeof(ApiPermission))]
[JsonSerializable(typeof(ApiVersion))]
[JsonSerializable(typeof(ApiRepository))]
[JsonSerializable(typeof(List<ApiRepository>))]
[JsonSerializable(typeof(ApiHook))]
[JsonSerializable(typeof(List<ApiHook>))]
[JsonSerializable(typeof(NewHook))]
[JsonSerializable(typeof(ApiComment))]
[JsonSerializable(typeof(List<ApiComment>))]
[JsonSerializable(typeof(NewComment))]
[JsonSerializable(typeof(ApiPull))]
[JsonSerializable(typeof(List<ApiListedPull>))]
[JsonSerializable(typeof(NewPull))]
[JsonSerializable(typeof(ApiOpenedPull))]
[JsonSerializable(typeof(NewStatus))]
[JsonSerializable(typeof(ApiStatus))]
[JsonSerializable(typeof(ApiCombinedStatus))]
[JsonSerializable(typeof(List<ApiReview>))]
[JsonSerializable(typeof(ApiCommit))]
[JsonSerializable(typeof(NewProtection))]
[JsonSerializable(typeof(EditedProtection))]
[JsonSerializable(typeof(ApiBranch))]
[JsonSerializable(typeof(List<JsonObject>))]
[JsonSerializable(typeof(List<ApiPublicKey>))]
[JsonSerializable(typeof(List<ApiGpgKey>))]
[JsonSerializable(typeof(PullRequestPayload))]
internal sealed partial class GiteaFamilyJson : JsonSerializerContext;
