using System.Text;
using Bascule.Connectors.Outbound;
using Bascule.Core;
using Bascule.Core.Forges;
using static Bascule.Connectors.Forges.GiteaFamily.GiteaFamilyReading;

namespace Bascule.Connectors.Forges.GiteaFamily;

/// <summary>Gitea or Forgejo in Core's words.</summary>
internal sealed class GiteaFamilyForge(
    GiteaFamilyMember member,
    string name,
    GiteaFamilyOptions options,
    ForgeCredential credential,
    GiteaFamilyClient client,
    GiteaFamilyProtection protection,
    OutboundClient http
)
    : IForge,
        ICommitStatuses,
        IPullRequests,
        IOpensPullRequests,
        IWebhookTests,
        IReviews,
        ICommitAccounts,
        IAccountProof,
        IAccountKeys,
        IAccountPermissions,
        IBranchProtection,
        ICredentialHolder
{
    /// <summary>Takes any user name when the password is a token (recorded in git_http).</summary>
    private const string GitUserName = "x-access-token";
    private const int MaxContextBytes = 255;
    private const int MaxDescription = 140;

    private static readonly string[] Events = ["push", "create", "delete", "pull_request", "pull_request_sync"];

    private readonly GiteaFamilyPulls _pulls = new(client);

    public string Kind => member.Kind;

    public string Name => name;

    public IReadOnlyList<string> WebhookEvents => Events;

    public Uri Url => options.Url;

    public ForgeCredential Credential => credential;

    public ICredentialRotation Rotation { get; } = new GiteaFamilyRotation(name, http);

    public IWebhookReader Webhooks { get; } = new GiteaFamilyWebhook(member.Signature);

    public static GiteaFamilyForge Open(
        GiteaFamilyMember member,
        string name,
        GiteaFamilyOptions options,
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
            member,
            name,
            options,
            credential,
            new GiteaFamilyClient(http),
            new GiteaFamilyProtection(http),
            http
        );
    }

    public bool CanProve => options.OAuth is not null;

    public Uri ProofAddress(Uri redirect, Secret state, string challenge) =>
        Client().Address(Url, redirect, state, challenge);

    public Task<Result<ForgeAccount>> ProveAsync(AccountCode code, CancellationToken cancellationToken) =>
        Client().ProveAsync(http, code, cancellationToken);

    public async Task<Result<ForgeIdentity>> IdentifyAsync(CancellationToken cancellationToken)
    {
        var user = await client.UserAsync(cancellationToken);
        if (user.Failed(out var problem))
            return problem;
        var version = await client.VersionAsync(cancellationToken);
        return new ForgeIdentity(
            new ForgeAccount(user.Value.Id, user.Value.Login),
            version.Problem is null ? version.Value.Version : null
        );
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
        return listed.Failed(out var problem) ? problem : Repositories(listed.Value);
    }

    public async Task<Result<RepositoryPage>> ListRepositoriesAsync(int page, CancellationToken cancellationToken)
    {
        var listed = await client.RepositoriesAsync(page, cancellationToken);
        if (listed.Failed(out var problem))
            return problem;
        var repositories = Repositories(listed.Value.Items);
        return repositories.Failed(out var wrong) ? wrong : new RepositoryPage(repositories.Value, listed.Value.IsLast);
    }

    public GitAccess AccessTo(ForgeRepository repository) =>
        ForgeLogins.Access(ForgeNames.GitUrl(Url, repository), options.CaFile, credential, Login);

    private static GitLogin Login(ForgeSecret secret) => new(GitUserName, secret.Token);

    public async Task<Result<IReadOnlyList<RegisteredWebhook>>> ListWebhooksAsync(
        ForgeRepository repository,
        CancellationToken cancellationToken
    )
    {
        var hooks = await client.HooksAsync(repository, cancellationToken);
        return hooks.Failed(out var problem)
            ? problem
            : Result.Of<IReadOnlyList<RegisteredWebhook>>([.. hooks.Value.Select(Webhook)]);
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
        var hook = new NewHook(member.WebhookType, config, Events, Active: true);
        var added = await client.AddHookAsync(repository, hook, cancellationToken);
        return added.Failed(out var problem) ? problem : Webhook(added.Value);
    }

    public Task<Result<Done>> DeleteWebhookAsync(
        ForgeRepository repository,
        long webhookId,
        CancellationToken cancellationToken
    ) => client.DeleteHookAsync(repository, webhookId, cancellationToken);

    public Task<Result<Done>> SendTestAsync(
        ForgeRepository repository,
        long webhookId,
        CancellationToken cancellationToken
    ) => client.TestHookAsync(repository, webhookId, cancellationToken);

    public Task<Result<PullRequestStanding>> FindPullRequestAsync(
        ForgeRepository repository,
        long number,
        CancellationToken cancellationToken
    ) => _pulls.FindAsync(repository, number, cancellationToken);

    public Task<Result<long?>> FindOpenPullRequestAsync(
        ForgeRepository repository,
        RefName head,
        RefName target,
        CancellationToken cancellationToken
    ) => _pulls.FindOpenAsync(repository, head, target, cancellationToken);

    public Task<Result<long>> OpenPullRequestAsync(
        ForgeRepository repository,
        NewPullRequest pullRequest,
        CancellationToken cancellationToken
    ) => _pulls.OpenAsync(repository, pullRequest, cancellationToken);

    public async Task<Result<IReadOnlyList<Comment>>> ListCommentsAsync(
        ForgeRepository repository,
        long number,
        CancellationToken cancellationToken
    )
    {
        var comments = await client.CommentsAsync(repository, number, cancellationToken);
        return comments.Failed(out var problem)
            ? problem
            : Result.Of<IReadOnlyList<Comment>>([.. comments.Value.Select(Listed)]);
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

    public Task<Result<Done>> SetStatusAsync(
        ForgeRepository repository,
        CommitId commit,
        CommitStatus status,
        CancellationToken cancellationToken
    ) =>
        Encoding.UTF8.GetByteCount(status.Context) is 0 or > MaxContextBytes
            ? Task.FromResult<Result<Done>>(
                Problem.Invalid(
                    $"forge '{name}': a status context has 1 to {MaxContextBytes} bytes; shorten the workflow's name"
                )
            )
            : client.AddStatusAsync(
                repository,
                commit,
                new NewStatus(
                    GiteaFamilyStates.Write(status.State),
                    status.Context,
                    Cut(status.Description),
                    status.Target?.AbsoluteUri ?? ""
                ),
                cancellationToken
            );

    public async Task<Result<IReadOnlyList<PostedStatus>>> ListStatusesAsync(
        ForgeRepository repository,
        CommitId commit,
        CancellationToken cancellationToken
    )
    {
        var listed = await client.StatusesAsync(repository, commit, cancellationToken);
        return listed.Failed(out var problem)
            ? problem
            : Result.Of<IReadOnlyList<PostedStatus>>([.. listed.Value.Select(Status)]);
    }

    private GiteaFamilyOAuth Client() =>
        options.OAuth ?? throw new InvalidOperationException($"forge '{name}' has no oauth; ask CanProve first");

    public async Task<Result<IReadOnlyList<PostedReview>>> ListReviewsAsync(
        ForgeRepository repository,
        long number,
        CancellationToken cancellationToken
    )
    {
        var listed = await client.ReviewsAsync(repository, number, cancellationToken);
        return listed.Failed(out var problem)
            ? problem
            : Result.Of<IReadOnlyList<PostedReview>>([.. listed.Value.Select(Review)]);
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
        var ssh = await client.KeysAsync(account.Login, cancellationToken);
        if (ssh.Failed(out var unread))
            return unread;
        var openPgp = await client.GpgKeysAsync(account.Login, cancellationToken);
        if (openPgp.Failed(out var unlisted))
            return unlisted;
        return Result.Of<IReadOnlyList<AccountKey>>([
            .. ssh.Value.Select(key => ForgeKeys.Ssh(key.Key, key.Title)).OfType<AccountKey>(),
            .. openPgp.Value.Select(key => ForgeKeys.OpenPgp(key.PublicKey, key.KeyId)).OfType<AccountKey>(),
        ]);
    }

    public async Task<Result<bool>> CanPushAsync(
        ForgeRepository repository,
        ForgeAccount account,
        CancellationToken cancellationToken
    )
    {
        if (!ForgeNames.IsName(account.Login))
            return false;
        var found = await client.PermissionAsync(repository, account.Login, cancellationToken);
        if (found.Failed(out var problem)) // Gitea before 1.17 has no such route: nobody is told to be allowed anything
            return problem.Code == ProblemCode.NotFound ? false : problem;
        return found.Value.User?.Id == account.Id && found.Value.Permission is ("write" or "admin" or "owner");
    }

    public Task<Result<BranchProtection?>> FindProtectionAsync(
        ForgeRepository repository,
        RefName branch,
        CancellationToken cancellationToken
    ) => protection.FindAsync(repository, branch, cancellationToken);

    public Task<Result<Done>> RequireStatusesAsync(
        ForgeRepository repository,
        RefName branch,
        IReadOnlyCollection<string> contexts,
        CancellationToken cancellationToken
    ) => protection.RequireAsync(repository, branch, contexts, cancellationToken);

    private Result<IReadOnlyList<ForgeRepository>> Repositories(IEnumerable<ApiRepository> found)
    {
        var repositories = found.Select(Repository).ToList();
        return repositories.Find(repository => repository.Problem is not null)?.Problem is { } wrong
            ? wrong
            : Result.Of<IReadOnlyList<ForgeRepository>>([.. repositories.Select(repository => repository.Value)]);
    }

    private Result<ForgeRepository> Repository(ApiRepository found) =>
        ForgeNames.IsName(found.Owner.Login) && ForgeNames.IsName(found.Name)
            ? new ForgeRepository
            {
                Id = found.Id,
                Owner = found.Owner.Login,
                Name = found.Name,
                DefaultBranch = found.DefaultBranch,
                Private = found.Private,
                CanAdminister = found.Permissions?.Admin ?? false,
                UpdatedAt = found.UpdatedAt,
            }
            : Problem.Invalid($"forge '{name}': repository {found.Id} has a name that no repository can have");

    private static string Cut(string text) =>
        text.Length <= MaxDescription ? text
        : char.IsHighSurrogate(text[MaxDescription - 2]) ? text[..(MaxDescription - 2)] + "…"
        : text[..(MaxDescription - 1)] + "…";
}
