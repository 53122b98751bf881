using Bascule.Connectors.Outbound;
using Bascule.Core;
using Bascule.Core.Forges;

namespace Bascule.Connectors.Forges.Gogs;

/// <summary>Gogs in Core's words. It keeps no commit statuses; red and green are told by issues.</summary>
internal sealed class GogsForge(
    string name,
    GogsOptions options,
    ForgeCredential credential,
    GogsClient client,
    GogsRotation rotation
) : IForge, IIssues, IPullRequests, IComparePages, ICommitAccounts, IAccountKeys, ICredentialHolder
{
    private static readonly string[] Events = ["push", "create", "delete", "pull_request"];

    public string Kind => GogsDefaults.Kind;

    public string Name => name;

    public IReadOnlyList<string> WebhookEvents => Events;

    public Uri Url => options.Url;

    public ForgeCredential Credential => credential;

    public ICredentialRotation Rotation => rotation;

    public IWebhookReader Webhooks { get; } = new GogsWebhook();

    public static GogsForge Open(
        string name,
        GogsOptions options,
        TimeProvider time,
        Action<string>? detail,
        HttpMessageHandler? handler = null
    )
    {
        var credential = new ForgeCredential(options.Token is { } token ? new ForgeSecret(token) : null);
        var http = new OutboundClient(
            new OutboundOptions
            {
                Subject = $"forge '{name}'",
                Url = options.Url,
                CaFile = options.CaFile,
                Credential = new TokenHeader(name, credential),
                Time = time,
                Detail = detail,
                Handler = handler,
            }
        );
        return new(
            name,
            options,
            credential,
            new GogsClient(http),
            new GogsRotation(name, options.Administrator, http)
        );
    }

    public Uri ComparePageOf(ForgeRepository repository, RefName head, RefName target) =>
        new(
            Url.AbsoluteUri.TrimEnd('/')
                + OutboundPath.Of($"/{repository.Owner}/{repository.Name}/compare/")
                + ForgeNames.BranchPath(target)
                + "..."
                + ForgeNames.BranchPath(head)
        );

    /// <summary>Gogs has no call that tells its version.</summary>
    public async Task<Result<ForgeIdentity>> IdentifyAsync(CancellationToken cancellationToken)
    {
        var user = await client.UserAsync(cancellationToken);
        return user.Failed(out var problem)
            ? problem
            : new ForgeIdentity(new ForgeAccount(user.Value.Id, user.Value.Username), null);
    }

    public async Task<Result<ForgeRepository>> FindRepositoryAsync(
        string owner,
        string name,
        CancellationToken cancellationToken
    )
    {
        if (!ForgeNames.IsName(owner) || !ForgeNames.IsName(name))
            return ForgeNames.NoSuchName(owner, name);
        var found = await client.RepositoryAsync(owner, name, cancellationToken);
        return found.Failed(out var problem) ? problem : Repository(found.Value);
    }

    public async Task<Result<IReadOnlyList<ForgeRepository>>> ListRepositoriesAsync(CancellationToken cancellationToken)
    {
        var listed = await client.RepositoriesAsync(cancellationToken);
        if (listed.Failed(out var problem))
            return problem;
        var repositories = listed.Value.ConvertAll(Repository);
        return repositories.Find(repository => repository.Problem is not null)?.Problem is { } wrong
            ? wrong
            : Result.Of<IReadOnlyList<ForgeRepository>>([.. repositories.Select(repository => repository.Value)]);
    }

    /// <summary>Gogs does not page this list: the first page is all of it.</summary>
    public async Task<Result<RepositoryPage>> ListRepositoriesAsync(int page, CancellationToken cancellationToken)
    {
        if (page > 1)
            return new RepositoryPage([], IsLast: true);
        var listed = await ListRepositoriesAsync(cancellationToken);
        return listed.Failed(out var problem) ? problem : new RepositoryPage(listed.Value, IsLast: true);
    }

    public GitAccess AccessTo(ForgeRepository repository) =>
        ForgeLogins.Access(ForgeNames.GitUrl(Url, repository), options.CaFile, credential, Login);

    /// <summary>A token is a user name with an empty password; as a password it is refused (recorded in git_http).</summary>
    private static GitLogin Login(ForgeSecret secret) =>
        secret is { Account: { } account, Password: { } password }
            ? new(account, password)
            : new(secret.Token.Reveal(), new Secret(""));

    public async Task<Result<IReadOnlyList<RegisteredWebhook>>> ListWebhooksAsync(
        ForgeRepository repository,
        CancellationToken cancellationToken
    )
    {
        var hooks = await client.HooksAsync(repository, cancellationToken);
        return hooks.Failed(out var problem)
            ? problem
            : Result.Of<IReadOnlyList<RegisteredWebhook>>(hooks.Value.ConvertAll(Webhook));
    }

    public async Task<Result<RegisteredWebhook>> RegisterWebhookAsync(
        ForgeRepository repository,
        Uri target,
        Secret secret,
        CancellationToken cancellationToken
    )
    {
        if (secret.IsEmpty)
            return Problem.Invalid($"forge '{name}': a webhook without a secret is never registered; make one");
        var config = new NewHookConfig(target.AbsoluteUri, "json", secret.Reveal());
        var hook = new NewHook(GogsDefaults.Kind, config, Events, Active: true);
        var added = await client.AddHookAsync(repository, hook, cancellationToken);
        return added.Failed(out var problem) ? problem : Webhook(added.Value);
    }

    public Task<Result<Done>> DeleteWebhookAsync(
        ForgeRepository repository,
        long webhookId,
        CancellationToken cancellationToken
    ) => client.DeleteHookAsync(repository, webhookId, cancellationToken);

    public async Task<Result<PullRequestStanding>> FindPullRequestAsync(
        ForgeRepository repository,
        long number,
        CancellationToken cancellationToken
    )
    {
        var found = await client.PullIssueAsync(repository, number, cancellationToken);
        if (found.Failed(out var problem))
            return problem;
        if (found.Value.PullRequest is not { } pull)
            return Problem.NotFound($"{repository.FullName}#{number} is an issue, not a pull request");
        var ended = pull.Merged ? PullRequestState.Merged : PullRequestState.Closed;
        return new PullRequestStanding(found.Value.State == "open" ? PullRequestState.Open : ended, MergeCommit: null);
    }

    public async Task<Result<IReadOnlyList<Comment>>> ListCommentsAsync(
        ForgeRepository repository,
        long number,
        CancellationToken cancellationToken
    )
    {
        var comments = await client.CommentsAsync(repository, number, cancellationToken);
        return comments.Failed(out var problem)
            ? problem
            : Result.Of<IReadOnlyList<Comment>>(comments.Value.ConvertAll(Listed));
    }

    public async Task<Result<Comment>> AddCommentAsync(
        ForgeRepository repository,
        long number,
        string markdown,
        CancellationToken cancellationToken
    )
    {
        var added = await client.AddCommentAsync(repository, number, markdown, cancellationToken);
        return added.Failed(out var problem) ? problem : Comment(added.Value);
    }

    public async Task<Result<Comment>> EditCommentAsync(
        ForgeRepository repository,
        long commentId,
        string markdown,
        CancellationToken cancellationToken
    )
    {
        var edited = await client.EditCommentAsync(repository, commentId, markdown, cancellationToken);
        return edited.Failed(out var problem) ? problem : Comment(edited.Value);
    }

    public async Task<Result<long>> OpenIssueAsync(
        ForgeRepository repository,
        string title,
        string markdown,
        CancellationToken cancellationToken
    )
    {
        var opened = await client.OpenIssueAsync(repository, new NewIssue(title, markdown), cancellationToken);
        return opened.Failed(out var problem) ? problem : opened.Value.Number;
    }

    public async Task<Result<Done>> SetIssueStateAsync(
        ForgeRepository repository,
        long number,
        bool open,
        string markdown,
        CancellationToken cancellationToken
    )
    {
        var commented = await client.AddCommentAsync(repository, number, markdown, cancellationToken);
        if (commented.Failed(out var problem))
            return problem;
        var set = await client.SetIssueStateAsync(repository, number, open, cancellationToken);
        return set.Failed(out var refused) ? refused : Result.Done;
    }

    public async Task<Result<CommitAccounts>> FindCommitAccountsAsync(
        ForgeRepository repository,
        CommitId commit,
        CancellationToken cancellationToken
    )
    {
        var found = await client.CommitAsync(repository, commit, cancellationToken);
        return found.Failed(out var problem)
            ? problem
            : new CommitAccounts(Account(found.Value.Author), Account(found.Value.Committer));
    }

    /// <summary>It keeps no OpenPGP keys.</summary>
    public async Task<Result<IReadOnlyList<AccountKey>>> ListKeysAsync(
        ForgeAccount account,
        CancellationToken cancellationToken
    )
    {
        if (!ForgeNames.IsName(account.Login))
            return ForgeKeys.NoSuchAccount(Name, account);
        var user = await client.UserAsync(account.Login, cancellationToken);
        if (user.Failed(out var unknown))
            return unknown;
        if (user.Value.Id != account.Id)
            return ForgeKeys.AnotherAccount(Name, account);
        var keys = await client.KeysAsync(account.Login, cancellationToken);
        return keys.Failed(out var unread)
            ? unread
            : Result.Of<IReadOnlyList<AccountKey>>([
                .. keys.Value.Select(key => ForgeKeys.Ssh(key.Key, key.Title)).OfType<AccountKey>(),
            ]);
    }

    private static ForgeAccount? Account(ApiUser? user) =>
        user is { Id: > 0 } known ? new ForgeAccount(known.Id, known.Username) : null;

    private Result<ForgeRepository> Repository(ApiRepository found) =>
        ForgeNames.IsName(found.Owner.Username) && ForgeNames.IsName(found.Name)
            ? new ForgeRepository
            {
                Id = found.Id,
                Owner = found.Owner.Username,
                Name = found.Name,
                DefaultBranch = found.DefaultBranch,
                Private = found.Private,
                CanAdminister = found.Permissions?.Admin ?? false,
                UpdatedAt = found.UpdatedAt,
            }
            : Problem.Invalid($"forge '{name}': repository {found.Id} has a name that no repository can have");

    private static RegisteredWebhook Webhook(ApiHook hook) =>
        new(hook.Id, hook.Config.Url ?? "", hook.Active, hook.Events ?? []);

    private static Comment Comment(ApiComment comment) => new(comment.Id, comment.User.Id, comment.Body);

    /// <summary>Only lists tell the times: answers to a change hold none, or old ones (recorded).</summary>
    private static Comment Listed(ApiComment comment) =>
        Comment(comment) with
        {
            Author = comment.User.Username,
            CreatedAt = comment.CreatedAt,
            UpdatedAt = comment.UpdatedAt,
        };
}
