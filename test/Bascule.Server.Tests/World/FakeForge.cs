using System.Globalization;
using Bascule.Core;
using Bascule.Core.Forges;

namespace Bascule.Server.Tests.World;

/// <summary>A forge in memory that keeps comments and webhooks. What it keeps beside them is a role, as with real ones.</summary>
internal class FakeForge(string kind, IWebhookReader? webhooks = null)
    : IForge,
        IPullRequests,
        ICommitAccounts,
        IAccountKeys
{
    public static readonly ForgeAccount Bot = new(99, "bascule-bot");
    private long _ids = 100;

    public string Kind => kind;
    public string Name => "git";
    public IReadOnlyList<string> WebhookEvents { get; } = ["push"];
    public Uri Url { get; } = new("https://git.example.com");
    public IWebhookReader Webhooks { get; } = webhooks ?? new FakeWebhooks();

    /// <summary>Every call that changes something, in order.</summary>
    public List<string> Calls { get; } = [];
    public List<Comment> Comments { get; } = [];
    public List<RegisteredWebhook> Registered { get; } = [];

    /// <summary>What it lists. While that is nothing, it still finds the one that every test is about.</summary>
    public List<ForgeRepository> Repositories { get; } = [];

    /// <summary>Pages of repositories that were asked for.</summary>
    public int Listings { get; private set; }

    /// <summary>How often it was asked for one repository.</summary>
    public int Lookups { get; private set; }

    /// <summary>Answered to who asks for one repository while it is set.</summary>
    public Problem? LookupFailing { get; set; }

    /// <summary>Answered to every call while it is set.</summary>
    public Problem? Failing { get; set; }

    /// <summary>Answered to calls that change something while it is set.</summary>
    public Problem? Refusing { get; set; }

    /// <summary>Whose commits are whose; nobody's where it does not say.</summary>
    public Dictionary<CommitId, CommitAccounts> Commits { get; } = [];

    public Task<Result<CommitAccounts>> FindCommitAccountsAsync(
        ForgeRepository repository,
        CommitId commit,
        CancellationToken cancellationToken
    ) =>
        Task.FromResult<Result<CommitAccounts>>(
            Failing is { } problem ? problem : Commits.GetValueOrDefault(commit, new CommitAccounts(null, null))
        );

    /// <summary>What accounts show, by their ids.</summary>
    public Dictionary<long, List<AccountKey>> Keys { get; } = [];

    /// <summary>Answered to who asks for keys while it is set.</summary>
    public Problem? KeysFailing { get; set; }

    public Task<Result<IReadOnlyList<AccountKey>>> ListKeysAsync(
        ForgeAccount account,
        CancellationToken cancellationToken
    ) =>
        Task.FromResult(
            KeysFailing is { } problem
                ? problem
                : Result.Of<IReadOnlyList<AccountKey>>(Keys.GetValueOrDefault(account.Id, []))
        );

    /// <summary>How pull requests stand; those that are not here are open.</summary>
    public Dictionary<long, PullRequestStanding> Standings { get; } = [];

    /// <summary>Numbers of pull requests that were asked for.</summary>
    public List<long> Asked { get; } = [];

    public Task<Result<PullRequestStanding>> FindPullRequestAsync(
        ForgeRepository repository,
        long number,
        CancellationToken cancellationToken
    )
    {
        Asked.Add(number);
        return Task.FromResult<Result<PullRequestStanding>>(
            Failing is { } problem
                ? problem
                : Standings.GetValueOrDefault(number)
                    ?? new PullRequestStanding(PullRequestState.Open, MergeCommit: null)
        );
    }

    protected long NextId() => ++_ids;

    /// <summary>Notes the call and makes it, unless the forge is failing.</summary>
    protected Task<Result<T>> Do<T>(string call, Func<Result<T>> act)
    {
        Calls.Add(call);
        return Task.FromResult((Failing ?? Refusing) is { } problem ? problem : act());
    }

    public Task<Result<ForgeIdentity>> IdentifyAsync(CancellationToken cancellationToken) =>
        Task.FromResult<Result<ForgeIdentity>>(Failing is { } problem ? problem : new ForgeIdentity(Bot, "1.0"));

    public Task<Result<ForgeRepository>> FindRepositoryAsync(
        string owner,
        string name,
        CancellationToken cancellationToken
    )
    {
        Lookups++;
        if (LookupFailing is { } problem)
            return Task.FromResult<Result<ForgeRepository>>(problem);
        return Task.FromResult<Result<ForgeRepository>>(
            (Repositories.Count > 0 ? Repositories : [ServerWorld.Repository]).Find(repository =>
                repository.FullName == $"{owner}/{name}"
            )
                is { } found
                ? found
                : Problem.NotFound("no such repository")
        );
    }

    public Task<Result<IReadOnlyList<ForgeRepository>>> ListRepositoriesAsync(CancellationToken cancellationToken) =>
        Task.FromResult(
            Failing is { } problem ? problem : Result.Of<IReadOnlyList<ForgeRepository>>([.. Repositories])
        );

    /// <summary>Two to a page.</summary>
    public Task<Result<RepositoryPage>> ListRepositoriesAsync(int page, CancellationToken cancellationToken)
    {
        Listings++;
        var some = Repositories.Skip((page - 1) * 2).Take(2).ToList();
        return Task.FromResult<Result<RepositoryPage>>(
            Failing is { } problem ? problem : new RepositoryPage(some, page * 2 >= Repositories.Count)
        );
    }

    public GitAccess AccessTo(ForgeRepository repository) =>
        new(new Uri(Url, repository.FullName + ".git"), "bot", new Secret("pass"), null);

    /// <summary>What Bascule gave it with each webhook.</summary>
    public List<Secret> WebhookSecrets { get; } = [];

    public Task<Result<IReadOnlyList<RegisteredWebhook>>> ListWebhooksAsync(
        ForgeRepository repository,
        CancellationToken cancellationToken
    ) => Task.FromResult(Result.Of<IReadOnlyList<RegisteredWebhook>>([.. Registered]));

    public Task<Result<RegisteredWebhook>> RegisterWebhookAsync(
        ForgeRepository repository,
        Uri target,
        Secret secret,
        CancellationToken cancellationToken
    ) =>
        Do<RegisteredWebhook>(
            "register",
            () =>
            {
                WebhookSecrets.Add(secret);
                var hook = new RegisteredWebhook(NextId(), target.AbsoluteUri, true, ["push"]);
                Registered.Add(hook);
                return hook;
            }
        );

    public Task<Result<Done>> DeleteWebhookAsync(
        ForgeRepository repository,
        long webhookId,
        CancellationToken cancellationToken
    ) =>
        Do(
            "delete",
            () => Registered.RemoveAll(hook => hook.Id == webhookId) > 0 ? Result.Done : Problem.NotFound("gone")
        );

    public Task<Result<IReadOnlyList<Comment>>> ListCommentsAsync(
        ForgeRepository repository,
        long number,
        CancellationToken cancellationToken
    ) => Task.FromResult(Result.Of<IReadOnlyList<Comment>>([.. Comments]));

    public Task<Result<Comment>> AddCommentAsync(
        ForgeRepository repository,
        long number,
        string markdown,
        CancellationToken cancellationToken
    ) =>
        Do<Comment>(
            "add",
            () =>
            {
                Comments.Add(new Comment(NextId(), Bot.Id, markdown));
                return Comments[^1];
            }
        );

    public Task<Result<Comment>> EditCommentAsync(
        ForgeRepository repository,
        long commentId,
        string markdown,
        CancellationToken cancellationToken
    ) =>
        Do<Comment>(
            string.Create(CultureInfo.InvariantCulture, $"edit {commentId}"),
            () =>
            {
                var index = Comments.FindIndex(comment => comment.Id == commentId);
                return index < 0
                    ? Problem.NotFound("gone")
                    : Comments[index] = Comments[index] with { Body = markdown };
            }
        );
}

/// <summary>As Gitea: with commit statuses.</summary>
internal sealed class FakeStatusForge(IWebhookReader? webhooks = null)
    : FakeForge("gitea", webhooks),
        ICommitStatuses,
        IReviews,
        IBranchProtection
{
    /// <summary>By branch.</summary>
    public Dictionary<RefName, BranchProtection> Protections { get; } = [];

    public Task<Result<BranchProtection?>> FindProtectionAsync(
        ForgeRepository repository,
        RefName branch,
        CancellationToken cancellationToken
    ) => Task.FromResult(Result.Of(Protections.GetValueOrDefault(branch)));

    public Task<Result<Done>> RequireStatusesAsync(
        ForgeRepository repository,
        RefName branch,
        IReadOnlyCollection<string> contexts,
        CancellationToken cancellationToken
    ) =>
        Do(
            $"protect {branch.ShortName}",
            () =>
            {
                var known = Protections.GetValueOrDefault(branch);
                Protections[branch] = new BranchProtection(
                    [.. (known?.Contexts ?? []).Union(contexts)],
                    ChecksStatuses: true,
                    known?.TakesPushes ?? true
                );
                return Result.Done;
            }
        );

    public List<PostedReview> Reviews { get; } = [];

    public Task<Result<IReadOnlyList<PostedReview>>> ListReviewsAsync(
        ForgeRepository repository,
        long number,
        CancellationToken cancellationToken
    ) => Task.FromResult(Failing is { } problem ? problem : Result.Of<IReadOnlyList<PostedReview>>([.. Reviews]));

    /// <summary>Newest first.</summary>
    public List<PostedStatus> Statuses { get; } = [];

    public Task<Result<Done>> SetStatusAsync(
        ForgeRepository repository,
        CommitId commit,
        CommitStatus status,
        CancellationToken cancellationToken
    ) =>
        Do(
            $"status {status.Context} {status.State}",
            () =>
            {
                Statuses.Insert(0, new PostedStatus(status.State, status.Context, status.Description, Bot.Id));
                return Result.Done;
            }
        );

    public Task<Result<IReadOnlyList<PostedStatus>>> ListStatusesAsync(
        ForgeRepository repository,
        CommitId commit,
        CancellationToken cancellationToken
    ) => Task.FromResult(Result.Of<IReadOnlyList<PostedStatus>>([.. Statuses.DistinctBy(status => status.Context)]));
}

/// <summary>As Gogs: without statuses, with issues.</summary>
internal sealed class FakeIssueForge(IWebhookReader? webhooks = null) : FakeForge("gogs", webhooks), IIssues
{
    public Dictionary<long, bool> Issues { get; } = [];
    public List<string> Texts { get; } = [];

    public Task<Result<long>> OpenIssueAsync(
        ForgeRepository repository,
        string title,
        string markdown,
        CancellationToken cancellationToken
    ) =>
        Do<long>(
            $"open {title}",
            () =>
            {
                var number = NextId();
                Issues[number] = true;
                Texts.Add(markdown);
                return number;
            }
        );

    public Task<Result<Done>> SetIssueStateAsync(
        ForgeRepository repository,
        long number,
        bool open,
        string markdown,
        CancellationToken cancellationToken
    ) =>
        Do(
            open ? "reopen" : "close",
            () =>
            {
                if (!Issues.ContainsKey(number))
                    return Problem.NotFound("gone");
                Issues[number] = open;
                Texts.Add(markdown);
                return Result.Done;
            }
        );
}
