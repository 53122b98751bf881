using System.Text.Json.Nodes;

namespace Bascule.Simulators.Forges.Shapes;

/// <summary>One webhook to send: which registrations want it, what the event headers say, and the body.</summary>
internal sealed record HookMessage(string Event, string EventType, JsonObject Payload);

/// <summary>A commit with what a push payload says about it.</summary>
internal sealed record PushedCommit(CommitSummary Commit, Git.TouchedFiles Files);

/// <summary>The part of a commit that a payload shows; a tag push shows the tag's message and time instead.</summary>
internal sealed record CommitSummary(
    string Sha,
    string Message,
    Git.Signature Author,
    Git.Signature Committer,
    DateTimeOffset Timestamp
);

/// <summary>What a push payload is made of.</summary>
internal sealed record PushFacts(
    ForgeRepository Repository,
    Git.RefChange Change,
    ForgeUser Sender,
    IReadOnlyList<PushedCommit> Commits,
    PushedCommit? Head,
    string CompareUrl
)
{
    /// <summary>Differs from the sender only in Gogs' merge push.</summary>
    public ForgeUser Pusher { get; init; } = Sender;
}

/// <summary>How one flavour words its JSON; no state, no decisions.</summary>
internal abstract class Dialect(string baseUrl, World world)
{
    /// <summary>Both forges cut commits[] to this many (FEED_MAX_COMMIT_NUM).</summary>
    public const int MaxPayloadCommits = 5;

    protected string BaseUrl { get; } = baseUrl;

    protected World World { get; } = world;

    public abstract string Product { get; }

    public abstract string HookType { get; }

    public abstract JsonObject User(ForgeUser user);

    public abstract JsonObject Repository(ForgeRepository repository, ForgeAccess? viewer);

    public abstract JsonObject Issue(Issue issue);

    public abstract JsonObject Comment(Comment comment);

    public abstract JsonObject HookShape(Hook hook);

    public abstract JsonObject Push(PushFacts facts);

    public abstract JsonObject Create(ForgeRepository repository, Git.RefChange change, ForgeUser sender);

    public abstract JsonObject Fork(ForgeRepository source, ForgeRepository fork, ForgeUser sender);

    public abstract JsonObject PullRequest(string action, Issue pull, ForgeUser sender, JsonObject? changes);

    public abstract JsonObject IssueEvent(string action, Issue issue, ForgeUser sender, JsonObject? changes);

    public abstract JsonObject CommentEvent(string action, Comment comment, ForgeUser sender, JsonObject? changes);

    public abstract IEnumerable<KeyValuePair<string, string>> HookHeaders(
        string deliveryId,
        HookMessage message,
        string? signature,
        string? sha1Signature,
        string contentType,
        int length
    );

    public abstract IReadOnlyList<string> NormaliseEvents(IReadOnlyList<string> asked);

    public JsonObject Delete(ForgeRepository repository, Git.RefChange change, ForgeUser sender) =>
        GoJson.Object(
            ("ref", change.ShortName),
            ("ref_type", change.IsTag ? "tag" : "branch"),
            ("pusher_type", "user"),
            ("repository", Repository(repository, HookPermission)),
            ("sender", User(sender))
        );

    public static string CompareUrl(string baseUrl, ForgeRepository repository, string from, string to) =>
        $"{baseUrl}/{repository.FullName}/compare/{from}...{to}";

    /// <summary>What create and delete payloads say about permissions; null leaves the field out.</summary>
    protected abstract ForgeAccess? HookPermission { get; }

    protected JsonObject PayloadUser(Git.Signature signature) =>
        GoJson.Object(
            ("name", signature.Name),
            ("email", signature.Email),
            ("username", World.FindByEmail(signature.Email)?.Name ?? "")
        );

    protected string HtmlUrl(Issue issue) =>
        $"{BaseUrl}/{issue.Repository.FullName}/{(issue.Pull is null ? "issues" : "pulls")}/{issue.Number}";
}
