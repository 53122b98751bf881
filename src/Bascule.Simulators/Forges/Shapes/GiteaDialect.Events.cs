using System.Globalization;
using System.Text.Json.Nodes;

namespace Bascule.Simulators.Forges.Shapes;

internal sealed partial class GiteaDialect
{
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
            ("head_commit", facts.Head is { } head ? PushCommit(facts.Repository, head) : null),
            ("repository", Repository(facts.Repository, ForgeAccess.Admin)),
            ("pusher", User(facts.Pusher)),
            ("sender", User(facts.Sender))
        );

    /// <summary>The test button shows the tip twice, unverified and without file lists.</summary>
    public JsonObject TestPush(ForgeRepository repository, CommitSummary tip, ForgeUser sender)
    {
        JsonObject Commit()
        {
            var commit = PushCommit(repository, new PushedCommit(tip, new Git.TouchedFiles([], [], [])));
            commit["verification"] = Unverified();
            commit["added"] = commit["removed"] = commit["modified"] = null;
            return commit;
        }

        return GoJson.Object(
            ("ref", "refs/heads/" + repository.DefaultBranch),
            ("before", tip.Sha),
            ("after", tip.Sha),
            ("compare_url", ""),
            ("commits", GoJson.Array([Commit()])),
            ("head_commit", Commit()),
            ("repository", Repository(repository, ForgeAccess.None)),
            ("pusher", User(sender)),
            ("sender", User(sender))
        );
    }

    public static JsonObject Unverified() =>
        GoJson.Object(
            ("verified", false),
            ("reason", "gpg.error.not_signed_commit"),
            ("signature", ""),
            ("signer", null),
            ("payload", "")
        );

    public override JsonObject Create(ForgeRepository repository, Git.RefChange change, ForgeUser sender) =>
        GoJson.Object(
            ("sha", change.After),
            ("ref", change.ShortName),
            ("ref_type", change.IsTag ? "tag" : "branch"),
            ("repository", Repository(repository, HookPermission)),
            ("sender", User(sender))
        );

    public override JsonObject Fork(ForgeRepository source, ForgeRepository fork, ForgeUser sender) =>
        GoJson.Object(
            ("forkee", Repository(source, World.PermissionOf(sender, source))),
            ("repository", Repository(fork, ForgeAccess.Admin)),
            ("sender", User(sender))
        );

    public override JsonObject PullRequest(string action, Issue pull, ForgeUser sender, JsonObject? changes)
    {
        var payload = GoJson.Object(("action", action), ("number", pull.Number));
        if (changes is not null)
        {
            payload.Add("changes", changes);
        }

        payload.Add("pull_request", Pull(pull, _ => ForgeAccess.None));
        payload.Add("repository", Repository(pull.Repository, World.PermissionOf(sender, pull.Repository)));
        payload.Add("sender", User(sender));
        payload.Add("review", null);
        return payload;
    }

    public override JsonObject IssueEvent(string action, Issue issue, ForgeUser sender, JsonObject? changes)
    {
        var payload = GoJson.Object(("action", action), ("number", issue.Number));
        if (changes is not null)
        {
            payload.Add("changes", changes);
        }

        payload.Add("issue", Issue(issue));
        payload.Add("repository", Repository(issue.Repository, World.PermissionOf(sender, issue.Repository)));
        payload.Add("sender", User(sender));
        return payload;
    }

    public override JsonObject CommentEvent(string action, Comment comment, ForgeUser sender, JsonObject? changes)
    {
        var issue = comment.Issue;
        var payload = GoJson.Object(("action", action), ("issue", Issue(issue)), ("comment", Comment(comment)));
        if (changes is not null)
        {
            payload.Add("changes", changes);
        }

        payload.Add("repository", Repository(issue.Repository, World.PermissionOf(sender, issue.Repository)));
        payload.Add("sender", User(sender));
        payload.Add("is_pull", issue.Pull is not null);
        return payload;
    }

    public override IEnumerable<KeyValuePair<string, string>> HookHeaders(
        string deliveryId,
        HookMessage message,
        string? signature,
        string? sha1Signature,
        string contentType,
        int length
    )
    {
        yield return new("User-Agent", "Go-http-client/1.1");
        yield return new("Content-Length", length.ToString(CultureInfo.InvariantCulture));
        yield return new("Content-Type", contentType);
        string[] families = isForgejo
            ? ["X-Forgejo", "X-GitHub", "X-Gitea", "X-Gogs"]
            : ["X-GitHub", "X-Gitea", "X-Gogs"];
        foreach (var family in families)
        {
            yield return new(family + "-Delivery", deliveryId);
            yield return new(family + "-Event", message.Event);
            yield return new(family + "-Event-Type", message.EventType);
            if (family != "X-GitHub")
            {
                yield return new(family + "-Signature", signature ?? "");
            }
        }

        yield return new("X-Hub-Signature", "sha1=" + sha1Signature);
        yield return new("X-Hub-Signature-256", "sha256=" + signature);
        yield return new("Accept-Encoding", "gzip");
    }

    public JsonObject PushCommit(ForgeRepository repository, PushedCommit pushed) =>
        GoJson.Object(
            ("id", pushed.Commit.Sha),
            ("message", pushed.Commit.Message),
            ("url", $"{BaseUrl}/{repository.FullName}/commit/{pushed.Commit.Sha}"),
            ("author", PayloadUser(pushed.Commit.Author)),
            ("committer", PayloadUser(pushed.Commit.Committer)),
            ("verification", null),
            ("timestamp", GoJson.GitTime(pushed.Commit.Timestamp)),
            ("added", GoJson.Strings(pushed.Files.Added)),
            ("removed", GoJson.Strings(pushed.Files.Removed)),
            ("modified", GoJson.Strings(pushed.Files.Modified))
        );
}
