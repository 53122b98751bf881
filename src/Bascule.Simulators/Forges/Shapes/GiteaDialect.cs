using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Bascule.Simulators.Forges.Shapes;

/// <summary>Gitea 1.16.9's JSON, field by field as recorded.</summary>
internal sealed partial class GiteaDialect(string baseUrl, World world, bool isForgejo) : Dialect(baseUrl, world)
{
    private static readonly string[] AllEvents =
    [
        "create",
        "delete",
        "fork",
        "push",
        "issues",
        "issue_assign",
        "issue_label",
        "issue_milestone",
        "issue_comment",
        "pull_request",
        "pull_request_assign",
        "pull_request_label",
        "pull_request_milestone",
        "pull_request_comment",
        "pull_request_review_approved",
        "pull_request_review_rejected",
        "pull_request_review_comment",
        "pull_request_sync",
        "repository",
        "release",
    ];

    public override string Product => isForgejo ? "Forgejo" : "Gitea";

    public override string HookType => isForgejo ? "forgejo" : "gitea";

    protected override ForgeAccess? HookPermission => ForgeAccess.None;

    public override JsonObject User(ForgeUser user) => User(user, signedIn: false);

    /// <param name="user">Whom to show.</param>
    /// <param name="signedIn">True for a person asking about people: only then Gitea tells active and last_login.</param>
    public JsonObject User(ForgeUser user, bool signedIn) =>
        GoJson.Object(
            ("id", user.Id),
            ("login", user.Name),
            ("full_name", user.FullName),
            ("email", user.Email),
            ("avatar_url", $"{BaseUrl}/avatars/{AvatarHash(user)}"),
            ("language", ""),
            ("is_admin", signedIn && user.IsAdmin),
            ("last_login", signedIn ? "1970-01-01T00:00:00Z" : GoJson.NoTime),
            ("created", GoJson.Time(user.Created)),
            ("restricted", false),
            ("active", signedIn),
            ("prohibit_login", false),
            ("location", ""),
            ("website", ""),
            ("description", ""),
            ("visibility", "public"),
            ("followers_count", 0),
            ("following_count", 0),
            ("starred_repos_count", 0),
            ("username", user.Name)
        );

    public override JsonObject Repository(ForgeRepository repository, ForgeAccess? viewer) =>
        GoJson.Object(
            ("id", repository.Id),
            ("owner", User(repository.Owner)),
            ("name", repository.Name),
            ("full_name", repository.FullName),
            ("description", repository.Description),
            ("empty", repository.IsEmpty),
            ("private", repository.IsPrivate),
            ("fork", repository.Parent is not null),
            ("template", false),
            ("parent", repository.Parent is { } parent ? Repository(parent, viewer) : null),
            ("mirror", false),
            ("size", 93),
            ("html_url", $"{BaseUrl}/{repository.FullName}"),
            ("ssh_url", $"ssh://forge@127.0.0.1/{repository.FullName}.git"),
            ("clone_url", repository.CloneUrl),
            ("original_url", ""),
            ("website", ""),
            ("stars_count", 0),
            ("forks_count", World.Repositories.Count(r => r.Parent == repository)),
            ("watchers_count", 1),
            ("open_issues_count", repository.Issues.Count(i => i is { Pull: null, IsClosed: false })),
            ("open_pr_counter", repository.Issues.Count(i => i is { Pull: not null, IsClosed: false })),
            ("release_counter", 0),
            ("default_branch", repository.DefaultBranch),
            ("archived", false),
            ("created_at", GoJson.Time(repository.Created)),
            ("updated_at", GoJson.Time(repository.Updated)),
            ("permissions", Permissions(viewer ?? ForgeAccess.None)),
            ("has_issues", true),
            ("internal_tracker", Tracker()),
            ("has_wiki", true),
            ("has_pull_requests", true),
            ("has_projects", true),
            ("ignore_whitespace_conflicts", false),
            ("allow_merge_commits", true),
            ("allow_rebase", true),
            ("allow_rebase_explicit", true),
            ("allow_squash_merge", true),
            ("default_merge_style", "merge"),
            ("avatar_url", ""),
            ("internal", false),
            ("mirror_interval", ""),
            ("mirror_updated", GoJson.NoTime),
            ("repo_transfer", null)
        );

    public override JsonObject Issue(Issue issue) =>
        GoJson.Object(
            ("id", issue.Id),
            ("url", $"{BaseUrl}/api/v1/repos/{issue.Repository.FullName}/issues/{issue.Number}"),
            ("html_url", HtmlUrl(issue)),
            ("number", issue.Number),
            ("user", User(issue.Poster)),
            ("original_author", ""),
            ("original_author_id", 0),
            ("title", issue.Title),
            ("body", issue.Body),
            ("ref", ""),
            ("labels", GoJson.Array(issue.Labels.Select(l => Label(issue.Repository, l)))),
            ("milestone", null),
            ("assignee", issue.Assignee is { } one ? User(one) : null),
            ("assignees", issue.Assignee is { } same ? GoJson.Array([User(same)]) : null),
            ("state", issue.State),
            ("is_locked", false),
            ("comments", issue.Comments.Count),
            ("created_at", GoJson.Time(issue.Created)),
            ("updated_at", GoJson.Time(issue.Updated)),
            ("closed_at", GoJson.Time(issue.ClosedAt)),
            ("due_date", null),
            (
                "pull_request",
                issue.Pull is { } pull
                    ? GoJson.Object(("merged", pull.IsMerged), ("merged_at", GoJson.Time(pull.MergedAt)))
                    : null
            ),
            (
                "repository",
                GoJson.Object(
                    ("id", issue.Repository.Id),
                    ("name", issue.Repository.Name),
                    ("owner", issue.Repository.Owner.Name),
                    ("full_name", issue.Repository.FullName)
                )
            )
        );

    public override JsonObject Comment(Comment comment)
    {
        var html = HtmlUrl(comment.Issue);
        var isPull = comment.Issue.Pull is not null;
        return GoJson.Object(
            ("id", comment.Id),
            ("html_url", $"{html}#issuecomment-{comment.Id}"),
            ("pull_request_url", isPull ? html : ""),
            ("issue_url", isPull ? "" : html),
            ("user", User(comment.Author)),
            ("original_author", ""),
            ("original_author_id", 0),
            ("body", comment.Body),
            ("created_at", GoJson.Time(comment.Created)),
            ("updated_at", GoJson.Time(comment.Updated))
        );
    }

    public JsonObject Pull(Issue issue, Func<ForgeRepository, ForgeAccess> viewer)
    {
        var pull = issue.Pull!;
        var html = HtmlUrl(issue);
        return GoJson.Object(
            ("id", pull.Id),
            ("url", html),
            ("number", issue.Number),
            ("user", User(issue.Poster)),
            ("title", issue.Title),
            ("body", issue.Body),
            ("labels", GoJson.Array(issue.Labels.Select(l => Label(issue.Repository, l)))),
            ("milestone", null),
            ("assignee", issue.Assignee is { } one ? User(one) : null),
            ("assignees", issue.Assignee is { } same ? GoJson.Array([User(same)]) : null),
            ("state", issue.State),
            ("is_locked", false),
            ("comments", issue.Comments.Count),
            ("html_url", html),
            ("diff_url", html + ".diff"),
            ("patch_url", html + ".patch"),
            ("mergeable", pull.IsMergeable),
            ("merged", pull.IsMerged),
            ("merged_at", GoJson.Time(pull.MergedAt)),
            ("merge_commit_sha", pull.MergeCommit),
            ("merged_by", pull.MergedBy is { } merger ? User(merger) : null),
            ("base", Side(pull.BaseBranch, pull.BaseSha, issue.Repository, viewer)),
            ("head", Side(pull.HeadBranch, pull.HeadSha, pull.HeadRepository, viewer)),
            ("merge_base", pull.MergeBase),
            ("due_date", null),
            ("created_at", GoJson.Time(issue.Created)),
            ("updated_at", GoJson.Time(issue.Updated)),
            ("closed_at", null)
        );
    }

    public JsonObject Label(ForgeRepository repository, Label label) =>
        GoJson.Object(
            ("id", label.Id),
            ("name", label.Name),
            ("color", label.Color),
            ("description", ""),
            ("url", $"{BaseUrl}/api/v1/repos/{repository.FullName}/labels/{label.Id}")
        );

    public JsonObject Organisation(ForgeUser organisation) =>
        GoJson.Object(
            ("id", organisation.Id),
            ("username", organisation.Name),
            ("full_name", organisation.FullName),
            ("avatar_url", $"{BaseUrl}/avatars/{AvatarHash(organisation)}"),
            ("description", ""),
            ("website", ""),
            ("location", ""),
            ("visibility", "public"),
            ("repo_admin_change_team_access", false)
        );

    public override JsonObject HookShape(Hook hook) =>
        GoJson.Object(
            ("id", hook.Id),
            ("type", HookType),
            ("config", GoJson.Object(("content_type", hook.ContentType), ("url", hook.Url))),
            ("events", GoJson.Strings(hook.Events)),
            ("active", hook.IsActive),
            ("updated_at", GoJson.Time(hook.Updated)),
            ("created_at", GoJson.Time(hook.Created))
        );

    public JsonObject Status(ForgeRepository repository, ForgeCommitStatus status) =>
        GoJson.Object(
            ("id", status.Id),
            ("status", status.State),
            ("target_url", status.TargetUrl),
            ("description", status.Description),
            ("url", $"{BaseUrl}/api/v1/repos/{repository.FullName}/statuses/{status.Sha}"),
            ("context", status.Context),
            ("creator", World.FindUser(status.Creator) is { } creator ? User(creator) : null),
            ("created_at", GoJson.Time(status.CreatedAt)),
            ("updated_at", GoJson.Time(status.CreatedAt))
        );

    /// <summary>"issues" and "pull_request" stand for all their kinds, as the server stores them.</summary>
    public override IReadOnlyList<string> NormaliseEvents(IReadOnlyList<string> asked)
    {
        var wanted = asked.Count == 0 ? ["push"] : asked;
        return [.. AllEvents.Where(e => wanted.Contains(e) || wanted.Contains(Family(e)))];
    }

    private static string Family(string name) =>
        name.StartsWith("issue_", StringComparison.Ordinal) ? "issues"
        : name.StartsWith("pull_request_", StringComparison.Ordinal) ? "pull_request"
        : name;

    private JsonObject Side(
        string branch,
        string sha,
        ForgeRepository repository,
        Func<ForgeRepository, ForgeAccess> viewer
    ) =>
        GoJson.Object(
            ("label", branch),
            ("ref", branch),
            ("sha", sha),
            ("repo_id", repository.Id),
            ("repo", Repository(repository, viewer(repository)))
        );

    private static JsonObject Permissions(ForgeAccess permission) =>
        GoJson.Object(
            ("admin", permission == ForgeAccess.Admin),
            ("push", permission >= ForgeAccess.Write),
            ("pull", permission >= ForgeAccess.Read)
        );

    private static JsonObject Tracker() =>
        GoJson.Object(
            ("enable_time_tracker", true),
            ("allow_only_contributors_to_track_time", true),
            ("enable_issue_dependencies", true)
        );

    // The address is a digest of the e-mail; MD5 would only invite analyzers, and nobody looks at the picture.
    private static string AvatarHash(ForgeUser user) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(user.Email + user.Name)))[..32];
}
