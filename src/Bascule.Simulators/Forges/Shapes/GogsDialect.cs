using System.Globalization;
using System.Text.Json.Nodes;

namespace Bascule.Simulators.Forges.Shapes;

/// <summary>Gogs 0.11.91's JSON, field by field as recorded, with its oddities.</summary>
internal sealed class GogsDialect(string baseUrl, World world) : Dialect(baseUrl, world)
{
    private static readonly string[] AllEvents =
    [
        "create",
        "delete",
        "fork",
        "push",
        "issues",
        "pull_request",
        "issue_comment",
        "release",
    ];

    public override string Product => "Gogs";

    public override string HookType => "gogs";

    protected override ForgeAccess? HookPermission => null;

    public override JsonObject User(ForgeUser user) => User(user, showEmail: true);

    public JsonObject User(ForgeUser user, bool showEmail) =>
        GoJson.Object(
            ("id", user.Id),
            ("username", user.Name),
            ("login", user.Name),
            ("full_name", user.FullName),
            ("email", showEmail ? user.Email : ""),
            ("avatar_url", $"{BaseUrl}/avatars/{user.Id}")
        );

    public JsonObject Organisation(ForgeUser organisation) =>
        GoJson.Object(
            ("id", organisation.Id),
            ("username", organisation.Name),
            ("full_name", organisation.FullName),
            ("avatar_url", $"{BaseUrl}/avatars/{organisation.Id}"),
            ("description", ""),
            ("website", ""),
            ("location", "")
        );

    /// <summary>A parent always shows permissions, a repository in a hook never does.</summary>
    public override JsonObject Repository(ForgeRepository repository, ForgeAccess? viewer)
    {
        var parentViewer = viewer ?? ForgeAccess.Read;
        var shape = GoJson.Object(
            ("id", repository.Id),
            ("owner", User(repository.Owner)),
            ("name", repository.Name),
            ("full_name", repository.FullName),
            ("description", repository.Description),
            ("private", repository.IsPrivate),
            ("fork", repository.Parent is not null),
            ("parent", repository.Parent is { } parent ? Repository(parent, parentViewer) : null),
            ("empty", repository.IsEmpty),
            ("mirror", false),
            ("size", 45056),
            ("html_url", $"{BaseUrl}/{repository.FullName}"),
            ("ssh_url", $"ssh://forge@127.0.0.1/{repository.FullName}.git"),
            ("clone_url", repository.CloneUrl),
            ("website", ""),
            ("stars_count", 0),
            ("forks_count", World.Repositories.Count(r => r.Parent == repository)),
            ("watchers_count", 1),
            ("open_issues_count", repository.Issues.Count(i => i is { Pull: null, IsClosed: false })),
            ("default_branch", repository.DefaultBranch),
            ("created_at", GoJson.Time(repository.Created)),
            ("updated_at", GoJson.Time(repository.Updated))
        );
        if (viewer is { } permission)
        {
            shape.Add(
                "permissions",
                GoJson.Object(
                    ("admin", permission == ForgeAccess.Admin),
                    ("push", permission >= ForgeAccess.Write),
                    ("pull", permission >= ForgeAccess.Read)
                )
            );
        }

        return shape;
    }

    public override JsonObject Issue(Issue issue) =>
        GoJson.Object(
            ("id", issue.Id),
            ("number", issue.Number),
            ("user", User(issue.Poster)),
            ("title", issue.Title),
            ("body", issue.Body),
            ("labels", GoJson.Array(issue.Labels.Select(Label))),
            ("milestone", null),
            ("assignee", issue.Assignee is { } assignee ? User(assignee) : null),
            ("state", issue.State),
            ("comments", issue.Comments.Count),
            ("created_at", GoJson.Time(issue.Created)),
            ("updated_at", GoJson.Time(issue.Updated)),
            (
                "pull_request",
                issue.Pull is { } pull
                    ? GoJson.Object(("merged", pull.IsMerged), ("merged_at", GoJson.Time(pull.MergedAt)))
                    : null
            )
        );

    public override JsonObject Comment(Comment comment) =>
        GoJson.Object(
            ("id", comment.Id),
            ("html_url", $"{HtmlUrl(comment.Issue)}#issuecomment-{comment.Id}"),
            ("user", User(comment.Author)),
            ("body", comment.Body),
            ("created_at", GoJson.Time(comment.Created)),
            ("updated_at", GoJson.Time(comment.Updated))
        );

    /// <summary>Answers and hooks right after creating show times that were not yet read back.</summary>
    public static JsonObject WithoutTimes(JsonObject shape)
    {
        shape["created_at"] = GoJson.NoTime;
        shape["updated_at"] = GoJson.NoTime;
        return shape;
    }

    public static JsonObject Label(Label label) =>
        GoJson.Object(("id", label.Id), ("name", label.Name), ("color", label.Color), ("url", ""));

    public override JsonObject HookShape(Hook hook) =>
        GoJson.Object(
            ("id", hook.Id),
            ("type", "gogs"),
            ("config", GoJson.Object(("content_type", hook.ContentType), ("url", hook.Url))),
            ("events", GoJson.Strings(hook.Events)),
            ("active", hook.IsActive),
            ("updated_at", GoJson.Time(hook.Updated)),
            ("created_at", GoJson.Time(hook.Created))
        );

    public override JsonObject Push(PushFacts facts) =>
        GoJson.Object(
            ("ref", facts.Change.Name),
            ("before", facts.Change.Before),
            ("after", facts.Change.After),
            ("compare_url", facts.CompareUrl),
            (
                "commits",
                GoJson.Array(facts.Commits.Take(MaxPayloadCommits).Select(c => PushCommit(facts.Repository, c)))
            ),
            ("repository", Repository(facts.Repository, null)),
            ("pusher", User(facts.Pusher)),
            ("sender", User(facts.Sender))
        );

    /// <summary>The test button forgets the commit's time.</summary>
    public JsonObject TestPush(ForgeRepository repository, PushedCommit tip, ForgeUser sender)
    {
        var change = new Git.RefChange(tip.Commit.Sha, tip.Commit.Sha, "refs/heads/" + repository.DefaultBranch);
        var payload = Push(new PushFacts(repository, change, sender, [tip], null, ""));
        payload["commits"]![0]!["timestamp"] = GoJson.NoTime;
        return payload;
    }

    public override JsonObject Create(ForgeRepository repository, Git.RefChange change, ForgeUser sender) =>
        GoJson.Object(
            ("ref", change.ShortName),
            ("ref_type", change.IsTag ? "tag" : "branch"),
            ("sha", change.IsTag ? change.After : ""),
            ("default_branch", repository.DefaultBranch),
            ("repository", Repository(repository, null)),
            ("sender", User(sender))
        );

    public override JsonObject Fork(ForgeRepository source, ForgeRepository fork, ForgeUser sender) =>
        GoJson.Object(
            ("forkee", WithoutTimes(Repository(fork, null))),
            ("repository", Repository(source, null)),
            ("sender", User(sender))
        );

    public override JsonObject PullRequest(string action, Issue pull, ForgeUser sender, JsonObject? changes)
    {
        var payload = GoJson.Object(
            ("action", action),
            ("number", pull.Number),
            ("pull_request", Pull(pull, isMergeableKnown: action != "reopened"))
        );
        if (changes is not null)
        {
            payload.Add("changes", changes);
        }

        payload.Add("repository", Repository(pull.Repository, null));
        payload.Add("sender", User(sender));
        return payload;
    }

    public override JsonObject IssueEvent(string action, Issue issue, ForgeUser sender, JsonObject? changes)
    {
        var shape = Issue(issue);
        if (action == "opened")
        {
            WithoutTimes(shape);
        }
        else if (action is "closed" or "reopened")
        {
            // The body field carries the status comment, not the issue's text.
            shape["body"] = $"{(action == "closed" ? "Closed" : "Reopened")} #{issue.Number}";
        }

        var payload = GoJson.Object(("action", action), ("number", issue.Number), ("issue", shape));
        if (changes is not null)
        {
            payload.Add("changes", changes);
        }

        payload.Add("repository", Repository(issue.Repository, null));
        payload.Add("sender", User(sender));
        return payload;
    }

    public override JsonObject CommentEvent(string action, Comment comment, ForgeUser sender, JsonObject? changes)
    {
        var issue = Issue(comment.Issue);
        var shape = Comment(comment);
        if (action == "created")
        {
            issue["body"] = comment.Body;
            WithoutTimes(shape);
        }

        var payload = GoJson.Object(("action", action), ("issue", issue), ("comment", shape));
        if (changes is not null)
        {
            payload.Add("changes", changes);
        }

        payload.Add("repository", Repository(comment.Issue.Repository, null));
        payload.Add("sender", User(sender));
        return payload;
    }

    public override IEnumerable<KeyValuePair<string, string>> HookHeaders(
        string deliveryId,
        HookMessage message,
        string? signature,
        string? sha1Signature,
        string contentType,
        int length
    ) =>
        [
            new("User-Agent", "GogsServer"),
            new("Content-Length", length.ToString(CultureInfo.InvariantCulture)),
            new("Content-Type", contentType),
            new("X-Github-Delivery", deliveryId),
            new("X-Github-Event", message.Event),
            new("X-Gogs-Delivery", deliveryId),
            new("X-Gogs-Event", message.Event),
            new("X-Gogs-Signature", signature ?? ""),
            new("Accept-Encoding", "gzip"),
        ];

    public override IReadOnlyList<string> NormaliseEvents(IReadOnlyList<string> asked) =>
        asked.Count == 0 ? ["push"] : [.. AllEvents.Where(asked.Contains)];

    private JsonObject Pull(Issue issue, bool isMergeableKnown)
    {
        var pull = issue.Pull!;
        return GoJson.Object(
            ("id", pull.Id),
            ("number", issue.Number),
            ("user", User(issue.Poster)),
            ("title", issue.Title),
            ("body", issue.Body),
            ("labels", GoJson.Array(issue.Labels.Select(Label))),
            ("milestone", null),
            ("assignee", issue.Assignee is { } assignee ? User(assignee) : null),
            ("state", issue.State),
            ("comments", issue.Comments.Count),
            ("head_branch", pull.HeadBranch),
            ("head_repo", Repository(pull.HeadRepository, null)),
            ("base_branch", pull.BaseBranch),
            ("base_repo", Repository(issue.Repository, null)),
            ("html_url", HtmlUrl(issue)),
            ("mergeable", isMergeableKnown ? pull.IsMergeable : null),
            ("merged", pull.IsMerged),
            ("merged_at", GoJson.Time(pull.MergedAt)),
            ("merge_commit_sha", pull.IsMerged ? pull.HeadSha : null),
            ("merged_by", pull.MergedBy is { } merger ? User(merger) : null)
        );
    }

    private JsonObject PushCommit(ForgeRepository repository, PushedCommit pushed) =>
        GoJson.Object(
            ("id", pushed.Commit.Sha),
            ("message", pushed.Commit.Message),
            ("url", $"{BaseUrl}/{repository.FullName}/commit/{pushed.Commit.Sha}"),
            ("author", PayloadUser(pushed.Commit.Author)),
            ("committer", PayloadUser(pushed.Commit.Committer)),
            ("added", GoJson.Strings(pushed.Files.Added)),
            ("removed", GoJson.Strings(pushed.Files.Removed)),
            ("modified", GoJson.Strings(pushed.Files.Modified)),
            ("timestamp", GoJson.GitTime(pushed.Commit.Timestamp))
        );
}
