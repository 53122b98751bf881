namespace Bascule.Core.Forges;

/// <summary>
/// One connection to a Git hosting server. Safe to use from many tasks at once.
/// Every call answers Unavailable or Limited when trying again may help, Unauthenticated or Denied when the token is not good enough,
/// NotFound when the thing is not there (or hidden from us). No call follows a redirect or sends its credential to another origin.
/// What only some forges can do is a role of its own: <see cref="ICommitStatuses"/>, <see cref="IIssues"/>.
/// </summary>
public interface IForge
{
    /// <summary>gitea, gogs or forgejo.</summary>
    string Kind { get; }

    /// <summary>The name in the server's configuration.</summary>
    string Name { get; }

    /// <summary>The forge's own address, as configured, without a trailing slash.</summary>
    Uri Url { get; }

    IWebhookReader Webhooks { get; }

    /// <summary>Who the token is, and the server's version where it tells (Gogs does not). The call that <c>doctor</c> makes.</summary>
    Task<Result<ForgeIdentity>> IdentifyAsync(CancellationToken cancellationToken);

    Task<Result<ForgeRepository>> FindRepositoryAsync(string owner, string name, CancellationToken cancellationToken);

    /// <summary>Every repository that the token can see, all pages.</summary>
    Task<Result<IReadOnlyList<ForgeRepository>>> ListRepositoriesAsync(CancellationToken cancellationToken);

    /// <summary>The same, one page and one request at a time, for callers with a budget. A forge that does not page answers all at once.</summary>
    /// <param name="page">From 1.</param>
    Task<Result<RepositoryPage>> ListRepositoriesAsync(int page, CancellationToken cancellationToken);

    /// <summary>The address and credential for git itself; makes no call.</summary>
    GitAccess AccessTo(ForgeRepository repository);

    Task<Result<IReadOnlyList<RegisteredWebhook>>> ListWebhooksAsync(
        ForgeRepository repository,
        CancellationToken cancellationToken
    );

    /// <summary>What <see cref="RegisterWebhookAsync"/> asks for, as the forge lists it; it may list more.</summary>
    IReadOnlyList<string> WebhookEvents { get; }

    /// <summary>Registers an active JSON webhook for pushes, creations, deletions and pull requests. Refuses an empty secret (THREATS T02).</summary>
    Task<Result<RegisteredWebhook>> RegisterWebhookAsync(
        ForgeRepository repository,
        Uri target,
        Secret secret,
        CancellationToken cancellationToken
    );

    Task<Result<Done>> DeleteWebhookAsync(
        ForgeRepository repository,
        long webhookId,
        CancellationToken cancellationToken
    );

    Task<Result<IReadOnlyList<Comment>>> ListCommentsAsync(
        ForgeRepository repository,
        long number,
        CancellationToken cancellationToken
    );

    Task<Result<Comment>> AddCommentAsync(
        ForgeRepository repository,
        long number,
        string markdown,
        CancellationToken cancellationToken
    );

    /// <summary>NotFound when somebody deleted it; the caller then adds a new one.</summary>
    Task<Result<Comment>> EditCommentAsync(
        ForgeRepository repository,
        long commentId,
        string markdown,
        CancellationToken cancellationToken
    );
}

/// <param name="IsLast">No page after this one has a repository; a page that is empty always is.</param>
public sealed record RepositoryPage(IReadOnlyList<ForgeRepository> Repositories, bool IsLast);

/// <summary>Who a connection's token belongs to.</summary>
public sealed record ForgeIdentity(ForgeAccount Account, string? Version);

/// <summary>A webhook as the forge lists it; forges never show the secret again.</summary>
public sealed record RegisteredWebhook(long Id, string Target, bool Active, IReadOnlyList<string> Events);

/// <summary>A comment on a pull request or issue.</summary>
public sealed record Comment(long Id, long AuthorId, string Body)
{
    /// <summary>The author's name when it was listed; display only.</summary>
    public string Author { get; init; } = "";

    /// <summary>To the second, by the forge's clock; null where it does not say, and for a comment that was not listed.</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>The same as <see cref="CreatedAt"/> as long as nobody has edited it.</summary>
    public DateTimeOffset? UpdatedAt { get; init; }

    /// <summary>Brought here from another server, so that nobody here need have written it.</summary>
    public bool IsImported { get; init; }
}
