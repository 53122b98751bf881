using System.Globalization;
using System.Text.RegularExpressions;
using Bascule.Simulators.Forges.Api;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;

namespace Bascule.Simulators.Forges;

/// <summary>The few Gogs pages that a driver without an API must use: sign in, open, close and merge a pull request.</summary>
internal sealed partial class WebForms(ForgeEngine engine)
{
    private readonly WebSessions _sessions = new();

    public async Task HandleAsync(HttpContext context, string body)
    {
        var isLogin = context.Request.Path == "/user/login";
        if (!isLogin && !PagePattern.IsMatch(context.Request.Path.Value ?? ""))
        {
            await NotFoundAsync(context, "none");
            return;
        }

        var session = _sessions.Of(context);
        var form = QueryHelpers.ParseQuery(body);
        var isPost = HttpMethods.IsPost(context.Request.Method);
        if (isLogin)
        {
            await (isPost ? LoginAsync(context, session, form) : PageAsync(context, session, "user_name", "password"));
        }
        else if (session.User is not { } user)
        {
            context.Response.Redirect("/user/login");
        }
        else if (isPost && form["_csrf"] != session.FormToken)
        {
            context.Response.StatusCode = 400;
            await context.Response.WriteAsync("Invalid csrf token.", context.RequestAborted);
        }
        else if (!await ActAsync(context, session, user, isPost ? form : null))
        {
            await NotFoundAsync(context, session.FormToken);
        }
    }

    private static Task NotFoundAsync(HttpContext context, string formToken)
    {
        context.Response.Headers.Append("Set-Cookie", $"_csrf={formToken}; Path=/; HttpOnly");
        context.Response.StatusCode = 404;
        context.Response.ContentType = "text/html; charset=UTF-8";
        return context.Response.WriteAsync(ApiCall.GogsNotFoundPage, context.RequestAborted);
    }

    /// <summary>False: no such page, or not for this user, which looks the same.</summary>
    private async Task<bool> ActAsync(
        HttpContext context,
        WebSession session,
        ForgeUser user,
        Dictionary<string, StringValues>? form
    )
    {
        var path = context.Request.Path.Value!;
        var match = PagePattern.Match(path);
        var repository = engine.World.FindRepository(match.Groups["owner"].Value, match.Groups["repo"].Value);
        var access = repository is null ? ForgeAccess.None : engine.World.PermissionOf(user, repository);
        if (repository is null || access < ForgeAccess.Read)
        {
            return false;
        }

        try
        {
            return match.Groups["what"].Value switch
            {
                "compare" when form is null => await PageAsync(context, session, "title", "content"),
                "compare" => await OpenAsync(context, repository, user, match.Groups["rest"].Value, form),
                "pulls" or "issues" when form is null => await PageAsync(context, session, "merge_style", "content"),
                "pulls" or "issues" => await ChangeAsync(
                    context,
                    repository,
                    user,
                    access,
                    match.Groups["rest"].Value,
                    form
                ),
                _ => false,
            };
        }
        catch (ForgeRefusedException)
        {
            return false;
        }
    }

    private async Task<bool> OpenAsync(
        HttpContext context,
        ForgeRepository repository,
        ForgeUser user,
        string range,
        Dictionary<string, StringValues> form
    )
    {
        var sides = range.Split("...");
        var title = form["title"].ToString();
        if (sides.Length != 2 || title.Length is 0 or > 255)
        {
            return false;
        }

        var content = form["content"].ToString();
        var pull = await engine.OpenPullAsync(
            repository,
            user,
            sides[1],
            sides[0],
            title,
            content,
            context.RequestAborted
        );
        return Redirect(context, pull);
    }

    private async Task<bool> ChangeAsync(
        HttpContext context,
        ForgeRepository repository,
        ForgeUser user,
        ForgeAccess access,
        string rest,
        Dictionary<string, StringValues> form
    )
    {
        var parts = rest.Split('/');
        if (parts.Length != 2 || !long.TryParse(parts[0], CultureInfo.InvariantCulture, out var number))
        {
            return false;
        }

        var issue = repository.FindIssue(number);
        if (issue is null)
        {
            return false;
        }

        if (parts[1] == "merge" && issue.Pull is not null && access >= ForgeAccess.Write)
        {
            await engine.MergePullAsync(issue, user, context.RequestAborted);
            return Redirect(context, issue);
        }

        return parts[1] == "comments" && Comment(context, issue, user, form);
    }

    /// <summary>The comment box also closes and reopens.</summary>
    private bool Comment(HttpContext context, Issue issue, ForgeUser user, Dictionary<string, StringValues> form)
    {
        if (form["status"] is var status && status.ToString() is "close" or "reopen")
        {
            var isClosed = status == "close";
            if (issue.Pull is not null)
            {
                engine.SetPullState(issue, user, isClosed);
            }
            else
            {
                engine.EditIssue(issue, user, null, null, isClosed ? "closed" : "open");
            }
        }

        if (form["content"].ToString() is { Length: > 0 } content)
        {
            engine.AddComment(issue, user, content);
        }

        return Redirect(context, issue);
    }

    private async Task LoginAsync(HttpContext context, WebSession session, Dictionary<string, StringValues> form)
    {
        var user = engine.World.FindByPassword(form["user_name"].ToString(), form["password"].ToString());
        if (user is null)
        {
            await PageAsync(context, session, "user_name", "password");
            return;
        }

        session.SignIn(user);
        context.Response.Headers.Append("Set-Cookie", "_csrf=; Path=/; Max-Age=0");
        context.Response.Redirect("/");
    }

    private static async Task<bool> PageAsync(HttpContext context, WebSession session, params string[] fields)
    {
        var token = session.FormToken;
        context.Response.Headers.Append("Set-Cookie", $"_csrf={token}; Path=/; HttpOnly");
        context.Response.ContentType = "text/html; charset=UTF-8";
        var inputs = string.Concat(fields.Select(f => $"<input name=\"{f}\">"));
        var page =
            $"<!DOCTYPE html>\n<html><head><meta name=\"_csrf\" content=\"{token}\" /></head>"
            + $"<body><form method=\"post\"><input type=\"hidden\" name=\"_csrf\" value=\"{token}\">{inputs}</form></body></html>\n";
        await context.Response.WriteAsync(page, context.RequestAborted);
        return true;
    }

    private static bool Redirect(HttpContext context, Issue issue)
    {
        var kind = issue.Pull is null ? "issues" : "pulls";
        context.Response.Redirect($"/{issue.Repository.FullName}/{kind}/{issue.Number}");
        return true;
    }

    [GeneratedRegex("^/(?<owner>[^/]+)/(?<repo>[^/]+)/(?<what>compare|pulls|issues)/(?<rest>.+)$")]
    private static partial Regex PagePattern { get; }
}
