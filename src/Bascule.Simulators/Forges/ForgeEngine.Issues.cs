using System.Text.Json.Nodes;
using Bascule.Simulators.Forges.Shapes;

namespace Bascule.Simulators.Forges;

internal sealed partial class ForgeEngine
{
    public Issue CreateIssue(ForgeRepository repository, ForgeUser poster, string title, string body)
    {
        Issue issue;
        lock (World.Gate)
        {
            issue = new Issue(World.NextId("issue"), ++repository.LastNumber, repository, poster, World.Now)
            {
                Title = title,
                Body = body,
            };
            repository.Issues.Add(issue);
        }

        EmitIssue(issue, "opened", poster);
        return issue;
    }

    /// <summary>Gogs sends nothing for a new title or assignee through the API.</summary>
    public void EditIssue(Issue issue, ForgeUser editor, string? title, string? body, string? state)
    {
        var changes = Rewrite(issue, title, body);
        if (changes is not null && !IsGogs)
        {
            EmitIssue(issue, "edited", editor, changes);
        }

        var isClosed = state == "closed";
        if (state is not null && isClosed != issue.IsClosed)
        {
            SetState(issue, isClosed);
            EmitIssue(issue, isClosed ? "closed" : "reopened", editor);
        }
    }

    public void AddLabels(Issue issue, ForgeUser doer, IEnumerable<Label> labels)
    {
        lock (World.Gate)
        {
            issue.Labels.AddRange(labels.Except(issue.Labels).ToList());
            issue.Updated = World.Now;
        }

        var isPull = issue.Pull is not null;
        var name = isPull ? "pull_request" : "issues";
        var type =
            IsGogs ? name
            : isPull ? "pull_request_label"
            : "issue_label";
        _ = Emit(
            issue.Repository,
            type,
            name,
            type,
            () =>
                isPull
                    ? Dialect.PullRequest("label_updated", issue, doer, null)
                    : Dialect.IssueEvent("label_updated", issue, doer, null)
        );
    }

    public Comment AddComment(Issue issue, ForgeUser author, string body)
    {
        var comment = new Comment(World.NextId("comment"), issue, author, body, World.Now);
        EmitComment(comment, "created", author);
        lock (World.Gate)
        {
            issue.Comments.Add(comment);
            issue.Updated = World.Now;
        }

        return comment;
    }

    public void EditComment(Comment comment, ForgeUser editor, string body)
    {
        var changes = GoJson.Object(("body", GoJson.Object(("from", comment.Body))));
        comment.Body = body;
        comment.Updated = World.Now;
        EmitComment(comment, "edited", editor, changes);
    }

    public void DeleteComment(Comment comment, ForgeUser doer)
    {
        EmitComment(comment, "deleted", doer);
        lock (World.Gate)
        {
            comment.Issue.Comments.Remove(comment);
        }
    }

    /// <summary>In one repository, or anywhere with null.</summary>
    public Comment? FindComment(ForgeRepository? repository, long id)
    {
        lock (World.Gate)
        {
            var places = World.Repositories.Where(r => repository is null || r == repository);
            return places.SelectMany(r => r.Issues).SelectMany(i => i.Comments).FirstOrDefault(c => c.Id == id);
        }
    }

    private JsonObject? Rewrite(Issue issue, string? title, string? body)
    {
        var changes = new JsonObject();
        if (title is not null && title != issue.Title)
        {
            changes.Add("title", GoJson.Object(("from", issue.Title)));
            issue.Title = title;
        }

        if (body is not null && body != issue.Body)
        {
            changes.Add("body", GoJson.Object(("from", issue.Body)));
            issue.Body = body;
        }

        issue.Updated = World.Now;
        return changes.Count == 0 ? null : changes;
    }

    private void SetState(Issue issue, bool isClosed)
    {
        lock (World.Gate)
        {
            issue.IsClosed = isClosed;
            issue.Updated = World.Now;
            issue.ClosedAt = isClosed ? World.Now : null;
        }
    }

    private void EmitIssue(Issue issue, string action, ForgeUser doer, JsonObject? changes = null) =>
        _ = Emit(
            issue.Repository,
            "issues",
            "issues",
            "issues",
            () => Dialect.IssueEvent(action, issue, doer, (JsonObject?)changes?.DeepClone())
        );

    private void EmitComment(Comment comment, string action, ForgeUser doer, JsonObject? changes = null)
    {
        var type = !IsGogs && comment.Issue.Pull is not null ? "pull_request_comment" : "issue_comment";
        _ = Emit(
            comment.Issue.Repository,
            type,
            "issue_comment",
            type,
            () => Dialect.CommentEvent(action, comment, doer, (JsonObject?)changes?.DeepClone())
        );
    }
}
