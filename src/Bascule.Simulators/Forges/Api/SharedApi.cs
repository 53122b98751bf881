using System.Text.Json.Nodes;
using Bascule.Simulators.Forges.Shapes;

namespace Bascule.Simulators.Forges.Api;

/// <summary>Endpoints that both families have at the same place.</summary>
internal static class SharedApi
{
    public static void Map(RouteTable table)
    {
        table.Add("GET", "/repos/{owner}/{repo}", c => RepositoryAsync(c));
        table.Add("GET", "/repos/{owner}/{repo}/hooks", HooksAsync);
        table.Add("POST", "/repos/{owner}/{repo}/hooks", CreateHookAsync);
        table.Add("PATCH", "/repos/{owner}/{repo}/hooks/{id}", EditHookAsync);
        table.Add("DELETE", "/repos/{owner}/{repo}/hooks/{id}", DeleteHookAsync);
        table.Add("POST", "/repos/{owner}/{repo}/issues", CreateIssueAsync);
        table.Add(
            "GET",
            "/repos/{owner}/{repo}/issues/{number}",
            c => c.JsonAsync(200, Shape(c, c.Issue(c.Repository())))
        );
        table.Add("PATCH", "/repos/{owner}/{repo}/issues/{number}", EditIssueAsync);
        table.Add("GET", "/repos/{owner}/{repo}/issues/{number}/comments", CommentsAsync);
        table.Add("POST", "/repos/{owner}/{repo}/issues/{number}/comments", CreateCommentAsync);
        table.Add("PATCH", "/repos/{owner}/{repo}/issues/{number}/comments/{id}", EditCommentAsync);
        table.Add("DELETE", "/repos/{owner}/{repo}/issues/{number}/comments/{id}", DeleteCommentAsync);
    }

    public static Task RepositoryAsync(ApiCall call)
    {
        var repository = call.Repository();
        return call.JsonAsync(200, Shape(call, repository));
    }

    public static JsonObject Shape(ApiCall call, ForgeRepository repository)
    {
        lock (call.World.Gate)
        {
            return call.Engine.Dialect.Repository(repository, call.World.PermissionOf(call.User, repository));
        }
    }

    public static JsonObject Shape(ApiCall call, Issue issue)
    {
        lock (call.World.Gate)
        {
            return call.Engine.Dialect.Issue(issue);
        }
    }

    public static Hook FindHook(ApiCall call)
    {
        var repository = call.Repository(ForgeAccess.Admin);
        lock (call.World.Gate)
        {
            return repository.Hooks.Find(h => h.Id == call.Number("id")) ?? throw new ForgeRefusedException(404, "");
        }
    }

    public static Task EditCommentAsync(ApiCall call)
    {
        var comment = FindComment(call);
        var body = ApiCall.Text(call.Body, "body") ?? "";
        call.Engine.EditComment(comment, call.Signed(), body);
        return call.JsonAsync(200, call.Engine.Dialect.Comment(comment));
    }

    public static Task DeleteCommentAsync(ApiCall call)
    {
        call.Engine.DeleteComment(FindComment(call), call.Signed());
        return call.EmptyAsync(204);
    }

    /// <summary>Only the author or an administrator of the repository may touch a comment.</summary>
    private static Comment FindComment(ApiCall call)
    {
        var repository = call.Repository();
        var user = call.Signed();
        // Gogs looks the id up in the whole instance, whatever repository the address names.
        var comment =
            call.Engine.FindComment(call.Engine.IsGogs ? null : repository, call.Number("id"))
            ?? throw new ForgeRefusedException(404, "");
        return comment.Author == user || call.World.PermissionOf(user, repository) == ForgeAccess.Admin
            ? comment
            : throw new ForgeRefusedException(403, "");
    }

    private static Task HooksAsync(ApiCall call)
    {
        var repository = call.Repository(ForgeAccess.Admin);
        lock (call.World.Gate)
        {
            return call.ListAsync([.. repository.Hooks.Select(call.Engine.Dialect.HookShape)]);
        }
    }

    private static Task CreateHookAsync(ApiCall call)
    {
        var repository = call.Repository(ForgeAccess.Admin);
        var body = call.Body;
        var config = body["config"] as JsonObject ?? [];
        if (call.Engine.IsGogs && string.IsNullOrEmpty(ApiCall.Text(body, "type")))
        {
            const string missing =
                """[{"fieldNames":["Type"],"classification":"RequiredError","message":"Required"}]""";
            return call.WriteAsync(422, "application/json; charset=utf-8", missing);
        }

        if (WrongIn(body, config) is { } wrong)
        {
            return call.RefuseAsync(422, wrong);
        }

        var hook = call.Engine.AddHook(
            repository,
            ApiCall.Text(config, "url")!,
            ApiCall.Text(config, "content_type")!,
            ApiCall.Text(config, "secret") ?? "",
            Events(body),
            ApiCall.Flag(body, "active") ?? false
        );
        var shape = call.Engine.Dialect.HookShape(hook);
        return call.JsonAsync(201, call.Engine.IsGogs ? GogsDialect.WithoutTimes(shape) : shape);
    }

    private static string? WrongIn(JsonObject body, JsonObject config)
    {
        if (ApiCall.Text(body, "type") is not ("gitea" or "gogs" or "forgejo" or "slack" or "discord"))
        {
            return "Invalid hook type";
        }

        if (Array.Find(["url", "content_type"], n => ApiCall.Text(config, n) is null) is { } missing)
        {
            return "Missing config option: " + missing;
        }

        return ApiCall.Text(config, "content_type") is "json" or "form" ? null : "Invalid content type";
    }

    /// <summary>A secret in a PATCH is ignored by both, and events not named fall back to push.</summary>
    private static Task EditHookAsync(ApiCall call)
    {
        var hook = FindHook(call);
        var body = call.Body;
        var config = body["config"] as JsonObject ?? [];
        lock (call.World.Gate)
        {
            hook.Url = ApiCall.Text(config, "url") ?? hook.Url;
            hook.ContentType = ApiCall.Text(config, "content_type") ?? hook.ContentType;
            hook.Events = call.Engine.Dialect.NormaliseEvents(Events(body));
            hook.IsActive = ApiCall.Flag(body, "active") ?? hook.IsActive;
            hook.Updated = call.World.Now;
        }

        return call.JsonAsync(200, call.Engine.Dialect.HookShape(hook));
    }

    /// <summary>Gogs deletes what is not there without a word.</summary>
    private static Task DeleteHookAsync(ApiCall call)
    {
        var repository = call.Repository(ForgeAccess.Admin);
        if (call.Engine.IsGogs && !repository.Hooks.Exists(h => h.Id == call.Number("id")))
        {
            return call.EmptyAsync(204);
        }

        var hook = FindHook(call);
        lock (call.World.Gate)
        {
            hook.Repository.Hooks.Remove(hook);
        }

        return call.EmptyAsync(204);
    }

    private static string[] Events(JsonObject body) =>
        [.. (body["events"] as JsonArray ?? []).OfType<JsonValue>().Select(v => v.ToString())];

    public static Task IssuesAsync(ApiCall call)
    {
        var repository = call.Repository();
        var state = call.Query("state") is { Length: > 0 } asked ? asked : "open";
        lock (call.World.Gate)
        {
            var fitting = repository
                .Issues.Where(i => state == "all" || i.State == state)
                .Where(i => Fits(call.Query("type"), i))
                .OrderByDescending(i => i.Created)
                .ThenByDescending(i => i.Number);
            return call.ListAsync([.. fitting.Select(call.Engine.Dialect.Issue)]);
        }
    }

    private static bool Fits(string type, Issue issue) =>
        type switch
        {
            "pulls" => issue.Pull is not null,
            "issues" => issue.Pull is null,
            _ => true,
        };

    private static Task CreateIssueAsync(ApiCall call)
    {
        var repository = call.Repository();
        var user = call.Signed();
        var title = ApiCall.Text(call.Body, "title") ?? "";
        if (title.Length == 0)
        {
            return RequiredAsync(call, "Title");
        }

        var issue = call.Engine.CreateIssue(repository, user, title, ApiCall.Text(call.Body, "body") ?? "");
        return call.JsonAsync(201, Shape(call, issue));
    }

    private static Task EditIssueAsync(ApiCall call)
    {
        var repository = call.Repository();
        var issue = call.Issue(repository);
        var user = call.Signed();
        if (issue.Poster != user && call.World.PermissionOf(user, repository) < ForgeAccess.Write)
        {
            return call.RefuseAsync(403, "");
        }

        var body = call.Body;
        var title = ApiCall.Text(body, "title");
        call.Engine.EditIssue(issue, user, title, ApiCall.Text(body, "body"), ApiCall.Text(body, "state"));
        return call.JsonAsync(201, Shape(call, issue));
    }

    /// <summary>Gogs' form checks answer in a shape of their own.</summary>
    private static Task RequiredAsync(ApiCall call, string field) =>
        call.Engine.IsGogs
            ? call.WriteAsync(
                422,
                "application/json; charset=utf-8",
                $$"""[{"fieldNames":["{{field}}"],"classification":"RequiredError","message":"Required"}]"""
            )
            : call.RefuseAsync(422, $"[{field}]: Required");

    /// <summary>Comments of an issue that is not there: 404 on Gitea, 500 on Gogs.</summary>
    private static Issue Commented(ApiCall call)
    {
        var repository = call.Repository();
        if (call.Engine.IsGogs && repository.FindIssue(call.Number("number")) is null)
        {
            var place = $"[id: 0, repo_id: {repository.Id}, index: {call.Number("number")}]";
            throw new ForgeRefusedException(500, "issue does not exist " + place);
        }

        return call.Issue(repository);
    }

    private static Task CommentsAsync(ApiCall call)
    {
        var issue = Commented(call);
        lock (call.World.Gate)
        {
            return call.ListAsync([.. issue.Comments.Select(call.Engine.Dialect.Comment)], int.MaxValue);
        }
    }

    private static Task CreateCommentAsync(ApiCall call)
    {
        var issue = Commented(call);
        var user = call.Signed();
        var body = ApiCall.Text(call.Body, "body") ?? "";
        if (body.Length == 0)
        {
            return RequiredAsync(call, "Body");
        }

        var comment = call.Engine.AddComment(issue, user, body);
        var shape = call.Engine.Dialect.Comment(comment);
        return call.JsonAsync(201, call.Engine.IsGogs ? GogsDialect.WithoutTimes(shape) : shape);
    }
}
